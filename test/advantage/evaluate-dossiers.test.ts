import t from "tap";
import { evaluateAllDossiers, evaluateDossiers } from "../../src/advantage/evaluate-dossiers.ts";
import { reproduceEvaluation } from "../../src/advantage/evaluation-blocks.ts";
import { loadDossierInputs } from "../../src/advantage/load-dossier-inputs.ts";
import type { MoveRun } from "../../src/advantage/move-run.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import type { Sql } from "../../src/database/sql.ts";
import { transferPortfolio } from "../../src/operator/transfer-portfolio.ts";
import { createTestDatabase } from "../database.ts";
import { rulesOf } from "./dossiers.ts";
import { insertContract, insertDentist } from "./kept-persons.ts";

const RUN: MoveRun = {
  ...{ rules: rulesOf(2024), businessDate: "2025-07-01", movedAt: "2025-07-01T02:00:00Z" },
  ...{ movedBy: "system", cause: "julyEvaluation" },
};

async function readDossier(sql: Sql, personId: string) {
  const [row] = await sql`select state, outcome, amount_cents, linked_insurer_id, linked_contract_id, reasons, cause
    from dossier where person_id = ${personId} and premium_year = 2024`;
  return row;
}

t.test("a contract that was handed over is with whoever had it last in the year, and as old as it was", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { personId, root } = await insertDentist(owner);
  const [one = 0, two = 0] = (
    await owner<{ id: number }[]>`
      insert into insurer (enterprise_number, name, phase, initial_load_completed_at)
      values ('0403019261', 'Alpha', 'live', now()), ('0428759497', 'Beta', 'live', now()) returning insurer_id as id`
  ).map(({ id }) => id);
  const first = await insertContract(owner, one, root);
  await owner`insert into contract_choice values (${personId}, 2024, ${one}, ${first}, '2025-03-03'),
    (${personId}, 2023, ${one}, ${first}, '2024-03-03')`;
  const handOver = (from: string, to: string, on: string) =>
    database.institute.begin((tx) => transferPortfolio(tx, { account: "test" }, { from, to, on }, "2026-01-01"));
  const held = async (year: number) => {
    const [input] = await loadDossierInputs(database.institute, year, [personId]);
    const { startOn, recordedOn } = input!.contracts[0]!;
    t.equal(input!.contracts.length, 1, String(year));
    t.same([startOn, recordedOn], ["2018-01-01", "2019-06-01"], "as it was at first");
    const { choice } = input!.person;
    if (choice) t.match(choice.chosen, { contractId: input!.contracts[0]!.contractId }, "the choice goes with it");
    return input!.contracts[0]!.insurerId;
  };
  await handOver("0403019261", "0428759497", "2024-07-01");
  t.same([await held(2023), await held(2024), await held(2025)], [one, two, two]);
  await handOver("0428759497", "0403019261", "2025-12-31");
  t.same([await held(2023), await held(2024), await held(2025)], [one, two, one], "and back again");
  await evaluateAllDossiers(database.institute, RUN);
  const dossier = await readDossier(owner, personId);
  t.match(dossier, { outcome: "socialAdvantage", linked_insurer_id: two });
});

