import type { PendingQuery, Row } from "postgres";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import { isBisNumber } from "../register/check-staged-providers.ts";
import {
  chainOfNumbers,
  differenceOfChange,
  differenceOfLoaded,
  type FindProvider,
  type RegisterDifference,
  relatedRoots,
} from "../register/register-changes.ts";
import { isWithheld } from "../register/withheld-numbers.ts";
import { markSimulation } from "../spaces/simulations/simulation-orders.ts";
import type { Intake } from "./intake.ts";

type Fragment = PendingQuery<Row[]>;

interface AffectedContract {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly findingCodes: readonly string[];
}

/**
 * Checks again what waits for it since a change of the register; answers for how many insurers. One whose contracts are
 * being merged waits for the next time, and keeps nobody else waiting.
 */
export async function recheckWaiting({
  database,
  environmentName,
}: Pick<Intake, "database" | "environmentName">): Promise<number> {
  const waiting = await listWaiting(database.institute);
  let done = 0;
  for (const one of waiting) {
    if (await database.asInsurer(one.insurerId).run((tx) => recheck(tx, one, environmentName))) done += 1;
  }
  return done;
}

interface Waiting {
  readonly insurerId: number;
  readonly changeId: string;
  /** As the database writes it. */
  readonly recordedAt: string;
  /** In validation: a simulation changed the register. */
  readonly simulated: boolean;
}

async function listWaiting(sql: Sql): Promise<Waiting[]> {
  return await sql<Waiting[]>`
    select r.insurer_id as "insurerId", r.change_id as "changeId", c.recorded_at::text as "recordedAt", c.simulated
    from register_recheck r join register_change c using (change_id)
    where r.rechecked_at is null order by r.change_id, r.insurer_id limit 100`;
}

/**
 * Under the insurer's lock, after the change was committed: a load that checked its records by the old register has
 * committed them by now, and one that comes later sees the new. Contracts stay as they are.
 */
async function recheck(
  tx: TransactionSql,
  waiting: Waiting,
  environmentName: Intake["environmentName"],
): Promise<boolean> {
  const { insurerId, changeId, recordedAt } = waiting;
  const [free] = await tx`select 1 from insurer where insurer_id = ${insurerId} for no key update skip locked`;
  if (!free) return false;
  const { count } = await tx`
    update register_recheck set rechecked_at = clock_timestamp()
    where insurer_id = ${insurerId} and change_id = ${changeId} and rechecked_at is null`;
  if (count === 0) return false;
  if (waiting.simulated) await markSimulation(tx);
  const withheld = isWithheld(tx, { insurerId, environmentName }, tx`related.root`);
  const affected = await listAffected(tx, insurerId, differenceOfChange(tx, changeId, recordedAt), withheld);
  await insertEvents(
    tx,
    affected.map((details) => ({ insurerId, kind: "contractRechecked", details })),
  );
  return true;
}

/** How many contracts of the insurer are affected if `loaded` becomes the register. */
export async function countAffected(tx: TransactionSql, insurerId: number): Promise<number> {
  return (await listAffected(tx, insurerId, differenceOfLoaded(tx), tx`false`)).length;
}

/**
 * Contracts that the insurer holds, of numbers not `withheld`, of which the register says something else than before. `offset 0`
 * looks each up by its number and by its key, whatever the statistics know of the insurer; whether it counts is asked
 * behind that, or an index of those that count, which does not begin with the number, would seem as good.
 */
async function listAffected(
  tx: TransactionSql,
  insurerId: number,
  difference: RegisterDifference,
  withheld: Fragment,
): Promise<AffectedContract[]> {
  return await tx<AffectedContract[]>`
    with related as materialized (${relatedRoots(tx, difference)})
    select c.contract_id as "contractId", c.contract_number as "contractNumber", after.codes as "findingCodes"
    from related
    cross join lateral (select * from contract where insurer_id = ${insurerId} and inami_root = related.root offset 0) c
    cross join lateral (
      select * from contract_version
      where insurer_id = c.insurer_id and contract_id = c.contract_id and superseded_at is null offset 0) v
    cross join lateral (
      select left(inami_number, 8) as root from contract_version
      where insurer_id = c.insurer_id and contract_id = c.contract_id and superseded_at is null
      order by valid_from limit 1) first
    cross join lateral (${judge(tx, difference.before)}) before
    cross join lateral (${judge(tx, difference.now)}) after
    where c.cancelled_at is null and c.transferred_on is null and v.valid_before is null and not ${withheld}
      and (before.codes, before.ends_on, before.replaced_by) is distinct from (after.codes, after.ends_on, after.replaced_by)
    order by c.contract_id`;
}

/**
 * What there is to say of contract `c`, in its last version `v`, by a state of the register. The contract lives on with
 * what replaced its number: person and end are those of the last one known, and its first day need only be good for
 * one of them, or for the number it was `first` declared under.
 */
function judge(tx: TransactionSql, find: FindProvider): Fragment {
  const isValidAtStart = (row: Fragment) =>
    tx`c.start_on between ${row}.valid_from and coalesce(least(${row}.valid_to, ${row}.deceased_on), 'infinity')`;
  return tx`
    select array_remove(array[
        case when not p.is_valid_at_start and not exists (
          select 1 from (${find(tx`first.root`)}) f where ${isValidAtStart(tx`f`)}) then 'inamiNumberNotValidOn' end,
        case when v.ssin <> p.ssin and not exists (
          select 1 from provider_version had
          where had.inami_root = any(p.roots) and had.ssin = v.ssin and ${isBisNumber(tx, tx`had.ssin`)}) then 'ssinMismatch' end,
        case when p.replaced_by is not null then 'inamiNumberReplaced' end,
        case when p.ends_on < coalesce(v.end_on, 'infinity') then 'inamiNumberExpired' end],
        null) as codes,
      case when p.ends_on < coalesce(v.end_on, 'infinity') then p.ends_on end as ends_on, p.replaced_by
    from (
      select bool_or(${isValidAtStart(tx`n`)}) as is_valid_at_start, array_agg(n.inami_root) as roots,
        max(n.ssin) filter (where n.is_last) as ssin,
        least(min(n.valid_to) filter (where n.is_last), min(n.deceased_on)) as ends_on,
        max(coalesce(n.replaced_by_root, n.inami_root)) filter (where n.is_last and (n.place > 1 or n.replaced_by_root is not null))
          as replaced_by
      from (${chainOfNumbers(tx, find, tx`left(v.inami_number, 8)`)}) n
      having count(*) > 0) p`;
}
