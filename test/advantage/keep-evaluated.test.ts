import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import t from "tap";
import { loadFacts } from "../../src/advantage/facts/load-facts.ts";
import { evaluateWhatIsDue } from "../../src/advantage/keep-evaluated.ts";
import { createFixedBusinessClock } from "../../src/clock.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { listActiveProviders } from "../../src/synthetic/fact-file.ts";
import { createTestDatabase } from "../database.ts";
import { SHIPPED_YEARS } from "./dossiers.ts";

const [DENTIST, OTHER] = [...listActiveProviders(2)].map(({ inamiNumber, ssin }) => ({ inamiNumber, ssin }));

t.test("dossiers follow the calendar, facts, contracts and rules by themselves", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  let today = "2025-06-30";
  let years = SHIPPED_YEARS;
  const source = { institute, clock: { today: () => today }, loadRules: async () => years };
  const keep = () => evaluateWhatIsDue(source);
  const readDossiers = async () =>
    (
      await institute`select premium_year as year, state, outcome, cause, moved_by as by from dossier order by moved_at, premium_year`
    ).map((row) => `${row.year} ${row.state} ${row.outcome} ${row.cause} ${row.by}`);
  let files = 0;
  const load = (...facts: object[]) =>
    runTransaction(institute, (tx) => {
      files += 1;
      const body = Readable.from([
        Buffer.from(`${facts.map((fact) => JSON.stringify(fact)).join("\n")}\n${" ".repeat(files)}`),
      ]);
      const by = { loadedBy: "account:test", loadedAt: new Date(), amountsAreCents: false };
      return loadFacts(tx, { body, name: "facts", years, businessDate: today, ...by });
    });
  for (const { inamiNumber, ssin } of [DENTIST!, OTHER!])
    await owner`insert into provider (inami_root, inami_number, ssin, valid_from) values (${inamiNumber.slice(0, 8)}, ${inamiNumber}, ${ssin}, '2000-01-01')`;
  const [insurer] = await owner<{ id: number }[]>`
    insert into insurer (enterprise_number, name, phase) values ('0403019261', 'Alpha', 'live') returning insurer_id as id`;
  const of = { inamiNumber: DENTIST!.inamiNumber };
  const from = "2009-09-01";
  await load(
    { kind: "profession", ...of, profession: "dentist", firstInamiNumberOn: from },
    { kind: "recognition", ...of, from },
    { kind: "convention", ...of, convention: "full", from },
    { kind: "activity", ...of, year: 2024, measures: { provisions: 300 } },
  );

  t.match(await keep(), { moved: 0 }, "the day of the evaluation has not come");
  today = "2025-07-01";
  t.match(await keep(), { evaluated: 1, moved: 1 }, "of whom nothing is known nothing is decided");
  t.strictSame(await readDossiers(), ["2024 evaluated none julyEvaluation system"]);
  t.match(await keep(), { evaluated: 0 }, "once");

  const contractId = randomUUID();
  await owner`insert into contract values (${insurer!.id}, ${contractId}, 'A1', ${of.inamiNumber.slice(0, 8)}, '2018-01-01', null)`;
  await owner`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind, solidarity, action, submission_id, record_number)
    values (${insurer!.id}, ${contractId}, 1, '2018-01-01', '2025-04-30', ${of.inamiNumber}, 'socialPlci', true, 'new', ${randomUUID()}, 1)`;
  await owner`update insurer set contracts_recorded_at = '2025-04-30'`;
  t.match(await keep(), { evaluated: 1, moved: 1 });
  t.strictSame(await readDossiers(), ["2024 evaluated socialAdvantage factsOrContractsChanged system"]);

  await load({ kind: "activity", ...of, year: 2024, measures: { provisions: 299 } });
  t.match(await keep(), { evaluated: 1, moved: 1 });
  t.strictSame(await readDossiers(), ["2024 evaluated none factsOrContractsChanged system"]);
  await load({ kind: "activity", ...of, year: 2024, measures: { provisions: 299 } });
  t.match(await keep(), { evaluated: 0 }, "what says the same changes nobody");

  const rules = SHIPPED_YEARS.get(2024)!;
  const dentist = rules.professions.get("dentist")!;
  const lowered = {
    ...dentist,
    conditions: dentist.conditions.map((row) => ({ ...row, bounds: [{ measure: "provisions", atLeast: 299 }] })),
  };
  const professions = new Map([...rules.professions, ["dentist", lowered]]);
  years = new Map([...SHIPPED_YEARS, [2024, { ...rules, version: 2, fingerprint: "lowered", professions }]]);
  t.match(await keep(), { evaluated: 1, moved: 1 });
  t.strictSame(await readDossiers(), ["2024 evaluated socialAdvantage rulesChanged system"]);
  years = SHIPPED_YEARS;
  t.match(await keep(), { evaluated: 0 }, "a process with older rules takes nothing back");

  await load({ kind: "profession", inamiNumber: OTHER!.inamiNumber, profession: "dentist", firstInamiNumberOn: from });
  t.match(await keep(), { evaluated: 1, moved: 1 }, "who becomes known later is evaluated too");
  today = "2026-01-16";
  await owner`delete from evaluation_run`;
  t.match(await keep(), { evaluated: 0 }, "a year that was never evaluated, and is over, is left alone");
});

t.test("one process at a time evaluates", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const clock = createFixedBusinessClock("2025-07-01");
  const source = { institute: database.institute, clock, loadRules: async () => SHIPPED_YEARS };
  await owner.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('dossier evaluation', 0))`;
    await evaluateWhatIsDue(source);
    t.equal((await tx`select 1 from evaluation_run`).length, 0);
  });
  await evaluateWhatIsDue(source);
  t.match(await owner`select premium_year, cause, evaluated from evaluation_run`, [
    { premium_year: 2024, cause: "julyEvaluation", evaluated: 0 },
  ]);
});

t.test("the dossier of somebody who turned out to be another person is withdrawn", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const [row] = await owner<{ id: string }[]>`insert into person default values returning person_id as id`;
  const { id } = row!;
  await owner`insert into dossier (person_id, premium_year, state, moved_at, moved_by, cause) values (${id}, 2024, 'open', now(), 'system', 'test')`;
  await owner`update person set replaced_by = ${id}`;
  const clock = createFixedBusinessClock("2025-07-01");
  await evaluateWhatIsDue({ institute, clock, loadRules: async () => SHIPPED_YEARS });
  t.match(await institute`select state, cause from dossier`, [{ state: "withdrawn", cause: "personReplaced" }]);
});
