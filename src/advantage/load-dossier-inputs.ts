import type { Sql, TransactionSql } from "../database/sql.ts";
import type { PeriodKind } from "./advantage-tables.ts";
import type {
  ContractChoice,
  ContractFacts,
  Period,
  PersonFacts,
  ProfessionFacts,
  Sanction,
  YearFacts,
} from "./person-facts.ts";
import { ANY_PROFESSION } from "./premium-year-rules.ts";

export interface LoadedInput {
  readonly person: PersonFacts;
  readonly contracts: readonly ContractFacts[];
}

type OfPerson<Row> = Row & { readonly personId: string };
type OfProfession<Row> = OfPerson<Row> & { readonly profession: string };

/**
 * Facts and contracts of these persons for a premium year, in the order of their ids; role `infoss_institute`. One query a
 * table, whatever the number of persons. A contract was recorded on the day, in Brussels, of its first version.
 */
export async function loadDossierInputs(
  sql: Sql | TransactionSql,
  premiumYear: number,
  personIds: readonly string[],
): Promise<LoadedInput[]> {
  // All travel together, and the server runs them in this order where `sql` is a transaction.
  const [, persons, professions, periods, years, sanctions, choices, contracts] = await Promise.all([
    planForMany(sql, personIds),
    listPersons(sql, personIds),
    listProfessions(sql, personIds),
    listPeriods(sql, personIds),
    listYears(sql, personIds, premiumYear),
    listSanctions(sql, personIds),
    listChoices(sql, personIds, premiumYear),
    listContracts(sql, personIds, premiumYear),
  ]);
  const periodsOf = Map.groupBy(periods, keyOfProfession);
  const yearsOf = Map.groupBy(years, keyOfProfession);
  const professionsOf = Map.groupBy(professions, keyOfPerson);
  const sanctionsOf = Map.groupBy(sanctions, keyOfPerson);
  const contractsOf = Map.groupBy(contracts, keyOfPerson);
  const choiceOf = new Map(choices.map((choice) => [choice.personId, choice]));
  return persons.map(({ personId, deceasedOn, legalPensionOn, reservedRightFirstYear }) => ({
    person: {
      personId,
      professions: (professionsOf.get(personId) ?? []).map((row) =>
        toProfession(row, periodsOf.get(keyOfProfession(row)) ?? [], yearsOf.get(keyOfProfession(row)) ?? []),
      ),
      sanctions: (sanctionsOf.get(personId) ?? []).map(({ sanction, ...period }) => ({
        sanction,
        ...toPeriod(period),
      })),
      deceasedOn: deceasedOn ?? undefined,
      legalPensionOn: legalPensionOn ?? undefined,
      reservedRightFirstYear: reservedRightFirstYear ?? undefined,
      choice: toChoice(choiceOf.get(personId)),
    },
    contracts: (contractsOf.get(personId) ?? []).map(({ personId: _, endOn, ...contract }) => ({
      ...contract,
      endOn: endOn ?? undefined,
    })),
  }));
}

/** From so many persons on, a plan that is kept, which is made for ten, is no good. */
const MANY_PERSONS = 300;

/** For the transaction; alone it does nothing. */
async function planForMany(sql: Sql | TransactionSql, ids: readonly string[]): Promise<void> {
  if (ids.length >= MANY_PERSONS) await sql`select set_config('plan_cache_mode', 'force_custom_plan', true)`;
}

const keyOfPerson = (row: OfPerson<object>) => row.personId;
const keyOfProfession = (row: OfProfession<object>) => `${row.personId} ${row.profession}`;

type Nullable<Row> = { readonly [Key in keyof Row]: Exclude<Row[Key], undefined> | null };
type PersonRow = Nullable<Omit<PersonFacts, "personId" | "professions" | "sanctions" | "choice">>;

async function listPersons(sql: Sql | TransactionSql, ids: readonly string[]) {
  return await sql<OfPerson<PersonRow>[]>`
    select person_id as "personId", deceased_on as "deceasedOn", legal_pension_on as "legalPensionOn",
      reserved_right_first_year as "reservedRightFirstYear"
    from person where person_id = any(${ids as string[]}::uuid[]) order by person_id`;
}

interface ProfessionRow {
  readonly specialty: string | null;
  readonly competenceCode: string | null;
  readonly firstInamiNumberOn: string;
  readonly practiceStartedOn: string | null;
}

async function listProfessions(sql: Sql | TransactionSql, ids: readonly string[]) {
  return await sql<OfProfession<ProfessionRow>[]>`
    select person_id as "personId", profession, specialty, competence_code as "competenceCode",
      first_inami_number_on as "firstInamiNumberOn", practice_started_on as "practiceStartedOn"
    from person_profession where person_id = any(${ids as string[]}::uuid[]) order by person_id, profession`;
}

interface PeriodRow {
  readonly from: string;
  readonly to: string | null;
}

async function listPeriods(sql: Sql | TransactionSql, ids: readonly string[]) {
  return await sql<OfProfession<PeriodRow & { readonly kind: PeriodKind }>[]>`
    select person_id as "personId", profession, kind, from_on as "from", to_on as "to"
    from profession_period where person_id = any(${ids as string[]}::uuid[])
    order by person_id, profession, kind, from_on`;
}

async function listYears(sql: Sql | TransactionSql, ids: readonly string[], premiumYear: number) {
  return await sql<OfProfession<YearFacts>[]>`
    select person_id as "personId", profession, year, jsonb_strip_nulls(measures) as measures, inactive_days as "inactiveDays", attributes
    from profession_year
    where person_id = any(${ids as string[]}::uuid[]) and year <= ${premiumYear}
    order by person_id, profession, year`;
}

