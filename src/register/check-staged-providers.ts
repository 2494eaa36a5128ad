import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import { stagedFinding } from "../database/staged-records.ts";
import { type Asker, isWithheld } from "./withheld-numbers.ts";

type Fragment = PendingQuery<Row[]>;

/**
 * Looks every staged record up in the register (exchange.md section 4): the number of a `new` or `modify` exists and is
 * valid on its day, the SSIN belongs to it; a later expiry, a replaced number and an unknown competence code are
 * warnings. Who ends or takes back a contract need not be in the register any more. A replaced number goes on under the
 * root that stands last in the chain of replacements; the other roots of the provider become aliases. What is withheld from
 * the insurer is as unknown as what no register has.
 */
export async function checkStagedProviders(tx: TransactionSql, today: string, asker: Asker): Promise<void> {
  const checked = tx`
    with ${findProviderTrouble(tx, today, asker, tx`s.ctid`)}
    update staged set
      findings = coalesce(staged.findings, '[]'::jsonb) || found.findings,
      blocked = staged.blocked or found.is_blocking,
      inami_root = coalesce(found.replaced_by_root, staged.inami_root)
    from found where staged.ctid = found.row_id and found.findings <> '[]'::jsonb`.execute();
  // Sent one behind the other, without waiting: the aliases are looked for once the roots are corrected.
  await Promise.all([checked, findAliases(tx)]);
}

/**
 * The queries of a `with` of which the last, `found`, says what the register has to say about the records of a relation
 * `staged`: `row_id` (the value of `rowId` for `staged s`), `findings`, `is_blocking`, `replaced_by_root`. Records of
 * which there is nothing to say are not in it.
 */
export function findProviderTrouble(tx: TransactionSql, today: string, asker: Asker, rowId: Fragment): Fragment {
  const unknown = stagedFinding(tx, "inamiNumberUnknown", "inamiNumber", tx`s.inami_number`);
  const notValidOn = stagedFinding(
    tx,
    "inamiNumberNotValidOn",
    "inamiNumber",
    tx`s.inami_number`,
    tx`jsonb_build_object('on', s.start_on)`,
  );
  const ssinMismatch = stagedFinding(tx, "ssinMismatch", "ssin", tx`s.ssin`);
  const replaced = stagedFinding(
    tx,
    "inamiNumberReplaced",
    "inamiNumber",
    tx`s.inami_number`,
    tx`jsonb_build_object('replacedBy', s.replaced_by)`,
  );
  const expired = stagedFinding(
    tx,
    "inamiNumberExpired",
    "inamiNumber",
    tx`s.inami_number`,
    tx`jsonb_build_object('validTo', s.valid_to)`,
  );
  const competence = stagedFinding(tx, "competenceCodeUnknown", "inamiNumber", tx`s.inami_number`);
  // Two anti-joins by hash find the few records about which there is anything to say; only those are looked at closely,
  // as rows of an array: joined, the planner would take them for many and look at the whole file closely.
  const withheld = isWithheld(tx, asker, tx`s.inami_root`);
  return tx`
    suspects as materialized (
      select ${rowId} as row_id from staged s
      where s.inami_root is not null and not exists (
        select 1 from provider p
        where p.inami_root = s.inami_root and p.replaced_by_root is null and p.valid_to is null and p.deceased_on is null
          and coalesce(s.start_on >= p.valid_from, true) and coalesce(s.ssin = p.ssin, true))
      union
      select ${rowId} from staged s where ${withheld}
      union
      select ${rowId} from staged s
      where length(s.inami_number) = 11 and not exists (
        select 1 from competence_code c
        where c.profession_digit = left(s.inami_number, 1) and c.code = right(s.inami_number, 3)
          and coalesce(s.start_on >= c.valid_from, true) and coalesce(s.start_on <= c.valid_to, true))),
    looked_up as (
      select ${rowId} as row_id, s.record_number, s.sender_reference, s.line, s.byte_offset, s.inami_number, s.ssin, s.start_on,
        p.valid_to, last.root as replaced_by_root,
        coalesce(replacing.inami_number, last.root) as replaced_by,
        p.inami_root is null and declares as is_unknown,
        declares and coalesce(s.start_on < p.valid_from or s.start_on > p.valid_to or s.start_on > p.deceased_on, false)
          as is_not_valid,
        coalesce(s.ssin <> p.ssin, false) and not ${wasBisNumber(tx, tx`s.ssin`)} as is_mismatch,
        declares and coalesce(p.valid_to < ${today}::date, false) as is_expired,
        declares and p.inami_root is not null and length(s.inami_number) = 11 and not exists (
          select 1 from competence_code c
          where c.profession_digit = left(s.inami_number, 1) and c.code = right(s.inami_number, 3)
            and coalesce(s.start_on >= c.valid_from, true) and coalesce(s.start_on <= c.valid_to, true)) as is_competence_unknown
      from staged s
      cross join lateral (select s.action is null or s.action in ('new', 'modify')) as does (declares)
      left join provider p on p.inami_root = s.inami_root and not ${withheld}
      left join lateral (${lastReplacement(tx)}) last on p.replaced_by_root is not null
      left join provider replacing on replacing.inami_root = last.root
      where s.inami_root is not null and ${rowId} = any(array(select row_id from suspects))),
    found as (
      select s.row_id, s.replaced_by_root, s.is_unknown or s.is_not_valid or s.is_mismatch as is_blocking,
        to_jsonb(array_remove(array[
          case when s.is_unknown then ${unknown} end,
          case when s.is_not_valid then ${notValidOn} end,
          case when s.is_mismatch then ${ssinMismatch} end,
          case when s.replaced_by_root is not null and not s.is_not_valid then ${replaced}
               when s.is_expired and not s.is_not_valid then ${expired} end,
          case when s.is_competence_unknown then ${competence} end], null)) as findings
      from looked_up s
      where s.is_unknown or s.is_not_valid or s.is_mismatch or s.is_expired or s.replaced_by_root is not null
        or s.is_competence_unknown)`;
}

