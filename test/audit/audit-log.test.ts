import t from "tap";
import { AUDIT_KINDS, insertAuditEvent, PERSONS_A_ROW } from "../../src/audit/audit-event.ts";
import { type AuditFault, AuditUnavailable, createAuditLog } from "../../src/audit/audit-log.ts";
import { createDatabase } from "../../src/database/connection.ts";
import { createTestDatabase } from "../database.ts";
import { READ } from "./audit-trail.ts";

const { database, owner } = await createTestDatabase(t);

t.beforeEach(async () => {
  await owner`truncate audit_event`;
});

const unavailable = (code: AuditFault) => (error: unknown) => error instanceof AuditUnavailable && error.code === code;

async function faultOf(appending: Promise<void>): Promise<unknown> {
  return await appending.then(
    () => undefined,
    (error: unknown) => error,
  );
}

t.test("an appended event is committed with all its fields when append resolves", async (t) => {
  const before = Date.now();
  await createAuditLog(database.plain).append(READ);
  const [row] = await owner`select * from audit_event`;
  const { event_id: eventId, transaction_id: transactionId, at, ...rest } = row!;
  t.match(eventId, /^[0-9a-f-]{36}$/);
  t.ok(BigInt(transactionId) > 0n);
  t.ok(Math.abs(at.getTime() - before) < 60_000);
  t.same(rest, {
    chain_id: 7,
    kind: "read",
    client_id: READ.clientId,
    token_sha256: READ.tokenSha256,
    method: "GET",
    route: READ.route,
    status: 200,
    request_sha256: READ.requestSha256,
    response_sha256: READ.responseSha256,
    trace_id: READ.traceId,
    related_trace_id: READ.relatedTraceId,
    persons: READ.persons,
  });
});

t.test("what an event does not have stays empty, and without insurer it belongs to the institute", async (t) => {
  const log = createAuditLog(database.plain);
  await log.append({ kind: "operatorAct", method: "CLI", route: "insurer admit", status: 0 });
  const [row] = await owner`select chain_id, client_id, token_sha256, trace_id, persons from audit_event`;
  t.same(row, { chain_id: 0, client_id: null, token_sha256: null, trace_id: null, persons: null });
});

t.test("every kind is taken by the table, and no other", async (t) => {
  const log = createAuditLog(database.plain);
  await Promise.all(AUDIT_KINDS.map((kind) => log.append({ ...READ, kind })));
  const [row] = await owner`select count(*) as count from audit_event`;
  t.equal(row!.count, AUDIT_KINDS.length);
  await t.rejects(
    owner`insert into audit_event (chain_id, kind, method, route, status) values (1, 'peek', 'GET', '/', 200)`,
  );
});

t.test("events that come together share few commits", async (t) => {
  const log = createAuditLog(database.plain);
  await Promise.all(Array.from({ length: 2_500 }, (_, index) => log.append({ ...READ, status: index })));
  const [row] = await owner`
    select count(*) as events, count(distinct status) as different, count(distinct transaction_id) as commits from audit_event`;
  t.equal(row!.events, 2_500);
  t.equal(row!.different, 2_500);
  t.ok(row!.commits <= 4, `${row!.commits} commits`);
  t.equal(log.waiting, 0);
});

t.test("none of a thousand appends resolves before its own row can be read by others", async (t) => {
  const log = createAuditLog(database.plain);
  let missing = 0;
  const lanes = Array.from({ length: 20 }, async (_, lane) => {
    for (let turn = 0; turn < 50; turn += 1) {
      await log.append({ ...READ, status: lane * 50 + turn });
      const [row] =
        await database.auditor`select count(*) as count from audit_event where status = ${lane * 50 + turn}`;
      if (row!.count !== 1) missing += 1;
    }
  });
  await Promise.all(lanes);
  t.equal(missing, 0);
});

