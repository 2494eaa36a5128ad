import { PROBLEM_TYPES } from "../../src/http/problems.ts";
import { listDocumentOperations, listProblemTypes, type Operation, readPublished } from "./document-operations.ts";

/** A problem as a gateway answered it. */
export interface AnsweredProblem {
  readonly method: string;
  /** Below the root of the API, without query. */
  readonly path: string;
  readonly status: number;
  readonly type: string;
}

const published = listDocumentOperations(readPublished());

/**
 * What is missing in the OpenAPI document for a problem that was answered: a sentence that says where to add it;
 * undefined where it is there, and where no operation was asked.
 */
export function findUndocumented(
  { method, path, status, type }: AnsweredProblem,
  operations: readonly Operation[] = published,
): string | undefined {
  // Of a path, not of one of its operations.
  if (type === PROBLEM_TYPES.methodNotAllowed.type) return undefined;
  const asked = operations.filter((operation) => operation.method === method && fits(operation.path, path));
  // `/contracts/query` before `/contracts/{contractId}`.
  const [operation] = asked.sort((one, other) => countNames(one.path) - countNames(other.path));
  if (!operation || listProblemTypes(operation, String(status)).includes(type)) return undefined;
  return (
    `${operation.name} answered ${status} ${type}, which openapi/digital-contracts.json does not say: add ` +
    `${status}: problemResponse(…, { example }) to the schema of its route (or the example to the one that is there) and ` +
    "run `npm run openapi`. What any route can answer stands in src/http/problems-by-traits.ts."
  );
}

/** Throws for an answer that is a problem which the document does not say: whichever test meets it, the route is at fault. */
export function refuseUndocumented(
  method: string,
  target: string,
  { status, json }: { readonly status: number; readonly json: { readonly type?: unknown } },
): void {
  if (status < 400 || typeof json.type !== "string") return;
  const [path = ""] = target.split("?");
  const fault = findUndocumented({ method, path, status, type: json.type });
  if (fault !== undefined) throw new Error(fault);
}

function fits(template: string, path: string): boolean {
  const [names, segments] = [template.split("/"), path.split("/")];
  return (
    names.length === segments.length && names.every((name, index) => name.startsWith("{") || name === segments[index])
  );
}

function countNames(template: string): number {
  return template.split("{").length;
}
