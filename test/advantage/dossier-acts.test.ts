import { randomUUID } from "node:crypto";
import t from "tap";
import {
  contestDossier,
  type DossierError,
  decideEverybody,
  reviseDossier,
  withdrawDossier,
} from "../../src/advantage/dossier-acts.ts";
import { evaluateAllDossiers } from "../../src/advantage/evaluate-dossiers.ts";
import { moveDossiers } from "../../src/advantage/move-dossiers.ts";
import type { MoveRun } from "../../src/advantage/move-run.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import type { TransactionSql } from "../../src/database/sql.ts";
import { createTestDatabase } from "../database.ts";
import { rulesOf } from "./dossiers.ts";

const RUN = { rules: rulesOf(2024), movedAt: "2025-09-01T08:00:00Z", cause: "test" };
const on = (businessDate: string, movedBy = "desk-1"): MoveRun => ({ ...RUN, businessDate, movedBy });

t.test("a dossier is decided, contested in its term and revised by somebody else", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const [person] = await owner<{ id: string }[]>`insert into person default values returning person_id as id`;
  const personId = person!.id;
  const contractId = randomUUID();
  await owner`insert into person_number values ('30000318', ${personId}, 'dentist')`;
  await owner`insert into person_profession (person_id, profession, first_inami_number_on) values (${personId}, 'dentist', '2009-09-01')`;
  await owner`insert into profession_period values (${personId}, 'dentist', 'recognised', '2009-09-01', null),
    (${personId}, 'dentist', 'fullConvention', '2009-09-01', null)`;
  await owner`insert into profession_year (person_id, profession, year, measures) values (${personId}, 'dentist', 2024, '{"provisions": 299}')`;
  await owner`insert into insurer (insurer_id, enterprise_number, name, phase) overriding system value values (7, '0403019261', 'Alpha', 'live')`;
  await owner`insert into contract values (7, ${contractId}, 'A1', '30000318', '2018-01-01', null)`;
  await owner`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind, solidarity, action, submission_id, record_number)
    values (7, ${contractId}, 1, '2018-01-01', '2019-06-01', '30000318001', 'socialPlci', true, 'new', ${contractId}, 1)`;
  const act = <Result>(work: (tx: TransactionSql) => Promise<Result>) => runTransaction(institute, work);
  const know = (provisions: number) => owner`update profession_year set measures = ${owner.json({ provisions })}`;
  const read = async () => {
    const [row] = await institute`
      select state, outcome, decided_on, contest_until, (select count(*)::int from dossier_event) as moves from dossier`;
    return row;
  };
  const refused = (code: DossierError["code"]) => ({ name: "DossierError", code });

  await t.rejects(
    act((tx) => withdrawDossier(tx, on("2025-07-01"), { personId })),
    refused("dossierNotFound"),
  );
  await evaluateAllDossiers(institute, on("2025-07-01", "system"));
  t.strictSame(await decideEverybody(institute, on("2025-08-31")), { decided: 0, left: 1 }, "the day has not come");
  t.strictSame(await decideEverybody(institute, on("2025-09-01")), { decided: 1, left: 0 });
  t.match(await read(), { state: "decided", outcome: "none", decided_on: "2025-09-01", contest_until: "2025-10-31" });

  const contest = (day: string) => act((tx) => contestDossier(tx, on("2025-12-01"), { personId, on: day }));
  const revise = (day: string, by: string) => act((tx) => reviseDossier(tx, on(day, by), { personId }));
  await t.rejects(
    act((tx) => withdrawDossier(tx, on("2025-09-02"), { personId })),
    refused("moveNotAllowed"),
  );
  await t.rejects(revise("2025-09-02", "desk-2"), refused("moveNotAllowed"), "nobody has contested");
  await t.rejects(contest("2025-11-01"), refused("contestTooLate"), "the day after the sixtieth");
  await contest("2025-10-31");
  await t.rejects(revise("2025-12-02", "desk-1"), refused("secondPersonNeeded"));
  await owner`update profession_year set measures = '{}'`;
  await t.rejects(revise("2025-12-02", "desk-2"), refused("stillAwaiting"));
  await know(300);
  t.equal(await revise("2025-12-02", "desk-2"), "decided");
  t.match(
    await read(),
    { state: "decided", outcome: "socialAdvantage", decided_on: "2025-12-02", contest_until: "2026-01-31" },
    "a decision of its own, with a term of its own",
  );

  const move = (to: "toPay" | "paid") => act((tx) => moveDossiers(tx, on("2025-12-03"), [{ personId, to }]));
  await move("toPay");
  await move("paid");
  const again = (day: string) => act((tx) => contestDossier(tx, on(day), { personId, on: day }));
  await again("2025-12-10");
  t.equal(await revise("2025-12-11", "desk-2"), "paid", "it was rightly paid");
  t.match(await read(), { decided_on: "2025-12-02" });
  await again("2026-01-31");
  await know(10);
  t.equal(await revise("2026-02-01", "desk-2"), "recovery");
  t.match(await read(), { state: "recovery", outcome: "none", moves: 11 });
  await t.rejects(
    act((tx) => moveDossiers(tx, on("2026-02-02"), [{ personId, to: "paid" }])),
    { code: "23514" },
  );
  await t.rejects(
    act((tx) => moveDossiers(tx, on("2026-02-02"), [{ personId: randomUUID(), to: "settled" }])),
    RangeError,
  );
  t.match(await read(), { moves: 11 }, "what was refused left nothing");
});
