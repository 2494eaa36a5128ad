import type { TransactionSql } from "../../database/sql.ts";
import { findCalendar, type PremiumYearRules } from "../premium-year-rules.ts";
import { BLOCKING_FACT_FINDINGS, type FactFindingCode } from "./fact-findings.ts";

/** Checks `fact` against the register, the facts known and itself; leaves in `fact` the lines that nothing speaks against. */
export async function checkFacts(tx: TransactionSql, years: ReadonlyMap<number, PremiumYearRules>): Promise<void> {
  await checkPersons(tx);
  await dropRefused(tx);
  await checkContradictions(tx);
  await dropRefused(tx);
  await checkProfessions(tx);
  await checkConventions(tx);
  await resolveContracts(tx, years);
  await dropRefused(tx);
  await checkDays(tx);
}

async function found(tx: TransactionSql, code: FactFindingCode, field: string, lines: string): Promise<void> {
  await tx.unsafe(`insert into fact_found (line, code, field) select distinct line, $1, $2 from (${lines}) l`, [
    code,
    field,
  ]);
}

async function dropRefused(tx: TransactionSql): Promise<void> {
  await tx`delete from fact where line in (select line from fact_found where code = any(${BLOCKING_FACT_FINDINGS}))`;
}

async function checkPersons(tx: TransactionSql): Promise<void> {
  await found(tx, "personUnknown", "inamiNumber", "select line from fact where person_id is null");
  await found(tx, "personMismatch", "ssin", "select line from fact where is_mismatch");
}

/** What makes two lines speak of the same thing; what else they say must then be the same. */
const KEY = `kind, person_id, coalesce(profession, '') as of_profession, case when kind <> 'reservedRight' then year end as of_year,
  case when kind <> 'profession' then name end as of_name,
  case when kind in ('convention', 'recognition', 'training', 'formalInactivity', 'sanction', 'choice') then from_on end as of_day`;
const COLUMNS_OF_KEY = "kind, person_id, of_profession, of_year, of_name, of_day";

async function checkContradictions(tx: TransactionSql): Promise<void> {
  const says = "(year, name, from_on, to_on, amount, code, contract_number, is_withdrawn)::text";
  // Few things are told twice: only those are compared.
  await found(
    tx,
    "contradictsLine",
    "kind",
    `with twice as materialized (select min(line) as first_line from (select line, ${KEY} from fact) k
       group by ${COLUMNS_OF_KEY} having count(*) > 1),
     keys as materialized (select ${KEY} from fact where exists (select 1 from twice) and line in (select first_line from twice)),
     told as (select line, ${says} as says, ${KEY} from fact where exists (select 1 from twice)),
     groups as (select array_agg(told.line) as lines from told join keys
         on (told.kind, told.person_id, told.of_profession) = (keys.kind, keys.person_id, keys.of_profession)
         and told.of_year is not distinct from keys.of_year and told.of_name is not distinct from keys.of_name
         and told.of_day is not distinct from keys.of_day
       group by told.kind, told.person_id, told.of_profession, told.of_year, told.of_name, told.of_day
       having min(says) <> max(says))
     select unnest(lines) as line from groups`,
  );
}

async function checkProfessions(tx: TransactionSql): Promise<void> {
  await found(
    tx,
    "professionNotHeld",
    "profession",
    `select f.line from fact f
     where f.kind in ('convention', 'recognition', 'training', 'formalInactivity', 'activity', 'inactivity', 'attribute')
       and (f.profession is null or (
         not exists (select 1 from person_profession p where p.person_id = f.person_id and p.profession = f.profession)
         and not exists (select 1 from fact g where g.kind = 'profession' and g.person_id = f.person_id and g.profession = f.profession)))`,
  );
}

/** As it would be when the file were applied: no day twice. */
async function checkConventions(tx: TransactionSql): Promise<void> {
  await found(
    tx,
    "conventionsOverlap",
    "from",
    `with touched as materialized (select distinct person_id, profession from fact where kind = 'convention'),
     periods as (
       select distinct person_id, profession, name, from_on, to_on from fact where kind = 'convention' and not is_withdrawn
       union all
       select p.person_id, p.profession, p.kind, p.from_on, p.to_on from profession_period p join touched using (person_id, profession)
       where p.kind in ('fullConvention', 'partialConvention') and not exists (select 1 from fact f
         where f.kind = 'convention' and f.person_id = p.person_id and f.profession = p.profession and f.name = p.kind and f.from_on = p.from_on)),
     compared as (
       select person_id, profession, from_on, max(coalesce(to_on, 'infinity')) over (partition by person_id, profession
         order by from_on, name rows between unbounded preceding and 1 preceding) as covered_until from periods)
     select f.line from fact f where f.kind = 'convention' and (f.person_id, f.profession) in (
       select person_id, profession from compared where covered_until >= from_on)`,
  );
}

/** Finds the contracts chosen: of the insurer, with that number, of one of the person's INAMI numbers. */
async function resolveContracts(tx: TransactionSql, years: ReadonlyMap<number, PremiumYearRules>): Promise<void> {
  await tx`
    create temporary table chosen on commit drop as
    select distinct on (f.line) f.line, f.year, f.from_on as chosen_on, c.insurer_id, c.contract_id,
      coalesce(n.profession, '*') as profession,
      (select max(v.end_on) from contract_version v where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id
        and v.superseded_at is null) as end_on
    from fact f
    join insurer i on i.enterprise_number = f.code
    join person_number n on n.person_id = f.person_id
    join contract c on c.insurer_id = i.insurer_id and c.inami_root = n.inami_root
      and c.contract_number = f.contract_number and c.cancelled_at is null
    where f.kind = 'choice' and f.contract_number is not null
    order by f.line, c.contract_id`;
  await found(
    tx,
    "contractUnknown",
    "contractNumber",
    `select line from fact f where kind = 'choice' and contract_number is not null and line not in (select line from chosen)`,
  );
  await found(
    tx,
    "chosenContractEnded",
    "contractNumber",
    "select line from chosen where end_on < make_date(year, 1, 1)",
  );
  const calendars = [...years.values()].flatMap((rules) =>
    [...rules.knownProfessions, "*"].map((profession) => ({
      year: rules.premiumYear,
      profession,
      until: findCalendar(rules, profession).linkingUntil,
    })),
  );
  await tx`
    insert into fact_found (line, code, field)
    select line, 'choiceTooLate', 'on' from chosen
    join jsonb_to_recordset(${tx.json(calendars as never)}) as k (year int, profession text, until date) using (year, profession)
    where chosen_on > until`;
}

async function checkDays(tx: TransactionSql): Promise<void> {
  await found(
    tx,
    "afterDeath",
    "from",
    `select f.line from fact f join person p using (person_id)
     left join (select person_id, max(from_on) as died_on from fact where kind = 'death' group by person_id) d using (person_id)
     where f.kind in ('convention', 'recognition', 'training', 'sanction', 'pension') and f.from_on > coalesce(d.died_on, p.deceased_on)`,
  );
  await found(
    tx,
    "pastYearsAffected",
    "on",
    `select f.line from fact f where f.kind in ('pension', 'death') and exists (select 1 from dossier d
       where d.person_id = f.person_id and d.state in ('decided', 'toPay', 'paid') and d.premium_year >= extract(year from f.from_on))`,
  );
}