t.test("a failing insert rejects everybody who waits, and the next event is taken again", async (t) => {
  const log = createAuditLog(database.plain);
  await owner`alter table audit_event rename to audit_event_away`;
  const faults = await Promise.all(Array.from({ length: 50 }, () => faultOf(log.append(READ))));
  await owner`alter table audit_event_away rename to audit_event`;
  t.ok(faults.every(unavailable("insertFailed")));
  t.equal(new Set(faults).size, 1, "those who gathered behind the failing group too");
  t.equal(log.waiting, 0);
  await log.append(READ);
  const [row] = await owner`select count(*) as count from audit_event`;
  t.equal(row!.count, 1);
});

t.test("an insert that hangs is given up in time, with everybody behind it", async (t) => {
  const log = createAuditLog(database.plain, { commitTimeoutMs: 200 });
  await owner.begin(async (tx) => {
    await tx`lock table audit_event in exclusive mode`;
    const faults = await Promise.all(Array.from({ length: 10 }, () => faultOf(log.append(READ))));
    t.ok(faults.every(unavailable("insertTooSlow")));
    t.equal(new Set(faults).size, 1, "told together, not one group after the other");
    t.equal(log.waiting, 0);
  });
  await log.append(READ);
});

t.test("an unreachable database rejects in time instead of letting the caller wait", async (t) => {
  const away = createDatabase("postgres://nobody@127.0.0.1:1/none");
  t.teardown(() => away.close());
  const log = createAuditLog(away.plain, { commitTimeoutMs: 300 });
  for (let turn = 0; turn < 3; turn += 1) {
    const startedAt = performance.now();
    t.type(await faultOf(log.append(READ)), AuditUnavailable);
    t.ok(performance.now() - startedAt < 8_000);
  }
});

t.test("the queue is bounded in events and in bytes", async (t) => {
  const log = createAuditLog(database.plain, { maximumWaiting: 100 });
  const faults = await Promise.all(Array.from({ length: 150 }, () => faultOf(log.append(READ))));
  t.equal(faults.filter(unavailable("queueFull")).length, 50);
  t.equal(faults.filter((fault) => fault === undefined).length, 100);

  const persons = Array.from({ length: PERSONS_A_ROW }, (_, index) => Buffer.alloc(32, `${index}`));
  const slow = createAuditLog(database.plain, { commitTimeoutMs: 1_000 });
  await owner.begin(async (tx) => {
    await tx`lock table audit_event in exclusive mode`;
    const many = await Promise.all(Array.from({ length: 600 }, () => faultOf(slow.append({ ...READ, persons }))));
    t.ok(many.filter(unavailable("queueFull")).length > 50, "events about many persons fill it sooner");
    t.ok(many.filter(unavailable("insertTooSlow")).length > 400);
  });
});

t.test("text from a stranger cannot make the events of others fail", async (t) => {
  const log = createAuditLog(database.plain);
  await Promise.all([
    log.append({
      ...READ,
      clientId: "nul \0 and half a pair \ud800",
      relatedTraceId: "x".repeat(100_000),
      route: `'"\\{},`,
    }),
    log.append(READ),
  ]);
  const rows =
    await owner`select client_id, length(related_trace_id) as length, route from audit_event order by event_id`;
  t.same(rows[0], { client_id: "nul \uFFFD and half a pair \uFFFD", length: 300, route: `'"\\{},` });
  t.equal(rows.length, 2);
});

t.test("an event that no row can hold is refused alone", async (t) => {
  const log = createAuditLog(database.plain);
  const good = log.append(READ);
  await t.rejects(log.append({ ...READ, tokenSha256: Buffer.from("the token itself") }), RangeError);
  await t.rejects(log.append({ ...READ, persons: [Buffer.from("85073003328")] }), RangeError);
  await t.rejects(log.append({ ...READ, status: 2.5 }), RangeError);
  await t.rejects(log.append({ ...READ, insurerId: 2 ** 31 }), RangeError);
  await good;
  t.equal(log.waiting, 0);
});

t.test("a person named twice in one event is kept once", async (t) => {
  const [person] = READ.persons!;
  await createAuditLog(database.plain).append({ ...READ, persons: [person!, Buffer.alloc(32), person!] });
  const [row] = await owner`select persons from audit_event`;
  t.same(row!.persons, [person, Buffer.alloc(32)]);
});

