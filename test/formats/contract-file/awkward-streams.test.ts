import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { createContractFileReader } from "../../../src/formats/contract-file/contract-file-reader.ts";
import { BAD_INPUTS } from "./bad-input.ts";
import { composeFields, composeFile, composeRecord } from "./compose-contract-file.ts";
import { readContractFile } from "./read-contract-file.ts";

const FOLDER = new URL("../../../fixtures/contract-file/good/", import.meta.url);
const GOOD = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER))]));
const SMALL_BAD = [...BAD_INPUTS.values()].map(({ content }) => content).filter(({ length }) => length < 10_000);

for (const [name, content] of GOOD) {
  t.test(`${name} reads the same in pieces of any length`, async (t) => {
    const whole = readContractFile(content);
    for (const pieceLength of [1, 2, 3, 7, 64]) t.same(readContractFile(content, pieceLength), whole);
  });

  t.test(`${name} is not accepted when it stops before its end`, async (t) => {
    const end = content.lastIndexOf(">");
    const accepted: number[] = [];
    for (let length = 0; length <= end; length++) {
      const { refusal } = readContractFile(content.subarray(0, length));
      if (refusal === undefined) accepted.push(length);
    }
    // What stands after the root, comments and white space, may be missing.
    const root = Math.max(
      content.lastIndexOf("</contractFile"),
      content.lastIndexOf("</c:contractFile"),
      content.lastIndexOf("/>"),
    );
    t.same(
      accepted.filter((length) => length <= content.indexOf(">", root)),
      [],
    );
  });
}

t.test("pieces of random lengths change nothing about good and bad files", async (t) => {
  const files = fc.constantFrom(...GOOD.values(), ...SMALL_BAD);
  const cuts = fc.array(fc.nat(10_000), { maxLength: 8 });
  const property = fc.property(files, cuts, (content, positions) => {
    const ends = [...positions.map((position) => position % (content.length + 1)), content.length].sort(
      (a, b) => a - b,
    );
    const reader = createContractFileReader();
    let from = 0;
    for (const end of ends) {
      reader.write(content.subarray(from, end));
      from = end;
    }
    const refusal = reader.end();
    const whole = readContractFile(content);
    return JSON.stringify([refusal, reader.recordsRead]) === JSON.stringify([whole.refusal, whole.records.length]);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

t.test("limits are met at the same place whatever the pieces", async (t) => {
  const limits = {
    tokenLength: 60,
    recordBytes: 300,
    textLength: 20,
    attributeValueLength: 40,
    nameLength: 12,
    depth: 5,
  };
  const files = fc.constantFrom(...GOOD.values(), ...SMALL_BAD);
  const small = fc.record({
    tokenLength: fc.integer({ min: 200, max: 300 }),
    recordBytes: fc.integer({ min: 30, max: 500 }),
    textLength: fc.integer({ min: 5, max: 40 }),
  });
  const property = fc.property(files, small, (content, chosen) => {
    const whole = readContractFile(content, content.length, { ...limits, ...chosen });
    for (const pieceLength of [1, 7]) {
      const pieces = readContractFile(content, pieceLength, { ...limits, ...chosen });
      if (JSON.stringify(pieces.findings) !== JSON.stringify(whole.findings)) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});

t.test("records larger than a slice of the reader come out whole", async (t) => {
  const comment = `<!--${"é".repeat(20_000)}-->`;
  const records = Array.from({ length: 20 }, (_, i) =>
    composeRecord(`${comment}${composeFields({ contractNumber: `P-${i}` })}`, `R-${i}`),
  );
  const read = readContractFile(composeFile(records), 100_001);
  t.equal(read.refusal, undefined);
  t.same(
    read.records.map((record) => record.values.contractNumber),
    records.map((_, i) => `P-${i}`),
  );
});