t.test("what is kept is loaded as the evaluation takes it", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { personId, root } = await insertDentist(owner);
  const contractId = await insertContract(owner, 1, root, { recordedAt: "2025-04-30T21:59:59Z" });
  const late = await insertContract(owner, 2, root, { startOn: "2019-01-01", recordedAt: "2025-04-30T22:00:00Z" });
  await insertContract(owner, 3, root, { cancelledAt: "2025-05-01T00:00:00Z" });
  await owner`update person set legal_pension_on = '2030-01-01', reserved_right_first_year = 2010`;
  await owner`insert into person_sanction values (${personId}, 'administrativeFine', '2024-02-01', '2024-03-01')`;
  await owner`insert into contract_choice values (${personId}, 2024, 1, ${contractId}, '2025-03-03'), (${personId}, 2023, null, null, '2024-03-03')`;
  const other = await insertDentist(owner);
  const [first, second] = await loadDossierInputs(database.institute, 2024, [personId, other.personId]);
  t.strictSame(first, {
    person: {
      personId,
      professions: [
        {
          profession: "dentist",
          specialty: undefined,
          competenceCode: undefined,
          firstInamiNumberOn: "2009-09-01",
          practiceStartedOn: undefined,
          recognised: [{ from: "2009-09-01", to: undefined }],
          conventions: [
            { from: "2009-09-01", to: "2024-06-30", kind: "full" },
            { from: "2024-07-01", to: undefined, kind: "partial" },
          ],
          trainee: [],
          formallyInactive: [],
          years: [{ year: 2024, measures: { provisions: 300 }, inactiveDays: 0, attributes: [] }],
        },
      ],
      sanctions: [{ sanction: "administrativeFine", from: "2024-02-01", to: "2024-03-01" }],
      deceasedOn: undefined,
      legalPensionOn: "2030-01-01",
      reservedRightFirstYear: 2010,
      choice: { chosen: { insurerId: 1, contractId }, chosenOn: "2025-03-03" },
    },
    contracts: [
      {
        insurerId: 1,
        contractId,
        profession: "dentist",
        startOn: "2018-01-01",
        endOn: undefined,
        recordedOn: "2025-04-30",
      },
      {
        insurerId: 2,
        contractId: late,
        profession: "dentist",
        startOn: "2019-01-01",
        endOn: undefined,
        recordedOn: "2025-05-01",
      },
    ],
  });
  t.strictSame(
    [second?.person.personId, second?.contracts],
    [other.personId, []],
    "the day is that of Brussels, a cancelled contract is none",
  );
  const [reserved] = await loadDossierInputs(database.institute, 2023, [personId]);
  t.equal(reserved?.person.choice?.chosen, "reservedRight");
});

t.test("everybody is evaluated; who comes out as before does not move", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const paid = await insertDentist(owner);
  const contractId = await insertContract(owner, 7, paid.root);
  const refused = await insertDentist(owner, 299);
  t.strictSame(await evaluateAllDossiers(institute, RUN), { evaluated: 2, moved: 2 });
  t.strictSame(
    { ...(await readDossier(institute, paid.personId)) },
    {
      state: "evaluated",
      outcome: "socialAdvantage",
      amount_cents: 373619,
      linked_insurer_id: 7,
      linked_contract_id: contractId,
      reasons: [],
      cause: "julyEvaluation",
    },
  );
  t.match(await readDossier(institute, refused.personId), {
    state: "evaluated",
    outcome: "none",
    amount_cents: null,
    reasons: ["activityTooLow", "noContract"],
  });
  t.strictSame(await evaluateAllDossiers(institute, { ...RUN, businessDate: "2025-07-02" }), {
    evaluated: 2,
    moved: 0,
  });
  const [{ count } = {}] = await institute`select count(*) as count from dossier_event`;
  t.equal(count, 4, "opened and evaluated, each once");

  await owner`update profession_year set measures = '{"provisions": 300}' where person_id = ${refused.personId}`;
  await insertContract(owner, 8, refused.root);
  const changed = { ...RUN, cause: "factsChanged" };
  t.strictSame(await runTransaction(institute, (tx) => evaluateDossiers(tx, changed, [refused.personId])), {
    evaluated: 1,
    moved: 1,
  });
  t.match(await readDossier(institute, refused.personId), {
    outcome: "socialAdvantage",
    linked_insurer_id: 8,
    cause: "factsChanged",
  });
});

