/** White space collapsed as xs:token does: ends cut, runs of space, tab and line ends made one space. */
export function collapseWhiteSpace(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) <= 0x20) return text.replace(/[ \t\n\r]+/g, " ").replace(/^ | $/g, "");
  }
  return text;
}

/** Whether the text has more than `maximum` characters, counted as Unicode code points like XSD does. */
export function isLongerThan(text: string, maximum: number): boolean {
  if (text.length <= maximum) return false;
  if (text.length > 2 * maximum) return true;
  let characters = 0;
  for (const _character of text) characters++;
  return characters > maximum;
}
