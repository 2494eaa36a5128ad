import type { TransactionSql } from "../database/sql.ts";
import { createStagingTable } from "../database/staged-records.ts";
import { type Finding, isBlocking } from "../findings/finding.ts";
import { lockInsurer, recordChange } from "./complete-initial-load.ts";
import type { DryRunCounts, DryRunEffect, DryRunRow } from "./dry-run.ts";
import type { Intake } from "./intake.ts";
import { describeMassChange, findMassChange } from "./mass-change.ts";
import { mergeStaged } from "./merge-staged.ts";
import { type Claim, findSameRecords, type Reading, stageRecords } from "./process-submission.ts";
import type { RecordOutcome } from "./submission.ts";

const PAGE_RECORDS = 2_000;

/** Ends the transaction in which a dry run was merged: what it found is committed, on another connection. */
export class Rehearsed extends Error {
  override readonly name = "Rehearsed";
}

/**
 * A dry run: everything that a real run does, against the same state and under the same lock, in a transaction that is
 * rolled back. What it found is written by a transaction of its own, before: it always throws, `Rehearsed` where all went
 * well. Of kind `initialLoad` it is a comparison of a full file with the store, in every phase.
 */
export async function rehearseSubmission(
  intake: Intake,
  tx: TransactionSql,
  claim: Claim,
  signal: AbortSignal,
): Promise<never> {
  const { insurerId, submissionId, kind } = claim;
  await createStagingTable(tx);
  const reading = await stageRecords(intake, tx, claim, signal);
  const tenant = intake.database.asInsurer(insurerId);
  if (reading.refusal) {
    const findings = [reading.refusal];
    await tenant.run((kept) => endRehearsal(kept, claim, { state: "refused", findings, reading }));
    throw new Rehearsed();
  }
  await lockInsurer(tx, insurerId);
  const recordedAt = await recordChange(tx, insurerId);
  await mergeStaged(intake, tx, { ...claim, recordedAt }, { kind, recordCount: reading.recordsRead });
  const massChange = await findMassChange(tx, { ...claim, recordedAt }, intake.massChange);
  const findings = [...describeMassChange(massChange), ...(await findSameRecords(tx, claim, reading.recordsSha256))];
  await tenant.run(async (kept) => {
    const tally = new Tally();
    for await (const page of iterateStaged(tx)) {
      const rows = page.map((record) => ({ ...record, effect: judge(record, kind) }));
      tally.add(rows);
      await insertRows(kept, claim, rows.map(toRow));
      await insertOutcomes(kept, claim, rows);
    }
    if (kind === "initialLoad") {
      for await (const rows of iterateMissing(tx, insurerId, reading.recordsRead)) {
        tally.add(rows);
        await insertRows(kept, claim, rows);
      }
    }
    await endRehearsal(
      kept,
      { insurerId, submissionId, attempt: claim.attempt },
      { state: "tested", findings, reading, tally },
    );
  });
  throw new Rehearsed();
}

interface RehearsedRecord {
  readonly recordNumber: number;
  readonly senderReference: string | null;
  readonly action: string | null;
  readonly outcome: RecordOutcome;
  readonly findings: readonly Finding[];
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly contractId: string;
}

type Judged = RehearsedRecord & { readonly effect: DryRunEffect };

async function* iterateStaged(tx: TransactionSql): AsyncGenerator<RehearsedRecord[]> {
  for (let after = 0; ; ) {
    const page = await tx<RehearsedRecord[]>`
      select record_number as "recordNumber", sender_reference as "senderReference", action,
        case when blocked then 'rejected' when unchanged then 'unchanged' when findings is not null
          then 'acceptedWithWarnings' else 'accepted' end as outcome,
        coalesce(findings, '[]'::jsonb) as findings, byte_offset as "byteOffset", byte_length as "byteLength",
        contract_id as "contractId"
      from staged where record_number > ${after} order by record_number limit ${PAGE_RECORDS}`;
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!.recordNumber;
  }
}

/** What a full file says otherwise than the store is no new declaration for a real run, but a change for a comparison. */
function judge({ outcome, action, findings }: RehearsedRecord, kind: Claim["kind"]): DryRunEffect {
  const isComparison = kind === "initialLoad";
  if (outcome === "unchanged") return isComparison ? "same" : "unchanged";
  if (outcome === "rejected") {
    const blocking = findings.filter(isBlocking);
    return isComparison && blocking.every(({ code }) => code === "contractExists") ? "changed" : "rejected";
  }
  if (action === "new") return "new";
  return action === "close" || action === "cancel" ? "closed" : "changed";
}