t.test("an event about more persons than fit a row takes several, and names them all", async (t) => {
  const persons = Array.from({ length: 2 * PERSONS_A_ROW + 1 }, (_, index) => Buffer.alloc(32, `${index}.`));
  await createAuditLog(database.plain).append({ ...READ, persons });
  const rows = await owner<{ persons: Buffer[]; route: string }[]>`select persons, route from audit_event`;
  t.same(rows.map(({ persons }) => persons.length).sort(), [1, PERSONS_A_ROW, PERSONS_A_ROW]);
  t.equal(new Set(rows.flatMap(({ persons }) => persons.map((person) => person.toString("hex")))).size, persons.length);
  t.ok(rows.every(({ route }) => route === READ.route));
});

t.test("an event within a transaction shares its fate", async (t) => {
  await t.rejects(
    database.transactions.begin(async (tx) => {
      await insertAuditEvent(tx, READ);
      throw new Error("the act failed");
    }),
  );
  await database.transactions.begin((tx) => insertAuditEvent(tx, { ...READ, status: 201 }));
  t.same(
    (await owner`select status from audit_event`).map(({ status }) => status),
    [201],
  );
});

t.test(
  "roles of the application may append, choose nothing that proves when, and neither read nor change anything",
  async (t) => {
    await createAuditLog(database.plain).append(READ);
    const refused = { code: "42501" };
    for (const [role, sql] of Object.entries({ gateway: database.plain, institute: database.institute })) {
      await createAuditLog(sql).append({ ...READ, kind: "operatorAct" });
      await t.rejects(sql`select 1 from audit_event`, refused, `${role} reads`);
      await t.rejects(sql`update audit_event set status = 200`, refused, `${role} updates`);
      await t.rejects(sql`delete from audit_event`, refused, `${role} deletes`);
      await t.rejects(sql`truncate audit_event`, refused, `${role} truncates`);
      for (const column of ["event_id", "at", "transaction_id"]) {
        const value = { event_id: "uuidv7()", at: "now()", transaction_id: "pg_current_xact_id()" }[column];
        await t.rejects(
          sql.unsafe(`insert into audit_event (${column}, chain_id, kind, method, route, status)
          values (${value}, 7, 'read', 'GET', '/', 200)`),
          refused,
          `${role} chooses ${column}`,
        );
      }
      for (const table of ["audit_seal", "audit_sealed_event"]) {
        await t.rejects(sql.unsafe(`select 1 from ${table}`), refused, `${role} reads ${table}`);
        await t.rejects(sql.unsafe(`insert into ${table} default values`), refused, `${role} writes ${table}`);
        await t.rejects(sql.unsafe(`delete from ${table}`), refused, `${role} deletes from ${table}`);
      }
    }
  },
);

t.test("the sealing role may read the trail and insert seals, nothing more", async (t) => {
  const sql = database.auditor;
  const refused = { code: "42501" };
  await t.rejects(
    createAuditLog(sql)
      .append(READ)
      .catch((error: AuditUnavailable) => Promise.reject(error.cause)),
    refused,
  );
  for (const table of ["audit_event", "audit_seal", "audit_sealed_event"]) {
    await t.resolves(sql.unsafe(`select 1 from ${table}`));
    await t.rejects(sql.unsafe(`delete from ${table}`), refused, `deletes from ${table}`);
    await t.rejects(sql.unsafe(`truncate ${table}`), refused, `truncates ${table}`);
    await t.rejects(sql.unsafe(`update ${table} set chain_id = 1`), refused, `updates ${table}`);
  }
});

t.test("the next group waits only for the commit in flight", async (t) => {
  const log = createAuditLog(database.plain);
  const first = log.append(READ);
  const others = Array.from({ length: 30 }, () => log.append(READ));
  await first;
  await Promise.all(others);
  const groups = await owner`select count(*) as count from audit_event group by transaction_id order by transaction_id`;
  t.same(
    groups.map(({ count }) => count),
    [1, 30],
  );
});
