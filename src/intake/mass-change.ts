import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import type { NewAlarm } from "../operations/alarms.ts";
import { insertNotice } from "../operator/notices.ts";
import type { SubmissionKind } from "./submission.ts";

/** How many of an insurer's contracts one delta may close or cancel without anybody being asked. */
export interface MassChangeLimits {
  /** Of the contracts that count before the delta; more is too many. */
  readonly percent: number;
  /** Fewer are never too many, however few contracts there are. */
  readonly minimum: number;
}

/** What a delta that changes too much would do, as operators see it. */
export interface MassChange {
  /** Contracts it would cancel, or cover fewer days than before. */
  readonly closures: number;
  /** Contracts of the insurer that counted before it. */
  readonly contracts: number;
  /** The share that is allowed: that of the settings, or the one that the root announces where it is higher. */
  readonly percent: number;
}

interface Merged {
  readonly insurerId: number;
  readonly kind: SubmissionKind;
  /** What the root of a delta announces, 0 to 1. */
  readonly expectedClosureShare: number | null;
  /** The instant of the merge: by it the versions that the delta made are known, and those they superseded. */
  readonly recordedAt: Date;
}

/**
 * Whether the delta that was merged in this transaction closes or cancels more contracts than may go unasked. Counted is
 * what the merge did, not what the file says: records that were rejected or changed nothing count as little as a
 * close that a later record took back, or one that corrects an end to a later day.
 */
export async function findMassChange(
  tx: TransactionSql,
  merged: Merged,
  limits: MassChangeLimits,
): Promise<MassChange | undefined> {
  if (merged.kind !== "delta") return undefined;
  const [told] = await tx<{ count: number }[]>`
    select count(distinct contract_id) as count from staged where ${isEffective(tx)} and action in ('close', 'cancel')`;
  if (told!.count < limits.minimum) return undefined;
  const { closures, cancelled } = await countClosures(tx, merged);
  if (closures === 0 || closures < limits.minimum) return undefined;
  const share = Math.max(limits.percent / 100, merged.expectedClosureShare ?? 0);
  const contracts = await countContracts(tx, merged, cancelled, share === 0 ? null : Math.ceil(closures / share));
  if (closures / contracts <= share) return undefined;
  return { closures, contracts, percent: Number((share * 100).toFixed(4)) };
}

/** What the sender is told of it, in the submission and in the report. */
export function describeMassChange(massChange: MassChange | undefined): Finding[] {
  return massChange ? [{ code: "massChange", details: { ...massChange } }] : [];
}

/**
 * The insurer gets a notice, operators an alarm. It is raised before the commit: rather twice than never, and twice the
 * same is one.
 */
export async function tellMassChange(
  { raiseAlarm }: { readonly raiseAlarm: (alarm: NewAlarm) => Promise<void> },
  tx: TransactionSql,
  held: { readonly insurerId: number; readonly submissionId: string; readonly reference: string | null },
  { closures, contracts }: MassChange,
): Promise<void> {
  const { insurerId, submissionId, reference } = held;
  const details = { submissionId, closures, contracts };
  await insertNotice(tx, insurerId, { kind: "massChangeHeld", details: { ...details, reference: reference ?? "" } });
  await raiseAlarm({ code: "massChangeHeld", insurerId, details });
}

function isEffective(tx: TransactionSql) {
  return tx`not blocked and not unchanged`;
}

async function countClosures(tx: TransactionSql, { insurerId, recordedAt }: Merged) {
  const [row] = await tx<{ closures: number; cancelled: number }[]>`
    select count(*) as closures, count(*) filter (where after.is_cancelled) as cancelled
    from (select distinct contract_id from staged where ${isEffective(tx)} and action in ('close', 'cancel')) named
    cross join lateral (
      select bool_or(action = 'cancel') as is_cancelled, max(end_on) as end_on from contract_version
      where insurer_id = ${insurerId} and contract_id = named.contract_id and superseded_at is null offset 0) after
    cross join lateral (
      select end_on from contract_version
      where insurer_id = ${insurerId} and contract_id = named.contract_id and superseded_at = ${recordedAt}
        and recorded_at < ${recordedAt} limit 1) before
    where after.is_cancelled or after.end_on < coalesce(before.end_on, 'infinity')`;
  return row!;
}

/** Those that counted before the delta; counted no further than `enough`, from where on the share is kept. */
async function countContracts(
  tx: TransactionSql,
  { insurerId }: Merged,
  cancelled: number,
  enough: number | null,
): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    with made as (
      select count(*) as count
      from (select distinct contract_id from staged where ${isEffective(tx)} and action = 'new') named
      cross join lateral (
        select cancelled_at, transferred_on from contract
        where insurer_id = ${insurerId} and contract_id = named.contract_id offset 0) held
      where held.cancelled_at is null and held.transferred_on is null)
    select (select count(*) from (
        select from contract where insurer_id = ${insurerId} and cancelled_at is null and transferred_on is null
        limit (select ${enough}::bigint + made.count from made)) counted)
      - made.count + ${cancelled}::bigint as count
    from made`;
  return row!.count;
}
