import { capitalize, isNode, mapMembers } from "./openapi-titles.ts";
import { problemResponse } from "./problem-schema.ts";
import { type CommonAnswer, listCommonAnswers, type OperationTraits } from "./problems-by-traits.ts";
import { PROBLEM_MEDIA_TYPE } from "./send-problem.ts";

type Node = Record<string, unknown>;

/** An operation of the document; `Public` where it asks for no scope. */
export interface ProblemOperation {
  readonly requestBody?: unknown;
  readonly parameters?: readonly object[];
  responses?: Node;
}

/**
 * Completes the problems of operations: beside those that a route declares come those that it answers because of what it
 * is (public, with a body, …), so that no route has to repeat them. What is alike is a component; `headers` is what every
 * answer has.
 */
export function createProblemCompletion(headers: Node) {
  const responses: Node = {};
  const examples: Node = {};

  /** The answer in the form in which it is published, with its examples as components. */
  function publish({ description, problems }: CommonAnswer): Node {
    const { headers: own, content } = problemResponse(description, problems);
    for (const [name, example] of Object.entries(content[PROBLEM_MEDIA_TYPE].examples)) {
      examples[capitalize(name)] = example;
    }
    const references = mapMembers(problems, (_problem, name) => ({
      $ref: `#/components/examples/${capitalize(name)}`,
    }));
    return {
      description,
      headers: { ...mapMembers(own, (schema) => ({ schema })), ...headers },
      content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: "#/components/schemas/Problem" }, examples: references } },
    };
  }

  return {
    /** What the completed operations refer to. */
    components: { responses, examples },
    complete(operation: ProblemOperation, audience: OperationTraits["audience"]): void {
      const own = operation.responses ?? {};
      const answers = { ...own };
      for (const common of listCommonAnswers(describe(operation, audience))) {
        const declared = own[common.status];
        if (declared === undefined) {
          responses[common.name] ??= publish(common);
          answers[common.status] = { $ref: `#/components/responses/${common.name}` };
        } else {
          answers[common.status] = merge(declared, publish(common));
        }
      }
      operation.responses = answers;
    },
  };
}

function describe(operation: ProblemOperation, audience: OperationTraits["audience"]): OperationTraits {
  const body = isNode(operation.requestBody) ? operation.requestBody.content : undefined;
  const mediaTypes = isNode(body) ? Object.keys(body) : [];
  const isJson = mediaTypes.length === 1 && mediaTypes[0] === "application/json";
  return {
    audience,
    takes: mediaTypes.length === 0 ? "Nothing" : isJson ? "Json" : "File",
    hasQuery: (operation.parameters ?? []).some((parameter) => "in" in parameter && parameter.in === "query"),
    // The sender stands in the root of a contract file.
    insurerInBody: mediaTypes.includes("application/xml"),
  };
}

/** What the route declares comes first, and wins where both have an example of one name. */
function merge(declared: unknown, common: Node): unknown {
  if (!isNode(declared) || !isNode(declared.content)) return declared;
  const own = declared.content[PROBLEM_MEDIA_TYPE];
  const added = (common.content as Node)[PROBLEM_MEDIA_TYPE];
  const examples = (media: unknown) => (isNode(media) && isNode(media.examples) ? media.examples : {});
  return {
    ...declared,
    headers: { ...(common.headers as Node), ...(isNode(declared.headers) && declared.headers) },
    content: {
      ...declared.content,
      [PROBLEM_MEDIA_TYPE]: {
        ...(added as Node),
        ...(isNode(own) && own),
        examples: {
          ...examples(own),
          ...Object.fromEntries(Object.entries(examples(added)).filter(([name]) => !(name in examples(own)))),
        },
      },
    },
  };
}
