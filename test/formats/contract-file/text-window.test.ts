import fc from "fast-check";
import t from "tap";
import { TextWindow } from "../../../src/formats/contract-file/text-window.ts";

/** Bytes that come near UTF-8: characters of every length, some of them broken, and bytes that never occur. */
const bytes = fc
  .array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 4 }).map((text) => Buffer.from(text, "utf8")),
      },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3 }).map((array) => Buffer.from(array)) },
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts).filter((byte) => byte >= 0x20))
  .map((array) => Buffer.from(array));

function isUtf8(part: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
    return true;
  } catch {
    return false;
  }
}

/** Reads everything piece by piece, leaving the last two characters of each time for the next. */
function readAll(content: Buffer, pieceLength: number): { text: string; fault: TextWindow["fault"]; left: number } {
  const window = new TextWindow();
  let text = "";
  for (let from = 0; from < content.length && window.fault === undefined; from += pieceLength) {
    window.add(Buffer.from(content.subarray(from, from + pieceLength)));
    const isLast = from + pieceLength >= content.length || window.fault !== undefined;
    const keep = isLast ? window.text.length : [...window.text].slice(0, -2).join("").length;
    text += window.text.slice(0, keep);
    window.leaveFrom(keep);
  }
  return { text, fault: window.fault, left: window.leftBytes };
}

t.test("the first byte that is not UTF-8 is found where a strict decoder fails, however the bytes come", async (t) => {
  const property = fc.property(bytes, fc.integer({ min: 1, max: 20 }), (content, pieceLength) => {
    const { text, fault, left } = readAll(content, pieceLength);
    if (fault === undefined) {
      const whole = content.subarray(0, content.length - left);
      return left < 4 && isUtf8(whole) && text === whole.toString("utf8");
    }
    if (fault.reason === "characterNotAllowed")
      return /^[\ufffe\uffff]/.test(content.subarray(fault.byteOffset).toString("utf8"));
    const { byteOffset } = fault;
    const sound = content.subarray(0, byteOffset);
    const isFirst = isUtf8(sound) && text === sound.toString("utf8");
    return isFirst && [1, 2, 3, 4].every((length) => !isUtf8(content.subarray(byteOffset, byteOffset + length)));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1500 }));
});

t.test("positions in the text are offsets in the bytes", async (t) => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 });
  const property = fc.property(
    text,
    fc.array(fc.nat(60), { maxLength: 5 }),
    fc.nat(3),
    (content, positions, skipped) => {
      const window = new TextWindow();
      window.skip(skipped);
      window.add(Buffer.from(content, "utf8"));
      if (window.fault !== undefined) return true;
      return positions.every((position) => {
        const unit = [...content].slice(0, position).join("").length;
        return window.byteOffset(unit) === skipped + Buffer.byteLength(content.slice(0, unit));
      });
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});
