/** A value of a line of COPY in its text form; null too where it is undefined. */
export function renderCopyValue(value: string | number | null | undefined): string | number {
  if (typeof value !== "string") return value ?? "\\N";
  return value.replace(/[\\\t\n\r]/g, escapeCharacter);
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const escapeCharacter = (character: string) => ESCAPES[character]!;