t.test("an old outcome is reproduced from what was known then", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { personId, root } = await insertDentist(owner);
  await insertContract(owner, 7, root);
  await evaluateAllDossiers(database.institute, RUN);
  await owner`update profession_year set measures = '{"provisions": 1}' where person_id = ${personId}`;
  await evaluateAllDossiers(database.institute, RUN);
  const events = await database.institute<{ outcome: string; reasons: string[]; block: number; place: number }[]>`
    select outcome, reasons, evaluation_block as block, evaluation_place as place from dossier_event
    where evaluation_block is not null order by move_number`;
  t.strictSame(
    events.map(({ outcome }) => outcome),
    ["socialAdvantage", "none"],
  );
  for (const [index, { outcome, reasons, block, place }] of events.entries()) {
    const then = await reproduceEvaluation(database.institute, block, place);
    t.match(then, { isSame: true, evaluation: { outcome, reasons }, rules: RUN.rules });
    t.equal(then.input.person.professions[0]?.years[0]?.measures.provisions, [300, 1][index]);
  }
  await owner`update evaluation_block set digests = set_byte(digests, 3, get_byte(digests, 3) # 1)`;
  const tampered = await reproduceEvaluation(database.institute, events[0]!.block, events[0]!.place);
  t.equal(tampered.isSame, false, "another outcome than that of then does not pass for it");
});

const STATES = ["decided", "toPay", "paid", "contested", "withdrawn"] as const;

t.test(
  "what was decided is evaluated anew, what was paid becomes recovery or supplement, the rest waits",
  async (t) => {
    const { database, owner } = await createTestDatabase(t);
    const { institute } = database;
    const people: { state: string; personId: string; contractId: string; root: string }[] = [];
    for (const state of STATES) {
      const { personId, root } = await insertDentist(owner);
      people.push({ state, personId, root, contractId: await insertContract(owner, 7, root) });
    }
    await evaluateAllDossiers(institute, RUN);

    /** As if each had come to its state with this amount: only who owns the table can do this. */
    async function bring(amountCents = 373619): Promise<void> {
      for (const { state, personId, contractId } of people)
        await owner.begin(async (tx) => {
          await tx`set local session_replication_role = replica`;
          await tx`update dossier set state = ${state}, contested_from = ${state === "contested" ? "decided" : null},
          contested_on = ${state === "contested" ? "2025-09-05" : null},
          decided_on = ${state === "withdrawn" ? null : "2025-09-01"}, contest_until = ${state === "withdrawn" ? null : "2025-10-31"},
          outcome = 'socialAdvantage', is_awaiting = false, reasons = '{}', amount_cents = ${amountCents}, linked_insurer_id = 7, linked_contract_id = ${contractId}
          where person_id = ${personId}`;
        });
    }
    const readStates = async () => {
      const rows = await institute<{ personId: string; state: string }[]>`
      select person_id as "personId", state from dossier`;
      return people.map(({ personId }) => rows.find((row) => row.personId === personId)?.state);
    };

    await bring();
    t.match(await evaluateAllDossiers(institute, RUN), { moved: 0 }, "nothing changed, nothing moves");

    await owner`update profession_year set measures = '{}'`;
    await evaluateAllDossiers(institute, RUN);
    const waiting = ["evaluated", "evaluated", "paid", "contested", "withdrawn"];
    t.strictSame(await readStates(), waiting, "what is unknown takes no money back");

    await bring();
    await owner`update profession_year set measures = '{"provisions": 299}'`;
    await evaluateAllDossiers(institute, RUN);
    t.strictSame(await readStates(), ["evaluated", "evaluated", "recovery", "contested", "withdrawn"]);

    await owner`update profession_year set measures = '{"provisions": 300}'`;
    await bring(373618);
    await evaluateAllDossiers(institute, RUN);
    t.equal((await readStates())[2], "supplement", "a cent more than was paid");

    await bring(373620);
    await evaluateAllDossiers(institute, RUN);
    t.equal((await readStates())[2], "recovery", "a cent less than was paid");

    await bring();
    await owner`update contract set cancelled_at = '2025-07-01T00:00:00Z'`;
    for (const { root } of people) await insertContract(owner, 9, root);
    await evaluateAllDossiers(institute, RUN);
    t.equal((await readStates())[2], "recovery", "the same amount on another contract");
  },
);
