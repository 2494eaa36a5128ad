/** Writes numbered values one behind the other into bytes that are used again for the next row. */
export interface ColumnWriter {
  start(prefix: Buffer): void;
  addBytes(number: number, value: Buffer | null): void;
  addText(number: number, value: string | null): void;
  addInt32(number: number, value: number): void;
  addInt64(number: number, value: bigint): void;
  addUint64(number: number, value: bigint): void;
  /** Each with its length. */
  addList(number: number, values: readonly Buffer[]): void;
  /** What was written since the start; valid until the next one. */
  written(): Buffer;
}

const HEADER_BYTES = 5;

/** A row has some fifteen columns: a buffer for each of their parts costs more than the hash over them. */
export function createColumnWriter(): ColumnWriter {
  let bytes = Buffer.allocUnsafe(4096);
  let end = 0;

  const reserve = (length: number) => {
    if (end + length <= bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (end + length));
    bytes.copy(larger, 0, 0, end);
    bytes = larger;
  };
  const begin = (number: number, length: number) => {
    reserve(HEADER_BYTES + length);
    bytes[end] = number;
    bytes.writeUInt32BE(length, end + 1);
    end += HEADER_BYTES;
  };
  const copy = (value: Buffer) => {
    end += value.copy(bytes, end);
  };

  return {
    start(prefix) {
      end = 0;
      reserve(prefix.length);
      copy(prefix);
    },
    addBytes(number, value) {
      if (value === null) return;
      begin(number, value.length);
      copy(value);
    },
    addText(number, value) {
      if (value === null) return;
      begin(number, Buffer.byteLength(value));
      end += bytes.write(value, end);
    },
    addInt32(number, value) {
      begin(number, 4);
      end = bytes.writeInt32BE(value, end);
    },
    addInt64(number, value) {
      begin(number, 8);
      end = bytes.writeBigInt64BE(value, end);
    },
    addUint64(number, value) {
      begin(number, 8);
      end = bytes.writeBigUInt64BE(value, end);
    },
    addList(number, values) {
      begin(
        number,
        values.reduce((length, value) => length + 4 + value.length, 0),
      );
      for (const value of values) {
        end = bytes.writeUInt32BE(value.length, end);
        copy(value);
      }
    },
    written: () => bytes.subarray(0, end),
  };
}
