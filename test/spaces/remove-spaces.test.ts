import t, { type Test } from "tap";
import { removeSpaces, startRemovingSpaces } from "../../src/spaces/remove-spaces.ts";
import { until } from "../flows/open-intake.ts";
import {
  contractFile,
  type Door,
  isProblem,
  OWN,
  openDoor,
  processSubmissions,
  ROOT,
  send,
} from "../http/open-door.ts";
import { admitIntegrator, postJson, spaceOf } from "./admitted.ts";

const RESET = { method: "POST" };
const TABLES = [
  "contract_version",
  "contract",
  "social_advantage",
  "simulation_order",
  "record_result",
  "quiet_result_block",
  "submission_payload",
];
type Integrator = Awaited<ReturnType<typeof admitIntegrator>>;

t.test("what spaces held that are over is removed, and their numbers are free again", async (t) => {
  const door = await openDoor(t);
  const one = await admitIntegrator(door, "One");
  const old = await getInsurer(door, one);
  const load = contractFile({ sender: one.admission.space.enterpriseNumber, reference: "LATE" });
  const late = await send(one.call, load.replace('kind="initialLoad"', 'kind="delta" sequence="1"'));
  t.match(late.json, { state: "received" });
  t.equal((await one.call(`${ROOT}/space/reset`, RESET)).status, 200);
  const living = await getInsurer(door, one);
  for (const insurerId of [old, living]) await addRows(door, insurerId);
  await t.test("the institute may delete of spaces that have ended, and of nobody else", (t) =>
    testRights(t, door, { old, living }),
  );
  await t.test("nothing goes while something may still run there", (t) => testRest(t, door, old));
  await t.test("after all groups were given out a reset is put off", (t) => testNoGroupFree(t, door, one));
  await t.test("what breaks off half-way keeps the numbers, and is completed later by any of several", (t) =>
    testRemoval(t, door, { old, living }),
  );
  await t.test("then a reset gets the numbers that were free first", (t) => testResetAgain(t, door, one));
  await t.test("an account that was not renewed ends a week after it expired", (t) => testExpired(t, door));
});

async function getInsurer({ owner }: Door, { admission }: Integrator): Promise<number> {
  const [row] = await owner<{ insurerId: number }[]>`
    select s.insurer_id as "insurerId" from space s join space_account a using (account_id)
    where a.client_id = ${admission.clientId} and s.ended_at is null`;
  return row!.insurerId;
}

/** What simulations, the evaluation and records with findings would write. */
async function addRows({ owner }: Door, insurerId: number): Promise<void> {
  await owner`
    insert into record_result (insurer_id, submission_id, record_number, outcome, findings, byte_offset, byte_length)
    select insurer_id, submission_id, 1000, 'rejected', '[]', 0, 0 from submission
    where insurer_id = ${insurerId} and reference = 'PORTFOLIO'`;
  await owner`insert into simulation_order (insurer_id, kind) values (${insurerId}, 'holdSubmission')`;
  await owner`
    insert into social_advantage (insurer_id, social_advantage_id, version, contract_id, premium_year, reasons, recorded_at)
    select insurer_id, uuidv7(), 1, contract_id, 2026, '{}', now() from contract where insurer_id = ${insurerId}`;
}

async function countRows({ owner }: Door, insurerId: number): Promise<Record<string, number>> {
  const counts = await Promise.all(
    TABLES.map(async (table) => {
      const [row] = await owner<{ count: number }[]>`
        select count(*) as count from ${owner(table)} where insurer_id = ${insurerId}`;
      return [table, row!.count] as const;
    }),
  );
  return Object.fromEntries(counts);
}

const NOTHING = Object.fromEntries(TABLES.map((table) => [table, 0]));

async function testRights(t: Test, door: Door, { old, living }: { old: number; living: number }) {
  const before = await countRows(door, living);
  for (const table of TABLES) {
    t.ok(before[table]! > 0, `there is something in ${table}`);
    await door.database.institute
      .begin(async (tx) => {
        const { count } = await tx`delete from ${tx(table)} where insurer_id is not null`;
        const [left] = await tx`select from ${tx(table)} where insurer_id = ${old} limit 1`;
        t.ok(count > 0 && left === undefined, `${table}: those of the ended space go`);
        throw new Error("undone");
      })
      .catch((error: Error) => t.equal(error.message, "undone"));
    await door.database.institute`delete from ${door.database.institute(table)} where insurer_id = ${living}`;
  }
  t.strictSame(await countRows(door, living), before, "those of a living one stay");
}

const rest = ({ owner }: Door) =>
  owner`update space set ended_at = ended_at - interval '2 hours' where ended_at is not null and removed_at is null`;

