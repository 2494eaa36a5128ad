import postgres from "postgres";
import t from "tap";
import { evaluatePersons } from "../../src/advantage/evaluate-dossiers.ts";
import { evaluateWhatIsDue } from "../../src/advantage/keep-evaluated.ts";
import { projectWhatIsDue } from "../../src/advantage/keep-projected.ts";
import { createFixedBusinessClock } from "../../src/clock.ts";
import type { Sql } from "../../src/database/sql.ts";
import { createTestDatabase } from "../database.ts";
import { rulesOf } from "./dossiers.ts";

const PERSONS = 1_000;
const OTHERS = 5_500;
const rules = rulesOf(2024);
/** What hangs on a person or a contract in a year. */
const OF_YEARS = ["dossier", "social_advantage", "contract_payment"];

/** Persons with a contract each, and all of them in five years past, which is what the statistics know of. */
async function fillStore(owner: Sql): Promise<void> {
  await owner.begin(async (tx) => {
    // History, as it were: no moves, no checks.
    await tx`set local session_replication_role = replica`;
    await tx`insert into insurer (insurer_id, enterprise_number, name, phase) overriding system value values (1, '0403019261', 'Alpha', 'live')`;
    await tx`create temporary table holder on commit drop as
      select uuidv7() as person_id, (10000000 + n)::text as root, gen_random_uuid() as contract_id from generate_series(1, ${PERSONS}::int) n`;
    await tx`insert into person (person_id) select person_id from holder`;
    await tx`insert into person_number select root, person_id, 'dentist' from holder`;
    await tx`insert into person_profession (person_id, profession, first_inami_number_on) select person_id, 'dentist', '2009-09-01' from holder`;
    await tx`insert into profession_period select person_id, 'dentist', kind, '2009-09-01', null from holder, unnest('{recognised,fullConvention}'::text[]) kind`;
    await tx`insert into profession_year (person_id, profession, year, measures) select person_id, 'dentist', 2024, '{"provisions": 300}' from holder`;
    await tx`insert into contract select 1, contract_id, replace(contract_id::text, '-', ''), root, '2018-01-01', null from holder`;
    await tx`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind, solidarity, action, submission_id, record_number)
      select 1, contract_id, 1, '2018-01-01', '2019-06-01', root || '001', 'socialPlci', true, 'new', uuidv7(), 1 from holder`;
    await tx`insert into dossier (person_id, premium_year, state, moved_at, moved_by, cause)
      select person_id, year, 'open', now(), 'system', 'test' from holder, generate_series(2019, 2023) year`;
    await tx`insert into contract_payment (insurer_id, contract_id, premium_year, amount_cents, paid_on)
      select 1, contract_id, year, 1000, '2024-01-01' from holder, generate_series(2019, 2023) year`;
    await tx`insert into social_advantage (insurer_id, social_advantage_id, version, contract_id, premium_year, state, outcome, reasons, recorded_at)
      select 1, uuidv7(), 1, contract_id, year, 'open', 'pending', '{}', '2024-01-01' from holder, generate_series(2019, 2023) year`;
    // Others' too: the index that begins with the contract grows as it comes, by one level more than the one of the year.
    await tx`insert into social_advantage (insurer_id, social_advantage_id, version, contract_id, premium_year, state, outcome, reasons, recorded_at)
      select 1, uuidv7(), 1, gen_random_uuid(), year, 'open', 'pending', '{}', '2024-01-01' from generate_series(1, ${OTHERS}::int), generate_series(2019, 2023) year`;
  });
  for (const table of OF_YEARS) await owner.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
  await owner`analyze`;
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly types: readonly number[];
}

/** A client of the institute, and every statement that it sent. */
function connectListening(url: string) {
  const statements: Statement[] = [];
  const institute: Sql = postgres(url, {
    connection: { role: "infoss_institute", TimeZone: "UTC" },
    debug: (_connection, text, values, types) => {
      statements.push({ text, values, types: types as number[] });
    },
    types: {
      int8: { to: 20, from: [20], parse: Number, serialize: String },
      date: { to: 1082, from: [1082], parse: (text: string) => text, serialize: (text: string) => text },
    },
  });
  return { institute, statements };
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Cond"?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/** The scans that find all of a year, or search it for one person or contract without its key. */
function listScansOfYear(node: PlanNode): string[] {
  const { "Node Type": type, "Relation Name": table = "", Plans = [] } = node;
  const keys = [node, ...Plans].map((plan) => plan["Index Cond"] ?? "").join(" ");
  const isOfYear = OF_YEARS.includes(table) && `${keys} ${node.Filter}`.includes("premium_year");
  const isWide = isOfYear && !/\b(person_id|contract_id)\b/.test(keys);
  return [...(isWide ? [`${type} on ${table} ${keys}`] : []), ...Plans.flatMap(listScansOfYear)];
}

t.test(
  "in a year of which the statistics have not heard, what hangs on a contract is looked up by its key",
  async (t) => {
    const { url, owner } = await createTestDatabase(t);
    await fillStore(owner);
    const { institute, statements } = connectListening(url);
    t.teardown(() => institute.end());
    const personIds = (await owner<{ id: string }[]>`select person_id as id from person`).map(({ id }) => id);
    const loadRules = async () => new Map([[2024, rules]]);
    const on = (businessDate: string) => ({ institute, loadRules, clock: createFixedBusinessClock(businessDate) });

    const run = {
      rules,
      businessDate: "2025-07-01",
      movedAt: "2025-07-01T02:00:00Z",
      movedBy: "system",
      cause: "test",
    };
    t.match(await evaluatePersons(institute, run, personIds), { moved: PERSONS }, "the year is opened and evaluated");
    t.equal(await projectWhatIsDue(on("2025-07-01")), PERSONS, "insurers see it");
    await owner`insert into contract_payment select 1, contract_id, 2024, 1000, '2025-07-01' from contract`;
    await owner`insert into person_change select person_id, now() from person`;
    await owner`update profession_year set measures = '{"provisions": 299}'`;
    statements.length = 0;
    t.match(await evaluateWhatIsDue(on("2025-07-02")), { moved: PERSONS }, "all is evaluated anew");
    t.equal(await projectWhatIsDue(on("2025-09-15")), PERSONS);

    const known = await owner<{ table: string; years: number[] }[]>`
    select tablename as table, most_common_vals::text::int[] as years from pg_stats
    where attname = 'premium_year' and tablename = any(${OF_YEARS}) order by tablename`;
    const past = [2019, 2020, 2021, 2022, 2023];
    t.strictSame(
      known.map(({ table, years }) => [table, years.toSorted()]),
      OF_YEARS.toSorted().map((table) => [table, past]),
      "the statistics have not heard of the year",
    );
    const ofYears = statements.filter(({ text }) => OF_YEARS.some((table) => new RegExp(`\\b${table}\\b`).test(text)));
    let explained = 0;
    for (const { text, values, types } of ofYears) {
      if (!/\$\d/.test(text)) continue;
      const parameters = values.map((value, index) =>
        types[index] ? institute.typed(value as never, types[index]!) : value,
      );
      const [row] = await institute.unsafe(`explain (format json) ${text}`, parameters as never[], { prepare: true });
      explained += 1;
      const plan = (row as unknown as { "QUERY PLAN": { Plan: PlanNode }[] })["QUERY PLAN"][0]!.Plan;
      t.strictSame(listScansOfYear(plan), [], text.trim().replaceAll(/\s+/g, " ").slice(0, 200));
    }
    t.ok(explained >= 5, "views, dossiers and those concerned were read");
  },
);