/** Whether `ssin` is a BIS number (month raised by 20 or 40) that provider `p` had before it got a national number. */
export function wasBisNumber(tx: TransactionSql, ssin: Fragment): Fragment {
  return tx`exists (
    select 1 from provider_version had
    where had.inami_root = p.inami_root and had.ssin = ${ssin} and ${isBisNumber(tx, tx`had.ssin`)})`;
}

/** The month of birth is raised by 20 or 40. */
export function isBisNumber(tx: TransactionSql, ssin: Fragment): Fragment {
  return tx`substr(${ssin}, 3, 2) > '12'`;
}

/** Where the chain of replacements of provider `p` ends. A number that comes again in it ends it too. */
export function lastReplacement(tx: TransactionSql): Fragment {
  return tx`
    with recursive step (root, passed) as (
      select p.replaced_by_root, array[p.inami_root]
      union all
      select next.replaced_by_root, passed || next.inami_root from step join provider next on next.inami_root = step.root
      where next.replaced_by_root is not null and next.replaced_by_root <> all(passed))
    select root from step order by cardinality(passed) desc limit 1`;
}

/** A contract may be kept under a number that was replaced since: every number that leads to the record's own is told. */
async function findAliases(tx: TransactionSql): Promise<void> {
  await tx`
    with recursive heads as materialized (
      select distinct s.inami_root as head from staged s
      where exists (select 1 from provider p where p.replaced_by_root = s.inami_root)),
    older (head, root) as (
      select head, p.inami_root from heads join provider p on p.replaced_by_root = head
      union
      select older.head, p.inami_root from older join provider p on p.replaced_by_root = older.root
      where p.inami_root <> older.head),
    aliases as (select head, array_agg(root order by root) as roots from older group by head)
    update staged s set alias_roots = aliases.roots from aliases where s.inami_root = aliases.head`;
}

/** The same for one `root`, an expression: a query of `roots`, null where there are none. */
export function selectAliases(tx: TransactionSql, root: Fragment): Fragment {
  return tx`
    with recursive older (alias) as (
      select p.inami_root from provider p where p.replaced_by_root = ${root}
      union
      select p.inami_root from older join provider p on p.replaced_by_root = older.alias where p.inami_root <> ${root})
    select array_agg(alias order by alias) as roots from older`;
}
