import { type AppliedRecord, applyAlone, readStaged } from "../contracts/apply-records.ts";
import type { Merge } from "../contracts/merge.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { checkStagedProviders } from "../register/check-staged-providers.ts";
import type { Asker } from "../register/withheld-numbers.ts";
import type { RecordOutcome } from "./submission.ts";

type StagedAlone = Awaited<ReturnType<typeof readStaged>>;

/** Looks the one record that is staged up in the register, and answers it as it stands then. */
export async function checkStaged(tx: TransactionSql, today: string, asker: Asker): Promise<StagedAlone> {
  // Read behind its check without waiting for the answer to it.
  const [, staged] = await Promise.all([checkStagedProviders(tx, today, asker), readStaged(tx)]);
  return staged;
}

export interface MergedRecord extends Pick<AppliedRecord, "changes" | "contract"> {
  readonly outcome: RecordOutcome;
  readonly findings: readonly Finding[];
  /** Of the contract that the record makes or names; null where there is none. */
  readonly contractId: string | null;
}

/**
 * What `mergeStaged` does for the records of files, for one by itself: what became of it is answered, not written. It
 * repeats no other's reference. Under the insurer's lock; the changes are left to `insertChanges`.
 */
export async function mergeAlone(tx: TransactionSql, merge: Merge, staged: StagedAlone): Promise<MergedRecord> {
  const found = staged.findings ?? [];
  if (staged.isMalformed) {
    return { outcome: "rejected", findings: found, contractId: null, changes: NO_CHANGES, contract: undefined };
  }
  const { told, changes, contract } = await applyAlone(tx, merge, staged);
  const findings = told.finding === null ? found : [...found, told.finding];
  return { outcome: outcomeOf(told, findings), findings, contractId: told.contractId, changes, contract };
}

const NO_CHANGES: AppliedRecord["changes"] = { superseded: [], cancelled: [], contracts: [], versions: [] };

function outcomeOf({ blocked, unchanged }: AppliedRecord["told"], findings: readonly Finding[]): RecordOutcome {
  if (blocked) return "rejected";
  if (unchanged) return "unchanged";
  return findings.length > 0 ? "acceptedWithWarnings" : "accepted";
}
