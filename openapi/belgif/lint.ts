import { EXCEPTIONS, type Exception } from "./exceptions.ts";
import { type JsonObject, pointerOf } from "./json.ts";
import { type OpenapiDocument, readOpenapiDocument } from "./openapi-document.ts";
import { type Fault, type Rule, required } from "./rule.ts";

/** What a rule finds, exceptions left out; an exception that nothing needs is found instead. */
export function applyRule(
  rule: Rule,
  document: OpenapiDocument,
  exceptions: readonly Exception[] = EXCEPTIONS,
): readonly Fault[] {
  const unused = new Set(exceptions.filter((exception) => exception.rule === rule.id));
  const faults = [...rule.check(document)].filter((fault) => {
    const pointer = pointerOf(fault.place);
    const excepted = exceptions.filter((one) => one.rule === rule.id && leadsTo(one, pointer));
    for (const exception of excepted) unused.delete(exception);
    return excepted.length === 0;
  });
  const left = [...unused].map(({ pointer }) =>
    required([], `The exception for ${pointer} in openapi/belgif/exceptions.ts is not needed any more: remove it.`),
  );
  return [...faults, ...left];
}

function leadsTo(exception: Exception, pointer: string): boolean {
  const [start = "", ...others] = exception.pointer.split("*");
  if (!pointer.startsWith(start)) return false;
  let from = start.length;
  for (const [index, part] of others.entries()) {
    const isLast = index === others.length - 1;
    const at = isLast ? pointer.length - part.length : pointer.indexOf(part, from);
    if (at < from || !pointer.startsWith(part, at)) return false;
    from = at + part.length;
  }
  return from === pointer.length;
}

const read = new WeakMap<JsonObject, OpenapiDocument>();

/** The parts of a document, found once however many rules ask. */
export function readOnce(root: JsonObject): OpenapiDocument {
  let document = read.get(root);
  if (!document) {
    document = readOpenapiDocument(root);
    read.set(root, document);
  }
  return document;
}
