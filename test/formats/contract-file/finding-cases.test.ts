import t from "tap";
import { BAD_INPUTS } from "./bad-input.ts";
import { FINDING_CASES } from "./finding-cases.ts";
import { readContractFile } from "./read-contract-file.ts";

for (const [code, { raises, justNot }] of Object.entries(FINDING_CASES)) {
  t.test(`${code} is raised alone by its example, and nothing by the one beside it`, async (t) => {
    t.same(
      readContractFile(raises).findings.map((finding) => finding.code),
      [code],
    );
    t.same(readContractFile(justNot).findings, []);
  });
}

t.test("there is an example for every code that any bad input raises", async (t) => {
  const raised = new Set([...BAD_INPUTS.values()].flatMap(({ findings }) => findings.map((finding) => finding.code)));
  t.same([...raised].sort(), Object.keys(FINDING_CASES).sort());
});
