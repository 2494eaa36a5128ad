import t from "tap";
import { evaluateDossiers } from "../../src/advantage/evaluate-dossiers.ts";
import { projectWhatIsDue } from "../../src/advantage/keep-projected.ts";
import { moveDossiers } from "../../src/advantage/move-dossiers.ts";
import type { MoveRun } from "../../src/advantage/move-run.ts";
import { projectAdvantages } from "../../src/advantage/project-advantages.ts";
import { createFixedBusinessClock } from "../../src/clock.ts";
import type { Database } from "../../src/database/connection.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import type { Sql } from "../../src/database/sql.ts";
import { createTestDatabase } from "../database.ts";
import { rulesOf } from "./dossiers.ts";
import { insertContract, insertDentist } from "./kept-persons.ts";

const rules = rulesOf(2024);
const AMOUNT = 373619;

function runOn(businessDate: string): MoveRun {
  return { rules, businessDate, movedAt: `${businessDate}T02:00:00Z`, movedBy: "system", cause: "test" };
}

async function insertInsurers(owner: Sql): Promise<[number, number]> {
  const rows = await owner<{ insurerId: number }[]>`
    insert into insurer (enterprise_number, name, phase) values ('0403019261', 'Alpha', 'live'), ('0428759497', 'Beta', 'live')
    returning insurer_id as "insurerId"`;
  return [rows[0]!.insurerId, rows[1]!.insurerId];
}

function pass({ institute }: Database, businessDate: string, year = rules): Promise<number> {
  const clock = createFixedBusinessClock(businessDate);
  return projectWhatIsDue({ institute, clock, loadRules: async () => new Map([[year.premiumYear, year]]) });
}

/** What an insurer's own role sees of a contract now, and the events that it was told. */
async function see(database: Database, insurerId: number, contractId: string) {
  return await database.asInsurer(insurerId).run(async (tx) => {
    const views = await tx`
      select version, state, outcome, amount_cents as cents, next_step as step, reasons from social_advantage
      where contract_id = ${contractId} and superseded_at is null`;
    const events = await tx`select 1 from event where details->>'contractId' = ${contractId}`;
    return { ...views[0], events: events.length };
  });
}

t.test(
  "the calendar, a decision and a payment reach the insurer of the linked contract, version by version",
  async (t) => {
    const { database, owner } = await createTestDatabase(t);
    const { institute } = database;
    const [alpha, beta] = await insertInsurers(owner);
    const { personId, root } = await insertDentist(owner);
    const a = await insertContract(owner, alpha, root);
    const b = await insertContract(owner, beta, root, { startOn: "2019-01-01" });
    const begins = { state: "open", outcome: "pending", cents: null, reasons: [] };
    t.equal(await pass(database, "2025-02-01"), 2);
    t.strictSame(await see(database, alpha, a), { ...begins, version: 1, step: "linking", events: 1 });
    t.strictSame(await see(database, beta, b), { ...begins, version: 1, step: "linking", events: 1 });
    t.equal(await pass(database, "2025-02-02"), 0, "the next day says nothing else");

    const evaluate = (on: string) => runTransaction(institute, (tx) => evaluateDossiers(tx, runOn(on), [personId]));
    const move = (on: string, to: "decided" | "toPay") =>
      runTransaction(institute, (tx) =>
        moveDossiers(tx, runOn(on), [{ personId, to, ...(to === "decided" && { contestUntil: "2025-10-31" }) }]),
      );
    t.equal(await pass(database, "2025-07-01"), 2);
    await evaluate("2025-07-01");
    await move("2025-08-20", "decided");
    const evaluated = { ...begins, version: 2, state: "evaluated", step: "additions", events: 2 };
    t.strictSame(await see(database, alpha, a), evaluated, "what is decided before its day is not told");
    t.strictSame(await see(database, beta, b), evaluated);

    t.equal(await pass(database, "2025-09-01"), 2, "on the day everybody is told");
    const payable = { version: 3, state: "decided", outcome: "payable", cents: AMOUNT, step: "payment", reasons: [] };
    const hidden = { version: 3, state: "decided", outcome: "notPayable", cents: null, step: null, events: 3 };
    t.strictSame(await see(database, alpha, a), { ...payable, events: 3 });
    t.strictSame(await see(database, beta, b), { ...hidden, reasons: ["notPayableOnThisContract"] });
    await move("2025-09-02", "toPay");
    t.strictSame(await see(database, alpha, a), { ...payable, version: 4, state: "toPay", events: 4 });
    t.strictSame(
      await see(database, beta, b),
      { ...hidden, reasons: ["notPayableOnThisContract"] },
      "no event, no version",
    );

    await t.rejects(
      owner`update social_advantage set outcome = 'payable' where superseded_at is null`,
      { code: "23001" },
      "what was seen is never rewritten",
    );
    await t.rejects(
      database.asInsurer(alpha).run((tx) => tx`update social_advantage set superseded_at = now()`),
      { code: "42501" },
      "nor written by the gateway's role",
    );
    const others = await database.asInsurer(alpha).run((tx) => tx`select distinct insurer_id from social_advantage`);
    t.strictSame([...others], [{ insurer_id: alpha }]);
  },
);