async function listSanctions(sql: Sql | TransactionSql, ids: readonly string[]) {
  return await sql<OfPerson<PeriodRow & Pick<Sanction, "sanction">>[]>`
    select person_id as "personId", sanction, from_on as "from", to_on as "to"
    from person_sanction where person_id = any(${ids as string[]}::uuid[]) order by person_id, sanction, from_on`;
}

interface ChoiceRow {
  readonly insurerId: number | null;
  readonly contractId: string | null;
  readonly chosenOn: string;
}

async function listChoices(sql: Sql | TransactionSql, ids: readonly string[], premiumYear: number) {
  // A contract that was handed over since is chosen with whoever had it last in the year.
  return await sql<OfPerson<ChoiceRow>[]>`
    select person_id as "personId", coalesce(holder.to_insurer_id, chosen_insurer_id) as "insurerId",
      coalesce(holder.to_contract_id, chosen_contract_id) as "contractId", chosen_on as "chosenOn"
    from contract_choice
    left join transferred_contract t on t.to_insurer_id = chosen_insurer_id and t.to_contract_id = chosen_contract_id
    left join lateral (
      select next.to_insurer_id, next.to_contract_id from transferred_contract next
      where next.origin_insurer_id = coalesce(t.origin_insurer_id, chosen_insurer_id)
        and next.origin_contract_id = coalesce(t.origin_contract_id, chosen_contract_id)
        and next.transferred_on <= make_date(premium_year, 12, 31)
      order by next.transfer_id desc limit 1) holder on true
    where person_id = any(${ids as string[]}::uuid[]) and premium_year = ${premiumYear}`;
}

type ContractRow = Omit<ContractFacts, "endOn"> & { readonly endOn: string | null };

/**
 * Every version known now carries the end of the contract. Of one that was handed from insurer to insurer, the last who had
 * it in the year has it for the year, as old as it was when it was first declared (docs/adr/0011).
 */
async function listContracts(sql: Sql | TransactionSql, ids: readonly string[], premiumYear: number) {
  const lastDay = sql`make_date(${premiumYear}::int, 12, 31)`;
  return await sql<OfPerson<ContractRow>[]>`
    select n.person_id as "personId", coalesce(n.profession, ${ANY_PROFESSION}) as profession, c.insurer_id as "insurerId", c.contract_id as "contractId",
      coalesce(origin.start_on, c.start_on) as "startOn", known.end_on as "endOn",
      (coalesce(origin.first_recorded_at, known.first_recorded_at) at time zone 'Europe/Brussels')::date as "recordedOn"
    from person_number n
    join contract c on c.inami_root = n.inami_root and c.cancelled_at is null
      and (c.transferred_on is null or c.transferred_on > ${lastDay})
    left join transferred_contract t on t.to_insurer_id = c.insurer_id and t.to_contract_id = c.contract_id
    left join lateral (${selectOrigin(sql)}) origin on t.to_contract_id is not null
    cross join lateral (
      select min(v.recorded_at) as first_recorded_at, max(v.end_on) filter (where v.superseded_at is null) as end_on
      from contract_version v where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id) known
    where n.person_id = any(${ids as string[]}::uuid[]) and (t.transferred_on is null or t.transferred_on <= ${lastDay})
    order by n.person_id, "startOn", c.insurer_id, c.contract_id`;
}

/** Start and first instant of the contract that the one of `transferred_contract t` was at first. */
export function selectOrigin(sql: Sql | TransactionSql) {
  return sql`
    select o.start_on, min(v.recorded_at) as first_recorded_at
    from contract o join contract_version v on v.insurer_id = o.insurer_id and v.contract_id = o.contract_id
    where o.insurer_id = t.origin_insurer_id and o.contract_id = t.origin_contract_id group by o.start_on`;
}

function toProfession(
  row: OfProfession<ProfessionRow>,
  periods: readonly (PeriodRow & { readonly kind: PeriodKind })[],
  years: readonly OfProfession<YearFacts>[],
): ProfessionFacts {
  const ofKind = (kind: PeriodKind) => periods.filter((period) => period.kind === kind).map(toPeriod);
  return {
    profession: row.profession,
    specialty: row.specialty ?? undefined,
    competenceCode: row.competenceCode ?? undefined,
    firstInamiNumberOn: row.firstInamiNumberOn,
    practiceStartedOn: row.practiceStartedOn ?? undefined,
    recognised: ofKind("recognised"),
    conventions: [
      ...ofKind("fullConvention").map((period) => ({ ...period, kind: "full" as const })),
      ...ofKind("partialConvention").map((period) => ({ ...period, kind: "partial" as const })),
    ],
    trainee: ofKind("trainee"),
    formallyInactive: ofKind("formallyInactive"),
    years: years.map(({ year, measures, inactiveDays, attributes }) => ({ year, measures, inactiveDays, attributes })),
  };
}

function toPeriod({ from, to }: PeriodRow): Period {
  return { from, to: to ?? undefined };
}

function toChoice(row: ChoiceRow | undefined): ContractChoice | undefined {
  if (!row) return undefined;
  const { insurerId, contractId, chosenOn } = row;
  const chosen = insurerId === null || contractId === null ? "reservedRight" : { insurerId, contractId };
  return { chosen, chosenOn };
}