async function testRest(t: Test, door: Door, old: number) {
  const { institute } = door.database;
  t.strictSame(await removeSpaces(institute), { ended: 0, removed: 0 }, "it ended a moment ago");
  await rest(door);
  t.strictSame(await removeSpaces(institute), { ended: 0, removed: 0 }, "a file of it still waits");
  t.equal((await countRows(door, old)).contract, 200);
  await processSubmissions(t, door);
  await until(async () => {
    const [waiting] = await door.owner`
      select from submission where insurer_id = ${old} and state in ('received', 'processing')`;
    return waiting === undefined;
  });
}

async function testNoGroupFree(t: Test, door: Door, one: Integrator) {
  await door.owner`
    with made as (
      insert into insurer (enterprise_number, name, phase)
      select '8' || lpad(free::text, 9, '0'), 'Gone', 'loading' from generate_series(1, 999) free
      where free not in (select number_group from space where removed_at is null)
      returning insurer_id, substr(enterprise_number, 2)::int as free)
    insert into space (insurer_id, account_id, number_group, made_at, ended_at)
    select insurer_id, (select account_id from space_account), free, now() - interval '2 days',
      now() - case when free < 10 then interval '90 minutes' else interval '0' end
    from made`;
  const answer = await one.call(`${ROOT}/space/reset`, RESET);
  t.match(answer.json, { status: 503, detail: /No group of numbers is free/ });
  t.equal((await one.call(`${ROOT}/space`)).status, 200, "the space that it has stays");
}

async function testRemoval(t: Test, door: Door, { old, living }: { old: number; living: number }) {
  const { institute } = door.database;
  const kept = await countRows(door, living);
  const countKept = async () =>
    await door.owner`
      select (select count(*) from audit_event where chain_id = ${old}) as audited,
        (select count(*) from submission where insurer_id = ${old}) as submissions,
        (select count(*) from event where insurer_id = ${old}) as events`;
  const trail = await countKept();
  await door.owner`
    create function break_off() returns trigger language plpgsql as $$ begin raise exception 'broken off'; end $$`;
  await door.owner`
    create trigger break_off before delete on record_result for each statement execute function break_off()`;
  await t.rejects(removeSpaces(institute, { batchRows: 50 }), /broken off/);
  t.match(await countRows(door, old), { contract_version: 0, contract: 0, record_result: 1 }, "what went stays gone");
  const [space] = await door.owner`select removed_at from space where insurer_id = ${old}`;
  t.equal(space!.removed_at, null, "its numbers are not free");
  await door.owner`drop trigger break_off on record_result`;
  const rounds = await Promise.all([1, 2, 3].map(() => removeSpaces(institute, { batchRows: 50 })));
  t.equal(
    rounds.reduce((sum, round) => sum + round.removed, 0),
    8,
    "each once",
  );
  t.strictSame(await countRows(door, old), NOTHING);
  t.strictSame(await countRows(door, living), kept, "nothing of the living one is touched");
  t.strictSame(await countKept(), trail, "submissions, events and the audit trail stay");
}

async function testResetAgain(t: Test, door: Door, one: Integrator) {
  // Which of several is free first is up to the rounds that removed them side by side.
  const [freed] = await door.owner<{ group: number }[]>`
    select number_group as group from space where removed_at is not null order by removed_at, number_group limit 1`;
  const answer = await one.call(`${ROOT}/space/reset`, RESET);
  t.equal(answer.status, 200);
  t.match(spaceOf(answer.json), { contractCount: 200, numberGroup: String(freed!.group).padStart(3, "0") });
  t.equal((await countRows(door, await getInsurer(door, one))).contract, 200);
}

async function testExpired(t: Test, door: Door) {
  const { institute } = door.database;
  const two = await admitIntegrator(door, "Two");
  const expire = (days: number) => door.owner`
    update space_account set expires_at = now() - make_interval(days => ${days})
    where client_id = ${two.admission.clientId}`;
  await expire(6);
  t.match(await removeSpaces(institute), { ended: 0 }, "it can be renewed still");
  await expire(8);
  const removal = startRemovingSpaces({ institute, log: door.intake.log, intervalMs: 10 });
  const hasEnded = async () => {
    const [row] = await door.owner`
      select from space_account where client_id = ${two.admission.clientId} and ended_at is not null`;
    return row !== undefined;
  };
  await until(hasEnded).finally(() => removal.stop());
  isProblem(t, await two.call(`${ROOT}/space`), 403, `${OWN}spaceExpired`);
  const body = { name: "Two", certificateRequest: two.requestPem };
  t.equal((await postJson(door.nobody, "/admissions", body)).status, 201, "its key is admitted anew");
}
