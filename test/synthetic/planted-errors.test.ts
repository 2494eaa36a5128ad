import t from "tap";
import { checkRecord } from "../../src/formats/contract-file/check-record.ts";
import { createContractFileReader } from "../../src/formats/contract-file/contract-file-reader.ts";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import { generateRecords } from "../../src/synthetic/contract-records.ts";
import type { GenerationOptions } from "../../src/synthetic/generation-options.ts";
import { FORM_PLANTERS } from "../../src/synthetic/plant-form-error.ts";

/** The finding codes of each record that the reader and the checks of one record raise, in the order of the file. */
function readFindingCodes(options: GenerationOptions): string[][] {
  const codes: string[][] = [];
  const reader = createContractFileReader({
    onRecord: (raw) => {
      const { findings } = checkRecord(raw, { kind: "initialLoad", today: "2026-11-22" });
      codes.push(findings.map((finding) => finding.code));
    },
  });
  for (const chunk of generateContractFile(options)) {
    const refusal = reader.write(Buffer.from(chunk));
    if (refusal !== undefined) throw new Error(`the file is refused: ${JSON.stringify(refusal)}`);
  }
  const refusal = reader.end();
  if (refusal !== undefined) throw new Error(`the file is refused: ${JSON.stringify(refusal)}`);
  return codes;
}

t.test("a file without errors is read without findings", async (t) => {
  const codes = readFindingCodes({ records: 5000, seed: 21 });
  t.equal(codes.length, 5000);
  t.same(codes.flat(), []);
});

t.test(
  "a planted error of form raises exactly its finding, one beside the register none before the register",
  async (t) => {
    const options = { records: 5000, seed: 22, errors: 1 };
    const codes = readFindingCodes(options);
    const otherwise: unknown[] = [];
    const raised = new Set<string>();
    for (const record of generateRecords(options)) {
      const { plantedCode } = record;
      const expected = plantedCode !== undefined && plantedCode in FORM_PLANTERS ? [plantedCode] : [];
      const found = codes[record.recordNumber - 1] ?? [];
      for (const code of found) raised.add(code);
      if (found.join() !== expected.join()) otherwise.push({ record, found, expected });
    }
    t.same(otherwise.slice(0, 5), []);
    t.same([...raised].sort(), Object.keys(FORM_PLANTERS).sort());
  },
);
