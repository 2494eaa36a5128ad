import { applyRecords } from "../contracts/apply-records.ts";
import type { Merge } from "../contracts/merge.ts";
import { mergeInitialLoad } from "../contracts/merge-initial-load.ts";
import type { TransactionSql } from "../database/sql.ts";
import { checkStagedProviders } from "../register/check-staged-providers.ts";
import { checkStagedReferences, tellLastFindings } from "./check-staged-references.ts";
import type { Intake } from "./intake.ts";
import { reachStep } from "./steps.ts";
import type { SubmissionKind } from "./submission.ts";

/**
 * From the staged records to what became of each, which `staged` says: register, references, contracts. The one way of
 * files and dry runs, and by the same rules `mergeAlone` of single calls; under the insurer's lock. `recordCount`: how many
 * are staged.
 */
export async function mergeStaged(
  { clock, environmentName }: Pick<Intake, "clock" | "environmentName">,
  tx: TransactionSql,
  merge: Merge,
  { kind, recordCount }: { readonly kind: SubmissionKind; readonly recordCount: number },
): Promise<void> {
  if (recordCount > 1) {
    // The planner needs to know how many rows there are; the distribution of one column is enough for that.
    await tx`analyze staged (record_number)`;
    await tx`set local work_mem = '64MB'`;
  }
  const { insurerId } = merge;
  await checkStagedProviders(tx, await clock.todayOf(insurerId), { insurerId, environmentName });
  await checkStagedReferences(tx);
  if (kind === "delta") {
    await tx`create index on staged (record_number)`;
    await applyRecords(tx, merge);
  } else {
    await mergeInitialLoad(tx, merge);
  }
  await tellLastFindings(tx);
  reachStep("process.contractsMerged");
}
