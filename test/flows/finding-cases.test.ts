import t from "tap";
import type { FindingCode } from "../../src/findings/finding-codes.ts";
import { settleOverdueDeltas } from "../../src/intake/delta-queue.ts";
import { refuseSubmission } from "../../src/operator/held-submissions.ts";
import { OperatorError } from "../../src/operator/operator-change.ts";
import { transferPortfolio } from "../../src/operator/transfer-portfolio.ts";
import { FINDING_CASES } from "../formats/contract-file/finding-cases.ts";
import { composeFile } from "./compose-file.ts";
import { type CaseFile, FLOW_FINDING_CASES, type FlowFindingCase } from "./finding-cases.ts";
import { openForSingleFiles } from "./open-for-single-files.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

t.test("findings that take more than one file", async (t) => {
  const flow = await openIntake(t);
  await loadTestRegister(t, flow.database);

  /** All that moves on that day, if anything does. */
  async function handOver({ enterpriseNumber: from }: Insurer, on: string): Promise<void> {
    const { enterpriseNumber: to } = await flow.admit();
    await flow.database.institute
      .begin((tx) => transferPortfolio(tx, { account: "test" }, { from, to, on }, on))
      .catch((error: unknown) => {
        if (!(error instanceof OperatorError && error.code === "transferEmpty")) throw error;
      });
  }

  /** The codes that the last of several files of a new insurer raises. */
  async function codesOfLast(...files: readonly CaseFile[]): Promise<string[]> {
    const insurer = await flow.admit();
    const codes: string[][] = [];
    for (const { phase, hoursPass, handedOverOn, paidCents, isRefusedByOperator, ...parts } of files) {
      if (phase) await flow.owner`update insurer set phase = ${phase} where insurer_id = ${insurer.insurerId}`;
      if (paidCents !== undefined) {
        await flow.owner`
          insert into contract_payment (insurer_id, contract_id, premium_year, amount_cents, paid_on)
          select insurer_id, contract_id, 2024, ${paidCents}, '2025-10-01' from contract where insurer_id = ${insurer.insurerId}`;
      }
      if (handedOverOn) await handOver(insurer, handedOverOn);
      const file = composeFile({ sender: insurer.enterpriseNumber, ...parts });
      const { submissionId } = await flow.submit(insurer, file);
      if (hoursPass) await settleOverdueDeltas(flow.intake, new Date(Date.now() + hoursPass * 3_600_000));
      if (isRefusedByOperator) {
        await flow.database.institute.begin((tx) => refuseSubmission(tx, { account: "test" }, { submissionId }));
      }
      const { findings } = await flow.find(insurer, submissionId);
      const results = await flow.results(insurer, submissionId);
      codes.push([...findings, ...results.flatMap((result) => result.findings)].map((finding) => finding.code));
    }
    t.same(codes.slice(0, -1).flat(), [], "what was sent before is sound");
    return codes.at(-1) ?? [];
  }

  for (const [code, findingCase] of Object.entries<FlowFindingCase>(FLOW_FINDING_CASES)) {
    t.test(`${code} is raised alone by its example, and nothing by the one beside it`, async (t) => {
      const { earlier = [], raises, justNot } = findingCase;
      t.same(await codesOfLast(...earlier, raises), [code]);
      t.same(await codesOfLast(...earlier, justNot), []);
    });
  }
});

t.test("findings that a file raises by itself, from its transfer to its report", async (t) => {
  const { exchange, forget } = await openForSingleFiles(t);

  async function codesReported(content: string | Buffer): Promise<FindingCode[]> {
    const { report } = await exchange(Buffer.from(content));
    await forget();
    const { findings, records } = JSON.parse(report.text);
    const told = [{ findings }, ...records] as { findings: { code: FindingCode }[] }[];
    return told.flatMap((each) => each.findings.map((finding) => finding.code));
  }

  for (const [code, { raises, justNot }] of Object.entries(FINDING_CASES) as [
    FindingCode,
    typeof FINDING_CASES.emptyFile,
  ][]) {
    t.test(`${code} is reported for its example, and not for the one beside it`, async (t) => {
      t.equal((await codesReported(raises))[0], code);
      t.notOk((await codesReported(justNot)).includes(code));
    });
  }
});
