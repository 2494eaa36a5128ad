/** The byte order mark of UTF-8, allowed once in front of a file. */
export const UTF8_MARK_LENGTH = 3;

export function startsWithUtf8Mark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** As many bytes as the checks of this file want to see before the first is read. */
export const SNIFFED_BYTES = 4;

/**
 * Names what the first bytes are if they cannot be UTF-8 text: a compressed file, or another encoding told by its
 * byte order mark or by the shape of `<` and `<?` in it (XML 1.0, appendix F).
 */
export function findForeignEncoding(bytes: Buffer): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0x1f && b === 0x8b) return "gzip";
  if (a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04) return "zip";
  if (a === 0x4c && b === 0x6f && c === 0xa7 && d === 0x94) return "EBCDIC";
  const zeros = [a, b, c, d].filter((byte) => byte === 0).length;
  if (zeros === 4) return undefined;
  const marked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  if (zeros === 3 || (zeros === 2 && (marked || (a === 0 && b === 0)))) return "UTF-32";
  return marked || (zeros > 0 && (a === 0 || b === 0)) ? "UTF-16" : undefined;
}