/** The contract that is there already; one that would be made has no id yet. */
function toRow({ recordNumber, senderReference, effect, contractId, findings }: Judged): DryRunRow {
  const told = findings.find(({ code }) => code === "contractExists")?.details?.contractId;
  const isOfDelta = effect === "closed" || effect === "unchanged" || effect === "changed";
  const known = told === undefined ? (isOfDelta ? contractId : null) : String(told);
  return { rowNumber: recordNumber, effect, recordNumber, senderReference, contractId: known };
}

/** Contracts that count and that no record of the file names, under whichever number of its provider. */
async function* iterateMissing(tx: TransactionSql, insurerId: number, records: number): AsyncGenerator<DryRunRow[]> {
  let rowNumber = records;
  for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
    const page = await tx<{ contractId: string }[]>`
      select c.contract_id as "contractId" from contract c
      where c.insurer_id = ${insurerId} and c.cancelled_at is null and c.transferred_on is null and c.contract_id > ${after} and not exists (
        select from staged s
        where s.contract_number = c.contract_number and (s.inami_root = c.inami_root
          or left(s.inami_number, 8) = c.inami_root or c.inami_root = any(s.alias_roots)))
      order by c.contract_id limit ${PAGE_RECORDS}`;
    if (page.length === 0) return;
    yield page.map(({ contractId }) => {
      rowNumber += 1;
      return { rowNumber, effect: "missing", recordNumber: null, senderReference: null, contractId };
    });
    after = page.at(-1)!.contractId;
  }
}

type Target = Pick<Claim, "insurerId" | "submissionId" | "attempt">;

async function insertRows(kept: TransactionSql, { insurerId, submissionId }: Target, rows: readonly DryRunRow[]) {
  await kept`
    insert into dry_run_row (insurer_id, submission_id, row_number, effect, record_number, sender_reference, contract_id)
    select ${insurerId}::int, ${submissionId}::uuid, "rowNumber", effect, "recordNumber", "senderReference", "contractId"
    from jsonb_to_recordset(${kept.json(rows as never)}) as found ("rowNumber" int, effect text, "recordNumber" int,
      "senderReference" text, "contractId" uuid)`;
}

async function insertOutcomes(kept: TransactionSql, { insurerId, submissionId }: Target, rows: readonly Judged[]) {
  await kept`
    insert into record_result (insurer_id, submission_id, record_number, sender_reference, outcome, findings, byte_offset, byte_length)
    select ${insurerId}::int, ${submissionId}::uuid, "recordNumber", "senderReference", outcome, findings, "byteOffset", "byteLength"
    from jsonb_to_recordset(${kept.json(rows as never)}) as found ("recordNumber" int, "senderReference" text, outcome text,
      findings jsonb, "byteOffset" bigint, "byteLength" int)`;
}

class Tally {
  readonly effects: { [effect in DryRunEffect]?: number } = {};
  readonly outcomes: Record<RecordOutcome, number> = {
    accepted: 0,
    acceptedWithWarnings: 0,
    unchanged: 0,
    rejected: 0,
  };

  add(rows: readonly { readonly effect: DryRunEffect; readonly outcome?: RecordOutcome }[]): void {
    for (const { effect, outcome } of rows) {
      this.effects[effect] = (this.effects[effect] ?? 0) + 1;
      if (outcome !== undefined) this.outcomes[outcome] += 1;
    }
  }
}

interface Rehearsal {
  readonly state: "tested" | "refused";
  readonly findings: readonly Finding[];
  readonly reading: Reading;
  readonly tally?: Tally;
}

async function endRehearsal(
  kept: TransactionSql,
  { insurerId, submissionId, attempt }: Target,
  { state, findings, reading, tally }: Rehearsal,
): Promise<void> {
  const counts: DryRunCounts | null = tally?.effects ?? null;
  const result = await kept`
    update submission set state = ${state}, findings = findings || ${kept.json(findings as never)}, ended_at = ${new Date()},
      bytes_read = ${reading.bytesRead}, records_read = ${reading.recordsRead},
      dry_run_counts = ${counts === null ? null : kept.json(counts as never)},
      accepted_count = ${tally?.outcomes.accepted ?? null},
      accepted_with_warnings_count = ${tally?.outcomes.acceptedWithWarnings ?? null},
      unchanged_count = ${tally?.outcomes.unchanged ?? null}, rejected_count = ${tally?.outcomes.rejected ?? null}
    where insurer_id = ${insurerId} and submission_id = ${submissionId} and state = 'processing' and attempts = ${attempt}`;
  if (result.count !== 1) throw new Error("the claim of a dry run was lost: nothing is written");
}
