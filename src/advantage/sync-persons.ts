import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import { markChanged, noteChanged } from "./person-changes.ts";

type Fragment = PendingQuery<Row[]>;

/** Any number that no other advisory lock of one number has. */
const PERSONS_LOCK = 7_249_011;

/** One at a time changes who is who, and what is known of them, until the transaction ends. */
export async function lockPersons(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${PERSONS_LOCK})`;
}

/** What the register made of the persons. */
export interface SyncedPersons {
  readonly added: number;
  /** Numbers of persons that were known already. */
  readonly numbers: number;
  /** Two persons that turned out to be one. */
  readonly merged: number;
  /** The same, where both have decided dossiers: an operator must look. */
  readonly unmergeable: readonly UnmergeablePersons[];
}

/** Two persons of whom the register says that they are one; both stay. */
export interface UnmergeablePersons {
  readonly personId: string;
  readonly otherPersonId: string;
}

/**
 * Makes persons of the register's providers: the numbers of one SSIN are one person, and so are a BIS number and the SSIN
 * that replaced it. Deaths that the register knows and nobody told are taken over. May be done at any time, also for some
 * numbers alone that are known to be all of their holders.
 */
export async function syncPersons(tx: TransactionSql, roots?: readonly string[]): Promise<SyncedPersons> {
  await lockPersons(tx);
  const provider = () => (roots ? tx`(select * from provider where inami_root = any(${[...roots]}))` : tx`provider`);
  // A number that goes on under another SSIN: the holder got one in place of a BIS number.
  const renamed = await tx<{ personId: string }[]>`
    insert into person_ssin (ssin, person_id)
    select distinct on (p.ssin) p.ssin, n.person_id from ${provider()} p join person_number n using (inami_root)
    where not exists (select 1 from person_ssin s where s.ssin = p.ssin) order by p.ssin, n.person_id
    returning person_id as "personId"`;
  const { merged, unmergeable } = await mergePersons(tx, provider);
  const added = await addPersons(tx, provider);
  // By the key alone: planned as a join, each row would read all that the statement itself has written so far.
  const numbers = await noteChanged(
    tx,
    tx`
    insert into person_number (inami_root, person_id)
    select p.inami_root, s.person_id from ${provider()} p join person_ssin s using (ssin)
    on conflict (inami_root) do nothing
    returning person_id`,
  );
  await noteChanged(
    tx,
    tx`
    update person set deceased_on = known.deceased_on
    from (select n.person_id, min(p.deceased_on) as deceased_on from ${provider()} p join person_number n using (inami_root)
      where p.deceased_on is not null group by n.person_id) known
    where person.person_id = known.person_id and person.deceased_on is null returning person.person_id`,
  );
  await markChanged(
    tx,
    [...renamed, ...merged].map(({ personId }) => personId),
  );
  return { added, numbers: numbers - added, merged: merged.length, unmergeable };
}

async function addPersons(tx: TransactionSql, provider: () => Fragment): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    with newcomer as materialized (
      select ssin, uuidv7() as person_id from (
        select distinct p.ssin from ${provider()} p
        where not exists (select 1 from person_ssin s where s.ssin = p.ssin)
          and not exists (select 1 from person_number n where n.inami_root = p.inami_root)) unknown),
    persons as (insert into person (person_id) select person_id from newcomer),
    ssins as (insert into person_ssin (ssin, person_id) select ssin, person_id from newcomer)
    select count(*) as count from newcomer`;
  return row!.count;
}

/** The one with decisions stays, otherwise the older one. */
async function mergePersons(tx: TransactionSql, provider: () => Fragment) {
  const pairs = await tx<{ stays: string; goes: string; isFree: boolean }[]>`
    select distinct on (goes) stays, goes, goes_free as "isFree" from (
      select case when o.free then s.person_id else n.person_id end as stays,
        case when o.free then n.person_id else s.person_id end as goes, o.free or o.other_free as goes_free
      from ${provider()} p join person_number n using (inami_root) join person_ssin s on s.ssin = p.ssin
      cross join lateral (select
        not exists (select 1 from dossier d where d.person_id = n.person_id and d.decided_on is not null) as free,
        not exists (select 1 from dossier d where d.person_id = s.person_id and d.decided_on is not null) as other_free) o
      where s.person_id <> n.person_id) pair
    order by goes`;
  const merged: { personId: string }[] = [];
  const unmergeable: UnmergeablePersons[] = [];
  for (const { stays, goes, isFree } of pairs) {
    if (!isFree) {
      unmergeable.push({ personId: stays, otherPersonId: goes });
      continue;
    }
    await mergePair(tx, stays, goes);
    merged.push({ personId: stays });
  }
  return { merged, unmergeable };
}

/** What is known of both is kept as it is known of the one that stays. */
async function mergePair(tx: TransactionSql, stays: string, goes: string): Promise<void> {
  await tx`update person_number set person_id = ${stays} where person_id = ${goes}`;
  await tx`update person_ssin set person_id = ${stays} where person_id = ${goes}`;
  await tx`
    update person set deceased_on = coalesce(person.deceased_on, other.deceased_on),
      legal_pension_on = coalesce(person.legal_pension_on, other.legal_pension_on),
      reserved_right_first_year = coalesce(person.reserved_right_first_year, other.reserved_right_first_year)
    from person other where person.person_id = ${stays} and other.person_id = ${goes}`;
  for (const [table, columns] of OF_PERSONS)
    await tx.unsafe(
      `insert into ${table} (person_id, ${columns}) select $1, ${columns} from ${table} where person_id = $2 on conflict do nothing`,
      [stays, goes],
    );
  await tx`update person set replaced_by = ${stays} where person_id = ${goes}`;
}

const OF_PERSONS = [
  ["person_profession", "profession, specialty, competence_code, first_inami_number_on, practice_started_on"],
  ["profession_period", "profession, kind, from_on, to_on"],
  ["profession_year", "profession, year, measures, inactive_days, attributes"],
  ["person_sanction", "sanction, from_on, to_on"],
  ["contract_choice", "premium_year, chosen_insurer_id, chosen_contract_id, chosen_on"],
] as const;