t.test("contracts that change are looked at again, those of whoever changed them alone", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const [alpha, beta] = await insertInsurers(owner);
  const { root } = await insertDentist(owner);
  t.equal(await pass(database, "2025-02-01"), 0);
  const recordedAt = "2025-02-01T09:00:00.000Z";
  const a = await insertContract(owner, alpha, root, { recordedAt });
  const b = await insertContract(owner, beta, "19999999", { recordedAt });
  await owner`update insurer set contracts_recorded_at = ${recordedAt}`;
  t.equal(await pass(database, "2025-02-01"), 2, "a contract of somebody unknown is shown the year too");
  t.equal(await pass(database, "2025-02-01"), 0);
  const [first] = await owner`select social_advantage_id as id from social_advantage where contract_id = ${a}`;

  const next = new Date("2025-02-01T09:00:00.001Z");
  const cancel = async (on: Date | null, version: number, recordedAt: Date) => {
    await owner`update contract set cancelled_at = ${on} where contract_id = ${a}`;
    await owner`update contract_version set superseded_at = ${recordedAt} where contract_id = ${a} and superseded_at is null`;
    await owner`insert into contract_version (insurer_id, contract_id, version, valid_from, valid_before, recorded_at, inami_number,
        contract_kind, solidarity, action, submission_id, record_number)
      values (${alpha}, ${a}, ${version}, '2018-01-01', ${on && "2018-01-01"}, ${recordedAt}, ${`${root}001`}, 'socialPlci', true,
        'cancel', uuidv7(), 1)`;
    await owner`update insurer set contracts_recorded_at = ${recordedAt} where insurer_id = ${alpha}`;
  };
  await cancel(next, 2, next);
  t.equal(await pass(database, "2025-02-01"), 1);
  t.match(await see(database, alpha, a), { version: 2, state: null, outcome: null, events: 2 });
  t.match(await see(database, beta, b), { version: 1, state: "open", events: 1 });
  await cancel(null, 3, new Date("2025-02-01T09:00:00.002Z"));
  t.equal(await pass(database, "2025-02-01"), 1);
  const rows = await owner`select distinct social_advantage_id as id from social_advantage where contract_id = ${a}`;
  t.strictSame([...rows], [first], "shown again, it has the id that it had");
  t.equal(await pass(database, "2025-09-01"), 2);
  t.match(
    await see(database, beta, b),
    { state: "evaluated", outcome: "pending", reasons: ["underReview"] },
    "nobody is refused before the institute has looked",
  );
});

t.test("a process that is behind takes nothing back that was just announced", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const [alpha] = await insertInsurers(owner);
  const { root } = await insertDentist(owner);
  await insertContract(owner, alpha, root);
  t.equal(await pass(database, "2025-09-01"), 1);
  t.equal(await pass(database, "2025-08-31"), 0, "another one whose day is not over");
  const linkingUntil = { ...rules.calendars.get("*")!, linkingUntil: "2025-05-15" };
  const older = {
    ...rules,
    version: rules.version - 1,
    fingerprint: "older",
    calendars: new Map([["*", linkingUntil]]),
  };
  t.equal(await pass(database, "2025-02-01", older), 0, "nor one with older rules");
  await owner`update advantage_projection set projected_at = projected_at - interval '11 minutes'`;
  t.equal(await pass(database, "2025-08-31"), 1, "a clock that was set back on purpose counts after a while");
  t.equal(await pass(database, "2025-02-01", older), 0);
  const newer = { ...older, version: rules.version + 1, fingerprint: "newer" };
  t.equal(await pass(database, "2025-02-01", newer), 1, "newer rules count at once");
});

t.test("projections wait for each other: the one behind sees what the one before left", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const [alpha] = await insertInsurers(owner);
  const { personId, root } = await insertDentist(owner);
  const a = await insertContract(owner, alpha, root);
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const first = runTransaction(institute, async (tx) => {
    const changed = await projectAdvantages(tx, runOn("2025-02-01"), [personId]);
    begun.resolve();
    await goOn.promise;
    return changed;
  });
  await begun.promise;
  const second = runTransaction(institute, (tx) => projectAdvantages(tx, runOn("2025-02-01"), [personId]));
  goOn.resolve();
  t.strictSame(await Promise.all([first, second]), [1, 0]);
  t.match(await see(database, alpha, a), { version: 1, events: 1 });
});
