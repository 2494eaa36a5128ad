import { readFileSync } from "node:fs";
import { isObject, type Json, type JsonObject, objectsOf, textOf } from "../../openapi/belgif/json.ts";
import { resolve } from "../../openapi/belgif/openapi-document.ts";
import { PROBLEM_MEDIA_TYPE } from "../../src/http/send-problem.ts";

const PUBLISHED = new URL("../../openapi/digital-contracts.json", import.meta.url);

export function readPublished(): JsonObject {
  return JSON.parse(readFileSync(PUBLISHED, "utf8"));
}

/** A body that an operation takes or answers. */
export interface Body {
  /** In the words of a sentence: `GET /submissions, 200, application/json`. */
  readonly name: string;
  readonly mediaType: string;
  readonly schema: JsonObject;
  /** By name; references are followed. */
  readonly examples: ReadonlyMap<string, Json>;
}

export interface Answer {
  /** `default` where no status is known. */
  readonly status: string;
  readonly bodies: readonly Body[];
}

export interface Operation {
  /** `GET /submissions/{submissionId}` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly node: JsonObject;
  readonly requestBodies: readonly Body[];
  readonly answers: readonly Answer[];
}

/** The operations of a document as a reader of it sees them. */
export function listDocumentOperations(root: JsonObject): Operation[] {
  return objectsOf(root.paths).flatMap(([path, item]) =>
    objectsOf(item).map(([method, node]) => {
      const name = `${method.toUpperCase()} ${path}`;
      return {
        ...{ name, method: method.toUpperCase(), path, node },
        requestBodies: isObject(node.requestBody) ? listBodies(root, node.requestBody, `${name}, request`) : [],
        answers: objectsOf(node.responses).map(([status, response]) => ({
          status,
          bodies: listBodies(root, resolve(root, response), `${name}, ${status}`),
        })),
      };
    }),
  );
}

function listBodies(root: JsonObject, node: JsonObject, name: string): Body[] {
  return objectsOf(node.content).map(([mediaType, media]) => ({
    name: `${name}, ${mediaType}`,
    mediaType,
    schema: isObject(media.schema) ? media.schema : {},
    examples: listExamples(root, media),
  }));
}

function listExamples(root: JsonObject, media: JsonObject): ReadonlyMap<string, Json> {
  if (media.example !== undefined) return new Map([["example", media.example]]);
  return new Map(objectsOf(media.examples).map(([name, example]) => [name, resolve(root, example).value ?? null]));
}

/** The types of problem that an operation is documented to answer with a status, those of its default answer included. */
export function listProblemTypes({ answers }: Operation, status: string): string[] {
  return answers
    .filter((answer) => answer.status === status || answer.status === "default")
    .flatMap(({ bodies }) => bodies.filter(({ mediaType }) => mediaType === PROBLEM_MEDIA_TYPE))
    .flatMap(({ examples }) => [...examples.values()])
    .flatMap((example) => (isObject(example) ? (textOf(example.type) ?? []) : []));
}
