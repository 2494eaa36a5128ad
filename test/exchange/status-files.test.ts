import { buffer } from "node:stream/consumers";
import t, { type Test } from "tap";
import { createFixedBusinessClock } from "../../src/clock.ts";
import { readAnswer } from "../../src/exchange/answers.ts";
import type { Exchange } from "../../src/exchange/exchange.ts";
import { decideDueStatusFiles } from "../../src/exchange/keep-status-files.ts";
import { requestSnapshot } from "../../src/exchange/status-files.ts";
import { setScopes } from "../../src/identity/client-registry.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { insertContract, insertDentist } from "../advantage/kept-persons.ts";
import { createXsdCheck, textsAt } from "../formats/report/xsd.ts";
import { openExchange } from "./open-exchange.ts";

const xsd = createXsdCheck("status/1/status.xsd");
const RECORDED = { recordedAt: "2025-01-20T08:00:00.000Z" };

/** An account of an insurer that holds a dentist's contract, and days that come when they are told to. */
async function open(t: Test) {
  const exchanges = await openExchange(t);
  const { database, owner } = exchanges;
  const account = await exchanges.open();
  const { insurerId } = account.insurer;
  const contractId = await insertContract(owner, insurerId, (await insertDentist(owner)).root, RECORDED);
  await owner`update insurer set contracts_recorded_at = ${RECORDED.recordedAt} where insurer_id = ${insurerId}`;
  const on = (day: string): Exchange => {
    const intake = { ...exchanges.exchange.intake, clock: createFixedBusinessClock(day) };
    return { ...exchanges.exchange, intake };
  };
  const listAnswers = () =>
    database.asInsurer(insurerId).run(
      (tx) => tx<{ answerId: string; fileName: string }[]>`
      select answer_id as "answerId", file_name as "fileName" from exchange_answer where code = 'STAT' order by answer_id`,
    );
  const read = async (answerId: string) => String(await buffer(readAnswer(database.asInsurer(insurerId), answerId)));
  const serve = (day: string) => account.serve({ intake: on(day).intake });
  return { ...exchanges, account, insurerId, contractId, on, listAnswers, read, serve };
}

t.test("changes come once a day, with GO, in the order of what was known", async (t) => {
  const { account, contractId, on, listAnswers, read, serve, owner, insurerId } = await open(t);
  t.equal(await decideDueStatusFiles(on("2025-02-03")), 1);
  const [first] = await listAnswers();
  t.match(first!.fileName, /^FO\.STAT\.\d{10}\.20250203\.\d{5}\.S$/);
  const everything = await read(first!.answerId);
  xsd.validate(everything);
  t.strictSame(textsAt(everything, "//r:knownAfter"), [], "the first one has everything");
  t.strictSame(textsAt(everything, "//r:premiumYear").sort(), ["2024", "2025"]);
  t.strictSame(new Set(textsAt(everything, "//r:contractId")), new Set([contractId]));
  t.strictSame(textsAt(everything, "//r:socialAdvantageCount"), ["2"]);

  t.equal(await decideDueStatusFiles(on("2025-02-03")), 0, "never twice for a day");
  t.equal(await decideDueStatusFiles(on("2025-02-04")), 0, "nothing changed: no file");
  t.equal(await decideDueStatusFiles(on("2025-02-02")), 0, "a clock that was set back");
  const racing = await Promise.all([1, 2, 3].map(() => decideDueStatusFiles(on("2025-07-01"))));
  t.equal(
    racing.reduce((a, b) => a + b),
    1,
    "whoever is first, on the day itself",
  );
  const changed = await read((await listAnswers())[1]!.answerId);
  xsd.validate(changed);
  t.strictSame(textsAt(changed, "//r:premiumYear"), ["2024"]);
  t.strictSame(textsAt(changed, "//r:state"), ["evaluated"]);
  t.strictSame(textsAt(changed, "//r:knownAfter"), textsAt(everything, "//r:knownAt"));

  await serve("2025-07-01");
  t.strictSame(
    [...account.stored.OUT.keys()].sort().map((name) => name.slice(0, 7)),
    ["FO.STAT", "FO.STAT", "GO.STAT", "GO.STAT"],
  );
  const [audited] = await owner`
    select count(*) as count, max(cardinality(persons)) as persons from audit_event where route = 'STAT' and chain_id = ${insurerId}`;
  t.strictSame({ ...audited }, { count: 2, persons: 1 }, "whom it names is on record");
});

