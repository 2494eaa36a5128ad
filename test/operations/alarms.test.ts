import { Counter, Registry } from "prom-client";
import t from "tap";
import { createDatabase } from "../../src/database/connection.ts";
import { acknowledgeAlarm, findAlarm, listAlarms, type NewAlarm, raiseAlarm } from "../../src/operations/alarms.ts";
import { createTestDatabase } from "../database.ts";

const { url, database, owner } = await createTestDatabase(t);
const sql = database.institute;

const FAILED: NewAlarm = { code: "auditSealingFailed", insurerId: 7, details: { chain: 7, seal: "last" } };

interface Line {
  readonly code: string;
}

let lines: Line[] = [];
const log = { error: (line: Line) => void lines.push(line) };
const metric = new Counter({
  name: "alarms_total",
  help: "Alarms raised",
  labelNames: ["code"],
  registers: [new Registry()],
});

const raise = (alarm: NewAlarm, from = database) => raiseAlarm(from, log, metric, alarm);
const countOf = async (code: string) =>
  (await metric.get()).values.find(({ labels }) => labels.code === code)?.value ?? 0;
const listOpen = () => listAlarms(sql, { open: true, limit: 100 });

t.beforeEach(async () => {
  await owner`truncate alarm`;
  lines = [];
  metric.reset();
});

t.test("an alarm is a row, an error line and a count", async (t) => {
  await raise(FAILED);
  const [alarm, ...others] = await listOpen();
  t.match(alarm, { ...FAILED, alarmId: /^[0-9a-f-]{36}$/, raisedAt: Date, lastRaisedAt: Date });
  t.equal(alarm!.acknowledgedAt, undefined);
  t.same(await findAlarm(sql, alarm!.alarmId), alarm);
  t.equal(await findAlarm(sql, "00000000-0000-0000-0000-000000000000"), undefined);
  t.same(others, []);
  t.same(lines, [FAILED]);
  t.equal(await countOf(FAILED.code), 1);
});

t.test("the same alarm, open, is not raised twice within an hour, in whatever order its details come", async (t) => {
  await raise(FAILED);
  await raise(FAILED);
  await raise({ ...FAILED, details: { seal: "last", chain: 7 } });
  t.equal((await listOpen()).length, 1);
  t.equal(lines.length, 1);
  t.equal(await countOf(FAILED.code), 1);
});

t.test("another code, insurer or detail is another alarm", async (t) => {
  const { insurerId, ...ofNobody } = FAILED;
  await raise(FAILED);
  await raise({ ...FAILED, code: "certificateExpires" });
  await raise({ ...FAILED, insurerId: 8 });
  await raise({ ...FAILED, details: { chain: 7 } });
  await raise(ofNobody);
  await raise(ofNobody);
  const alarms = await listOpen();
  t.equal(alarms.length, 5);
  t.equal(lines.length, 5);
  t.notOk("insurerId" in alarms[0]!);
});

t.test("an alarm still open after an hour is raised again, on its own row", async (t) => {
  await raise(FAILED);
  await owner`update alarm set raised_at = raised_at - interval '50 minutes', last_raised_at = last_raised_at - interval '50 minutes'`;
  await raise(FAILED);
  t.equal(lines.length, 1);
  await owner`update alarm set raised_at = raised_at - interval '11 minutes', last_raised_at = last_raised_at - interval '11 minutes'`;
  await raise(FAILED);
  await raise(FAILED);
  t.equal(lines.length, 2);
  t.equal(await countOf(FAILED.code), 2);
  const [alarm, ...others] = await listOpen();
  t.same(others, []);
  t.ok(alarm!.lastRaisedAt.getTime() - alarm!.raisedAt.getTime() >= 3_600_000);
});

t.test("what comes back after it was acknowledged is a new alarm", async (t) => {
  await raise(FAILED);
  const [first] = await listOpen();
  await acknowledgeAlarm(sql, first!.alarmId, "operator-an");
  t.same(await listOpen(), []);
  await raise(FAILED);
  t.equal((await listOpen()).length, 1);
  t.equal((await listAlarms(sql, { limit: 10 })).length, 2);
});

t.test("many processes that notice one trouble raise one alarm", async (t) => {
  const other = createDatabase(url);
  t.teardown(() => other.close());
  await Promise.all(Array.from({ length: 40 }, (_, index) => raise(FAILED, index % 2 === 0 ? database : other)));
  t.equal((await listOpen()).length, 1);
  t.equal(lines.length, 1);
});

t.test("acknowledging names the operator, once and for all", async (t) => {
  await raise(FAILED);
  const [open] = await listOpen();
  const first = await acknowledgeAlarm(sql, open!.alarmId, "operator-an");
  t.match(first, { alarmId: open!.alarmId, acknowledgedBy: "operator-an", acknowledgedAt: Date });
  t.same(await acknowledgeAlarm(sql, open!.alarmId, "operator-bo"), first);
  t.same(await listAlarms(sql, { open: false, limit: 10 }), [first]);
  t.equal(await acknowledgeAlarm(sql, "00000000-0000-0000-0000-000000000000", "operator-an"), undefined);
});

t.test("alarms are listed newest first, page by page", async (t) => {
  for (let number = 1; number <= 5; number += 1) await raise({ code: "trouble", details: { number } });
  const numbers: unknown[] = [];
  let before: string | undefined;
  for (let page = await listAlarms(sql, { limit: 2 }); page.length > 0; ) {
    numbers.push(...page.map(({ details }) => details.number));
    before = page.at(-1)!.alarmId;
    page = await listAlarms(sql, { limit: 2, before });
  }
  t.same(numbers, [5, 4, 3, 2, 1]);
});

t.test("where the row cannot be kept, line and count remain and nothing is thrown", async (t) => {
  const away = createDatabase("postgres://nobody@127.0.0.1:1/none");
  t.teardown(() => away.close());
  await raise(FAILED, away);
  t.match(lines, [{ ...FAILED, err: Error }]);
  t.equal(await countOf(FAILED.code), 1);
});
