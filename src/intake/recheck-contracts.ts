import type { PendingQuery, Row } from "postgres";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import { wasBisNumber } from "../register/check-staged-providers.ts";
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
export async function recheckWaiting(intake: Pick<Intake, "database">): Promise<number> {
  const waiting = await listWaiting(intake.database.institute);
  let done = 0;
  for (const { insurerId, changeId } of waiting) {
    if (await intake.database.asInsurer(insurerId).run((tx) => recheck(tx, insurerId, changeId))) done += 1;
  }
  return done;
}

async function listWaiting(sql: Sql): Promise<{ insurerId: number; changeId: string }[]> {
  return await sql<{ insurerId: number; changeId: string }[]>`
    select insurer_id as "insurerId", change_id as "changeId" from register_recheck
    where rechecked_at is null order by change_id, insurer_id limit 100`;
}

/**
 * Under the insurer's lock, after the change was committed: a load that checked its records by the old register has
 * committed them by now, and one that comes later sees the new. Contracts stay as they are.
 */
async function recheck(tx: TransactionSql, insurerId: number, changeId: string): Promise<boolean> {
  const [free] = await tx`select 1 from insurer where insurer_id = ${insurerId} for no key update skip locked`;
  if (!free) return false;
  const { count } = await tx`
    update register_recheck set rechecked_at = clock_timestamp()
    where insurer_id = ${insurerId} and change_id = ${changeId} and rechecked_at is null`;
  if (count === 0) return false;
  const pairs = tx`provider_version changed join provider_version known
    on known.inami_root = changed.inami_root and known.version = changed.version - 1 and changed.version > 1
    and changed.change_id = ${changeId}`;
  const affected = await listAffected(tx, insurerId, { pairs, known: tx`known`, now: tx`changed` });
  await insertEvents(
    tx,
    affected.map((details) => ({ insurerId, kind: "contractRechecked", details })),
  );
  return true;
}

/** How many contracts of the insurer are affected if `loaded` becomes the register. */
export async function countAffected(tx: TransactionSql, insurerId: number): Promise<number> {
  const pairs = tx`loaded join provider known on known.inami_root = loaded.inami_root`;
  return (await listAffected(tx, insurerId, { pairs, known: tx`known`, now: tx`loaded` })).length;
}

/** Contracts that the insurer holds and about which the register has something else to say than before. */
async function listAffected(
  tx: TransactionSql,
  insurerId: number,
  { pairs, known, now }: { pairs: Fragment; known: Fragment; now: Fragment },
): Promise<AffectedContract[]> {
  return await tx<AffectedContract[]>`
    select c.contract_id as "contractId", c.contract_number as "contractNumber", after.codes as "findingCodes"
    from ${pairs}
    join contract c on c.insurer_id = ${insurerId} and c.inami_root = ${now}.inami_root and c.cancelled_at is null
      and c.transferred_on is null
    join contract_version v on v.insurer_id = c.insurer_id and v.contract_id = c.contract_id
      and v.superseded_at is null and v.valid_before is null
    cross join lateral (${judge(tx, known)}) before
    cross join lateral (${judge(tx, now)}) after
    where (before.codes, before.ends_on, before.replaced_by) is distinct from (after.codes, after.ends_on, after.replaced_by)
    order by c.contract_id`;
}

/** What there is to say of contract `c`, in its last version `v`, by what the register says in the row of that name. */
function judge(tx: TransactionSql, row: Fragment): Fragment {
  return tx`
    select array_remove(array[
        case when c.start_on < p.valid_from or c.start_on > p.valid_to or c.start_on > p.deceased_on
          then 'inamiNumberNotValidOn' end,
        case when v.ssin <> p.ssin and not ${wasBisNumber(tx, tx`v.ssin`)} then 'ssinMismatch' end,
        case when p.replaced_by_root is not null then 'inamiNumberReplaced' end,
        case when least(p.valid_to, p.deceased_on) < coalesce(v.end_on, 'infinity') then 'inamiNumberExpired' end],
        null) as codes,
      case when least(p.valid_to, p.deceased_on) < coalesce(v.end_on, 'infinity')
        then least(p.valid_to, p.deceased_on) end as ends_on,
      p.replaced_by_root as replaced_by
    from (select ${row}.*) p`;
}
