/** What a contract file may ask of the reader before it is refused with `limitExceeded`. */
export interface ReaderLimits {
  /** Elements inside one another; a sound record needs 4. */
  readonly depth: number;
  /** UTF-16 units of the name of an element or attribute, prefix included. */
  readonly nameLength: number;
  /** UTF-16 units of the text of one field. */
  readonly textLength: number;
  /** UTF-16 units of one attribute value. */
  readonly attributeValueLength: number;
  readonly attributesPerElement: number;
  /** UTF-16 units of one tag, comment, CDATA section, instruction or run of text, finished or not. */
  readonly tokenLength: number;
  /** Bytes of one record, tags included. */
  readonly recordBytes: number;
}

export const READER_LIMITS: ReaderLimits = {
  depth: 16,
  nameLength: 128,
  textLength: 4_096,
  attributeValueLength: 4_096,
  attributesPerElement: 32,
  tokenLength: 65_536,
  recordBytes: 65_536,
};

/** The parser is fed at most this many bytes at a time, which bounds what an unfinished token can pile up. */
export const SLICE_BYTES = 65_536;

/** Structural findings kept of one record; a record has room for thousands of unknown elements. */
export const STRUCTURAL_FINDINGS_PER_RECORD = 100;
