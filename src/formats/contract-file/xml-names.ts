/** XML 1.0 (fifth edition), productions 4 and 4a, without the ASCII characters, which the table below holds. */
const NAME_START = String.raw`\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}`;
const NAME_PART = String.raw`${NAME_START}\xB7\u0300-\u036F\u203F\u2040`;

const NAME = new RegExp(`[:A-Z_a-z${NAME_START}][-.:0-9A-Z_a-z${NAME_PART}]*`, "uy");
const LOCAL_NAME = new RegExp(`^[A-Z_a-z${NAME_START}][-.0-9A-Z_a-z${NAME_PART}]*$`, "u");

/** For each ASCII character: 0 in no name, 1 inside a name, 2 also at its start. */
const ASCII_NAMES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[:A-Z_a-z]/.test(character)) return 2;
  return /[-.0-9]/.test(character) ? 1 : 0;
});

/** Where the name ends that starts at `from`; `from` itself where none does. The end of the text ends a name, too. */
export function findNameEnd(text: string, from: number): number {
  let index = from;
  let code = text.charCodeAt(index);
  if (code < 128 && ASCII_NAMES[code] !== 2) return from;
  while (code < 128 && ASCII_NAMES[code] !== 0) code = text.charCodeAt(++index);
  return code < 128 || index >= text.length ? index : findLongNameEnd(text, from);
}

/** A name without a colon, as namespaces ask for. */
export function isLocalName(text: string): boolean {
  return LOCAL_NAME.test(text);
}

function findLongNameEnd(text: string, from: number): number {
  NAME.lastIndex = from;
  return NAME.test(text) ? NAME.lastIndex : from;
}
