import { renderContractFile } from "../formats/contract-file/contract-file-writer.ts";
import type { CandidateInsurer } from "../intake/candidate-insurer.ts";
import { endInitialLoad } from "../intake/complete-initial-load.ts";
import type { Intake } from "../intake/intake.ts";
import { processAtOnce } from "../intake/process-at-once.ts";
import { receiveSubmission } from "../intake/receive-submission.ts";
import { submitRecord } from "../intake/submit-record.ts";
import { listHistory, listPortfolio } from "./space-portfolio.ts";
import type { FirstPhase } from "./spaces.ts";

/** Who hands over what a new space has, as its submissions tell. */
const ACTOR = "validation";
const REFERENCE = "PORTFOLIO";

export interface PortfolioSeed {
  readonly insurer: CandidateInsurer;
  readonly group: number;
  readonly phase: FirstPhase;
}

/**
 * Gives a new insurer its portfolio as insurers send theirs: a file of the initial load and, where the space begins live,
 * its end and single calls behind it. So no sequence of deltas is used up: the integrator's own begin with 1.
 */
export async function seedPortfolio(intake: Intake, { insurer, group, phase }: PortfolioSeed): Promise<void> {
  const { insurerId, enterpriseNumber } = insurer;
  const today = intake.clock.today();
  const records = listPortfolio(group, today);
  const file = renderContractFile(
    {
      sender: enterpriseNumber,
      reference: REFERENCE,
      environment: "S",
      kind: "initialLoad",
      createdAt: new Date().toISOString(),
      recordCount: records.length,
      complete: false,
      sequence: undefined,
      expectedClosureShare: undefined,
    },
    records,
  );
  const bytes = Buffer.from([...file].join(""));
  const reception = await receiveSubmission(intake, {
    insurers: [insurer],
    channel: "rest",
    actor: ACTOR,
    body: inOnePiece(bytes),
  });
  await processAtOnce(intake, insurerId, reception.submissionId);
  if (phase === "loading") return;
  await endInitialLoad(intake.database.asInsurer(insurerId), new Date());
  for (const { senderReference, action, values } of listHistory(group, today)) {
    const call = { reference: senderReference, action, values: withoutAbsent(values) };
    await submitRecord(intake, { insurer, actor: ACTOR, alsoCommit: async () => {} }, call);
  }
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function withoutAbsent(values: { readonly [field: string]: string | undefined }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
