const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])(1\.[0-9]+)\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])([A-Za-z][A-Za-z0-9._-]*)\3)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\5)?[ \t\r\n]*\?>$/;

export interface XmlDeclaration {
  readonly version: string;
  readonly encoding: string | undefined;
}

/** Reads `<?xml …?>`; undefined where it is malformed. XML 1.0, production 23. */
export function parseXmlDeclaration(text: string): XmlDeclaration | undefined {
  const match = DECLARATION.exec(text);
  return match === null ? undefined : { version: match[2] ?? "", encoding: match[4] };
}
