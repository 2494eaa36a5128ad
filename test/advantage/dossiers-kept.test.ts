import t from "tap";
import { DOSSIER_STATES, type DossierState, mayMove } from "../../src/advantage/dossier-states.ts";
import { createTestDatabase } from "../database.ts";

const DECIDED_ON = "2025-09-01";
const CONTEST_UNTIL = "2025-10-31";
const isDecided = (state: DossierState) => state !== "open" && state !== "evaluated" && state !== "withdrawn";
const STEP = { movedAt: "2025-09-01T10:00:00Z", by: "system", cause: "test" };

t.test("the database lets a dossier move as the table of moves says, and no other way", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const [row] = await owner<
    { personId: string }[]
  >`insert into person default values returning person_id as "personId"`;
  const { personId } = row!;
  let year = 2000;

  /** A dossier in that state, however it came there: only who owns the table can do this. */
  async function place(state: DossierState, contestedFrom: DossierState | null): Promise<number> {
    year += 1;
    await owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      const decidedOn = isDecided(state) ? DECIDED_ON : null;
      await tx`insert into dossier (person_id, premium_year, state, contested_from, contested_on, decided_on, contest_until, outcome,
          is_awaiting, amount_cents, reasons, evaluation_block, evaluation_place, moved_at, moved_by, cause)
        values (${personId}, ${year}, ${state}, ${contestedFrom}, ${contestedFrom && CONTEST_UNTIL}, ${decidedOn}, ${decidedOn && CONTEST_UNTIL},
          'socialAdvantage', false, 100, '{}', 1, 0, ${STEP.movedAt}, ${STEP.by}, ${STEP.cause})`;
    });
    return year;
  }

  async function move(premiumYear: number, from: DossierState, to: DossierState): Promise<boolean> {
    try {
      const decidedOn = isDecided(to) ? DECIDED_ON : null;
      await database.institute`update dossier set state = ${to}, contested_from = ${to === "contested" ? from : null},
        contested_on = ${to === "contested" ? CONTEST_UNTIL : null}, decided_on = ${decidedOn}, contest_until = ${decidedOn && CONTEST_UNTIL}
        where person_id = ${personId} and premium_year = ${premiumYear}`;
      return true;
    } catch (error) {
      if ((error as { code?: string }).code !== "23514") throw error;
      return false;
    }
  }

  for (const from of DOSSIER_STATES)
    for (const contestedFrom of from === "contested" ? (["decided", "toPay", "paid"] as const) : [null])
      for (const to of DOSSIER_STATES) {
        const moved = await move(await place(from, contestedFrom), from, to);
        t.equal(moved, mayMove(from, to, contestedFrom ?? undefined), `${from} ${contestedFrom ?? ""} -> ${to}`);
      }
});

t.test("each move is an event that nobody else can write or change", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const [row] = await institute<
    { personId: string }[]
  >`insert into person default values returning person_id as "personId"`;
  const { personId } = row!;
  await institute`insert into dossier (person_id, premium_year, state, moved_at, moved_by, cause)
    values (${personId}, 2024, 'open', ${STEP.movedAt}, 'system', 'facts')`;
  await institute`update dossier set state = 'evaluated', outcome = 'none', is_awaiting = false, reasons = '{noContract}',
    evaluation_block = 1, evaluation_place = 0, moved_by = 'operator', cause = 'evaluation'`;
  const events =
    await institute`select move_number, from_state, to_state, moved_by, cause, outcome, reasons from dossier_event order by move_number`;
  t.strictSame(
    [...events].map((event) => ({ ...event })),
    [
      {
        ...{ move_number: 1, from_state: null, to_state: "open", moved_by: "system", cause: "facts" },
        ...{ outcome: null, reasons: null },
      },
      {
        move_number: 2,
        from_state: "open",
        to_state: "evaluated",
        moved_by: "operator",
        cause: "evaluation",
        outcome: "none",
        reasons: ["noContract"],
      },
    ],
  );
  const denied = { code: "42501" };
  await t.rejects(institute`delete from dossier`, denied, "a dossier cannot be removed");
  await t.rejects(institute`update dossier_event set cause = 'x'`, denied, "nor an event changed");
  await t.rejects(institute`insert into dossier_event select * from dossier_event`, denied, "nor written by hand");
  for (const table of [
    "person",
    "person_ssin",
    "person_number",
    "person_profession",
    "profession_period",
    "profession_year",
    "person_sanction",
    "contract_choice",
    "dossier",
    "dossier_event",
    "evaluation_rules",
    "evaluation_block",
  ])
    await t.rejects(
      database.plain`select 1 from ${database.plain(table)}`,
      denied,
      `the gateway's role sees nothing of ${table}`,
    );

  const invalid = { code: "23514" };
  await t.rejects(
    institute`insert into dossier (person_id, premium_year, state, moved_at, moved_by, cause)
    values (${personId}, 2023, 'withdrawn', ${STEP.movedAt}, 'system', 'x')`,
    invalid,
    "a dossier begins as open",
  );
  await t.rejects(
    institute`update dossier set state = 'decided', premium_year = 2023`,
    invalid,
    "it stays that of its year",
  );
  const decide = (until: string) =>
    institute`update dossier set state = 'decided', decided_on = ${DECIDED_ON}, contest_until = ${until}`;
  await t.rejects(institute`update dossier set state = 'decided'`, invalid, "a decision has its day");
  await decide(CONTEST_UNTIL);
  await t.rejects(
    institute`update dossier set state = 'toPay'`,
    { ...invalid, constraint_name: "dossier_to_pay" },
    "nothing is paid without an amount",
  );
  await t.rejects(
    institute`update dossier set state = 'contested', contested_from = 'decided', contested_on = '2025-11-01'`,
    { ...invalid, message: "the decision could be contested until 2025-10-31" },
  );
  await t.rejects(
    institute`update dossier set state = 'contested', contested_from = 'decided', contested_on = '2025-11-01', contest_until = '2025-11-01'`,
    invalid,
    "the term does not move along",
  );
  await t.rejects(
    institute`update dossier set state = 'contested', contested_from = 'decided', contested_on = ${CONTEST_UNTIL}, outcome = 'socialAdvantage', amount_cents = 1`,
    invalid,
    "a contest changes nothing by itself",
  );
  t.equal((await owner`select 1 from dossier_event`).length, 3, "what was refused left no event");
  await institute`update dossier set state = 'contested', contested_from = 'decided', contested_on = ${CONTEST_UNTIL}`;
});
