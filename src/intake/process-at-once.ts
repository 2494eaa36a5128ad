import { runTransaction } from "../database/run-transaction.ts";
import { setTenant } from "../database/tenant-scope.ts";
import type { Intake } from "./intake.ts";
import { chooseProcess, markProcessing } from "./worker.ts";

/** Processes a received submission for whoever waits for its end; where a worker has taken it, waits for that one's. */
export async function processAtOnce(intake: Intake, insurerId: number, submissionId: string): Promise<void> {
  await runTransaction(intake.database.transactions, async (tx) => {
    // The claim of workers: what is locked here, none of them takes.
    await tx`select pg_advisory_xact_lock(hashtextextended(${submissionId}, 0))`;
    const claim = await markProcessing(intake, insurerId, submissionId, "initialLoad");
    if (!claim) return;
    await setTenant(tx, insurerId);
    await chooseProcess(claim)(intake, tx, claim, new AbortController().signal);
  });
}
