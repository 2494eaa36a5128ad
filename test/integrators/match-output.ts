/** Stands for what differs each time: within a line, for a whole member or item of JSON, or, alone on a line, for lines. */
const ANYTHING = "…";

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What is printed otherwise than shown, in a sentence; undefined where all is as shown. */
export function findDifference(shown: string, printed: string, isJson: boolean): string | undefined {
  if (isJson) return differInJson(JSON.parse(shown), parseJson(printed), "$");
  return toPattern(shown).test(`${trimLines(printed)}\n`)
    ? undefined
    : `shown:\n${shown}\nprinted:\n${printed.slice(0, 20_000)}`;
}

function toPattern(shown: string): RegExp {
  const lines = trimLines(shown).split("\n");
  const patterns = lines.map((line) =>
    line.trim() === ANYTHING ? "(?:.*\\n)*?" : `${line.split(ANYTHING).map(RegExp.escape).join(".*?")}\\n`,
  );
  return new RegExp(`^${patterns.join("")}$`);
}

function trimLines(text: string): string {
  return text.replaceAll(/[ \t\r]+$/gm, "").replaceAll(/^\n+|\n+$/g, "");
}

function parseJson(printed: string): Json {
  try {
    return JSON.parse(printed);
  } catch {
    throw new Error(`this is no JSON:\n${printed.slice(0, 20_000)}`);
  }
}

function differInJson(shown: Json, printed: Json | undefined, place: string): string | undefined {
  const differ = `${place}: shown ${JSON.stringify(shown)}, printed ${JSON.stringify(printed)}`;
  if (printed === undefined) return differ;
  if (typeof shown === "string") {
    if (shown === ANYTHING) return undefined;
    return typeof printed === "string" && toPattern(shown).test(`${trimLines(printed)}\n`) ? undefined : differ;
  }
  if (typeof shown !== "object" || shown === null) return shown === printed ? undefined : differ;
  if (typeof printed !== "object" || printed === null || Array.isArray(shown) !== Array.isArray(printed)) return differ;
  const isOpen = Array.isArray(shown) ? shown.at(-1) === ANYTHING : ANYTHING in shown;
  const members = Object.entries(Array.isArray(shown) && isOpen ? shown.slice(0, -1) : shown);
  const own: Readonly<Record<string, Json>> = Object.fromEntries(Object.entries(printed));
  const expected = members.filter(([name]) => name !== ANYTHING);
  if (!isOpen) {
    const unexpected = Object.keys(own).find((name) => !expected.some(([one]) => one === name));
    if (unexpected !== undefined) return `${place}.${unexpected} is printed, but not shown: ${JSON.stringify(printed)}`;
  }
  for (const [name, value] of expected) {
    const difference = differInJson(value, own[name], `${place}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
