/**
 * What XML 1.0 cannot carry in any form: most control characters, U+FFFE, U+FFFF and lone halves of a pair
 * (section 2.2). They reach an answer only as part of what a sender wrote in a file that is refused or by JSON.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;

/** The text with the replacement character U+FFFD for each of them. */
export function replaceForbiddenCharacters(text: string): string {
  return text.replace(FORBIDDEN, "\ufffd");
}
