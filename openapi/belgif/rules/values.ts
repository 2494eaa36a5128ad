import { Ajv } from "ajv";
import formats from "ajv-formats";
import { type Json, type JsonObject, listOf, objectsOf, type Place } from "../json.ts";
import { highLevelOf, type OpenapiDocument, resolve } from "../openapi-document.ts";
import { type Rule, recommended, required } from "../rule.ts";

/** Rules about values that a document itself gives: examples, defaults, members of an enumeration. */

const KEY = "document";

/** Says what is wrong with a value under the schema; undefined where it is valid. */
type Validate = (schema: JsonObject, value: Json) => string | undefined;

const validations = new WeakMap<JsonObject, Validate>();

/** One for each document, for all rules. */
function validationOf(root: JsonObject): Validate {
  const validate = validations.get(root) ?? createValidation(root);
  validations.set(root, validate);
  return validate;
}

function createValidation(root: JsonObject): Validate {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  formats.default(ajv);
  // What OpenAPI uses to say what a text is for.
  for (const format of ["binary", "byte", "base64", "password"]) ajv.addFormat(format, true);
  // Schemas of the document are looked up by reference and never validated as a whole.
  ajv.addSchema({ ...root, $id: KEY } as object, KEY);
  // The same schema stands in many places.
  const compiled = new Map<string, ReturnType<Ajv["compile"]>>();
  return (schema, value) => {
    const text = JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${KEY}#/`);
    let validate = compiled.get(text);
    if (!validate) {
      validate = ajv.compile(JSON.parse(text));
      compiled.set(text, validate);
    }
    return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: "it" });
  };
}

export const defaultValues: Rule = {
  id: "oas-defaul",
  levels: ["required"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-DefaultValues"] },
  *check({ root, schemas }) {
    const validate = validationOf(root);
    for (const { place, node } of schemas) {
      const fault = node.default === undefined ? undefined : validate(node, node.default);
      if (fault !== undefined) yield required([...place, "default"], `The default does not fit its schema: ${fault}.`);
    }
  },
};

export const enumValues: Rule = {
  id: "oas-enum",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-EnumValuesShouldValidateAgainstSchema"] },
  *check({ root, schemas }) {
    const validate = validationOf(root);
    for (const schema of schemas) {
      const { place, node } = schema;
      if (node.type === undefined) continue;
      for (const value of listOf(node.enum)) {
        const fault = validate(highLevelOf(schema).node, value);
        if (fault !== undefined) {
          yield recommended(
            [...place, "enum"],
            `${JSON.stringify(value)} does not fit the schema it stands in: ${fault}.`,
          );
        }
      }
    }
  },
};

interface Example {
  readonly place: Place;
  readonly value: Json;
}

/** The examples beside a schema, those that are references included. */
export function listExamples({ root }: OpenapiDocument, place: Place, node: JsonObject): Example[] {
  if (node.example !== undefined) return [{ place: [...place, "example"], value: node.example }];
  return objectsOf(node.examples).flatMap(([name, reference]) => {
    const { value } = resolve(root, reference);
    return value === undefined ? [] : [{ place: [...place, "examples", name], value }];
  });
}

export const exampleValues: Rule = {
  id: "oas-exampl",
  levels: ["required"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-ExamplesShouldValidateAgainstSchema"] },
  *check(document) {
    const validate = validationOf(document.root);
    for (const { place, node, schema } of document.exampleHolders) {
      if (!schema) continue;
      for (const { place: at, value } of listExamples(document, place, node)) {
        const fault = validate(schema, value);
        if (fault !== undefined) yield required(at, `The example does not fit its schema: ${fault}.`);
      }
    }
  },
};