t.test("what is no longer shown is told, and a snapshot leaves it out", async (t) => {
  const { account, contractId, on, listAnswers, read, owner, database, insurerId } = await open(t);
  await decideDueStatusFiles(on("2025-02-03"));
  const later = "2025-02-03T09:00:00.000Z";
  await owner`update contract set cancelled_at = ${later} where contract_id = ${contractId}`;
  await owner`update contract_version set superseded_at = ${later} where contract_id = ${contractId}`;
  await owner`insert into contract_version (insurer_id, contract_id, version, valid_from, valid_before, recorded_at, inami_number,
      contract_kind, solidarity, action, submission_id, record_number)
    values (${insurerId}, ${contractId}, 2, '2018-01-01', '2018-01-01', ${later}, '10000001001', 'socialPlci', true, 'cancel', uuidv7(), 1)`;
  await owner`update insurer set contracts_recorded_at = ${later} where insurer_id = ${insurerId}`;
  t.equal(await decideDueStatusFiles(on("2025-02-04")), 1);
  const gone = await read((await listAnswers())[1]!.answerId);
  xsd.validate(gone);
  t.equal(textsAt(gone, "//r:noLongerShown").length, 2);

  const request = { insurerId, accountName: account.accountName, day: "2025-02-04" };
  const ask = () => database.asInsurer(insurerId).run((tx) => requestSnapshot(tx, request));
  await ask();
  t.equal(await decideDueStatusFiles(on("2025-02-04")), 1);
  const snapshot = await read((await listAnswers())[2]!.answerId);
  xsd.validate(snapshot);
  t.strictSame(textsAt(snapshot, "//r:kind | //r:socialAdvantageCount"), ["snapshot", "0"]);
  await account.serve();
  const listed = [...account.stored.OUT.keys()];
  await ask();
  t.equal(await decideDueStatusFiles(on("2025-02-04")), 0, "the same day, the same file");
  t.equal((await listAnswers()).length, 3);
  for (const name of listed) account.stored.OUT.delete(name);
  await account.serve();
  t.equal(account.stored.OUT.size, 2, "written to OUT once more, with its GO");
});

t.test("a client that may not consult the status of clients gets none", async (t) => {
  const { account, on, database } = await open(t);
  const scopes = [SCOPES.submit, SCOPES.consult];
  await database.institute.begin((tx) => setScopes(tx, { account: "test" }, { clientId: account.accountName, scopes }));
  t.equal(await decideDueStatusFiles(on("2025-02-03")), 0);
});

t.test("an insurer whose space is ahead is told what its own day says, marked as simulated", async (t) => {
  const { on, listAnswers, read, owner, insurerId } = await open(t);
  await owner`
    with account as (
      insert into space_account (client_id, name, key_thumbprint, expires_at)
      select client_id, 'Space', ${Buffer.alloc(32, 1)}, now() + interval '1 day' from client limit 1 returning account_id)
    insert into space (insurer_id, account_id, number_group, business_days_ahead, followed_on)
    select ${insurerId}, account_id, 1, 148, '2025-07-01' from account`;
  t.equal(await decideDueStatusFiles(on("2025-02-03")), 1);
  const text = await read((await listAnswers())[0]!.answerId);
  xsd.validate(text);
  t.strictSame(textsAt(text, "//r:simulated"), ["true", "true"]);
  t.ok(textsAt(text, "//r:state").includes("evaluated"), "which for everybody else is months away");
});
