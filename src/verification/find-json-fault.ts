/** A string of more characters is none of a row: the fault is said to be there. */
const TOKEN =
  /[{}[\],:]|"(?:[^"\\\p{Cc}]|\\["\\/bfnrtu]){0,1000}"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;
const SPACE = /[\t\n\r ]*/y;
const OPENERS: Readonly<Record<string, string>> = { "}": "{", "]": "[" };

type Awaited = "value" | "key" | "colon" | "next";

/** Where a text stops being JSON, in characters from 0; its length where it breaks off. The engine's own reader seldom says. */
export function findJsonFault(text: string): number {
  const open: string[] = [];
  let awaited: Awaited | undefined = "value";
  let before = "";
  for (let at = 0; ; ) {
    at = endOf(SPACE, text, at)!;
    const end = endOf(TOKEN, text, at);
    if (end === undefined) return at;
    const token = text.slice(at, end);
    awaited = follow(awaited, token, before, open);
    if (awaited === undefined) return at;
    before = token;
    at = end;
  }
}

/** What may come behind a token, undefined where it may not stand there; `open` is what is not closed yet. */
function follow(awaited: Awaited, token: string, before: string, open: string[]): Awaited | undefined {
  const opener = OPENERS[token];
  if (opener !== undefined) {
    const mayEnd = awaited === "next" || before === opener;
    return mayEnd && open.pop() === opener ? "next" : undefined;
  }
  if (token === ",") {
    if (awaited !== "next" || open.length === 0) return undefined;
    return open.at(-1) === "{" ? "key" : "value";
  }
  if (token === ":") return awaited === "colon" ? "value" : undefined;
  if (awaited === "key") return token.startsWith('"') ? "colon" : undefined;
  if (awaited !== "value") return undefined;
  if (token !== "{" && token !== "[") return "next";
  open.push(token);
  return token === "{" ? "key" : "value";
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
