import t, { type Test } from "tap";
import { SCOPES } from "../../src/identity/scopes.ts";
import { FOREIGN_SSIN } from "../flows/test-register.ts";
import { fillIn, listOperations } from "./api-operations.ts";
import { callAsOperator, keepConnections } from "./call-as-operator.ts";
import { type Caller, contractFile, type Door, KNOWN_INAMI_NUMBER, openDoor, ROOT, send } from "./open-door.ts";
import { type Ids, OPERATOR_ROUTES, TENANT_ROUTES } from "./route-cover.ts";
import { furnish } from "./walk-routes.ts";

interface Walked {
  readonly name: string;
  readonly status: number;
  readonly traceId: string;
  readonly text: string;
}

/** Every operation that is not public, in the order of the lists, by whom it is for. */
async function walk(callers: { alpha: Caller; operator: Caller }, ids: Ids): Promise<Walked[]> {
  const walked: Walked[] = [];
  const ask = async (name: string, caller: Caller, path: string, question: object) => {
    const { status, headers, text } = await caller(path, question);
    walked.push({ name, status, text, traceId: String(headers["belgov-trace-id"]) });
  };
  for (const [name, cover] of Object.entries(TENANT_ROUTES)) {
    const { path, ...question } = cover.ask(ids);
    await ask(name, callers.alpha, ROOT + path, question);
  }
  for (const operation of listOperations()) {
    const name = operation.name.replace(ROOT, "");
    if (!OPERATOR_ROUTES.includes(name)) continue;
    const { path, ...question } = fillIn(operation);
    await ask(name, callers.operator, path, question);
  }
  return walked;
}

async function open(t: Test) {
  const door = await openDoor(t);
  const ids = await furnish(t, door);
  const operator = await callAsOperator(t, door);
  return { door, ids, callers: { alpha: keepConnections(t, door, door.alpha, door.alphaCertificate), operator } };
}

/** Rows of each table but the trail, and when each submission ended. */
async function takeStock(door: Door) {
  const tables = await door.owner<{ name: string }[]>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'audit%' order by 1`;
  const stock: Record<string, number> = {};
  for (const { name } of tables) {
    // A changed row is another one.
    const [row] = await door.owner<{ sum: number }[]>`
      select coalesce(sum(hashtext(t::text)), 0)::float8 as sum from ${door.owner(name)} t`;
    stock[name] = row!.sum;
  }
  return stock;
}

t.test("what cannot be put on record is neither done nor answered, whatever the operation", async (t) => {
  const { door, ids, callers } = await open(t);
  await door.owner`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$`;
  await door.owner`create trigger refuse before insert on audit_event for each statement execute function refuse()`;
  const before = await takeStock(door);
  const refused = await walk(callers, ids);
  t.same(await takeStock(door), before, "nothing was changed");
  await door.owner`drop trigger refuse on audit_event`;
  const answered = await walk(callers, ids);
  const good = answered.filter(({ status }) => status < 300).map(({ name }) => name);
  t.ok(good.length > 25, `${good.length} operations are answered when they can be`);
  t.same(
    Object.keys(TENANT_ROUTES).filter((name) => !good.includes(name)),
    [],
  );
  // What the state of things does not allow is refused before: a refusal tells nothing that goes on record.
  const isKeptBack = (status: number) => status >= 500 || status === 409;
  for (const { name, status } of refused) if (good.includes(name)) t.ok(isKeptBack(status), `${name}: ${status}`);
});

t.test("an initial load whose end cannot be put on record does not end", async (t) => {
  const door = await openDoor(t);
  await door.owner`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$`;
  await door.owner`create trigger refuse before insert on audit_event for each statement execute function refuse()`;
  const end = () => door.alpha(`${ROOT}/initialLoad/complete`, { method: "POST" });
  const readLoad = async () => {
    const [row] = await door.owner<{ phase: string; isOpen: boolean }[]>`
      select phase, initial_load_completed_at is null as "isOpen" from insurer where insurer_id = ${door.alphaId}`;
    return row!;
  };
  t.equal((await end()).status, 503);
  t.same(await readLoad(), { phase: "loading", isOpen: true });
  await door.owner`drop trigger refuse on audit_event`;
  t.equal((await end()).status, 204);
  t.same(await readLoad(), { phase: "live", isOpen: false });
  const rows = await door.owner`select from audit_event where kind = 'write'`;
  t.equal(rows.length, 1, "once");
});

t.test("every answer that changed something, or gave data, has its row when it arrives", async (t) => {
  const { door, ids, callers } = await open(t);
  const walked = await walk(callers, ids);
  const rows = await door.owner<{ traceId: string; kind: string; status: number; clientId: string }[]>`
    select trace_id as "traceId", kind, status, client_id as "clientId" from audit_event where trace_id is not null`;
  for (const { name, status, traceId } of walked.filter((one) => one.status < 300)) {
    const found = rows.filter((row) => row.traceId === traceId);
    const isReading = /^GET |\/(query|preview)$/.test(name);
    const kind = isReading ? "read" : OPERATOR_ROUTES.includes(name) ? "operatorAct" : "write";
    t.ok(found.length > 0 && found.every((row) => row.kind === kind && row.status === status), `${name}: ${status}`);
  }
});

t.test("whoever an answer names is found by the question who saw that person's data", async (t) => {
  const { door, ids, callers } = await open(t);
  const walked = await walk(callers, ids);
  const people = [
    { number: KNOWN_INAMI_NUMBER.slice(0, 8), hash: door.persons.hashInamiNumber(KNOWN_INAMI_NUMBER) },
    { number: FOREIGN_SSIN, hash: door.persons.hashSsin(FOREIGN_SSIN) },
  ];
  const naming = new Set<string>();
  for (const { name, status, traceId, text } of walked.filter((one) => one.status < 300)) {
    for (const { number, hash } of people.filter((person) => text.includes(person.number))) {
      naming.add(name);
      const found = await door.owner`select from audit_event where trace_id = ${traceId} and ${hash} = any(persons)`;
      t.ok(found.length > 0, `${name}: ${status}, ${number.length === 8 ? "INAMI number" : "SSIN"}`);
    }
  }
  const expected = ["report", "records", "records/{recordNumber}", "corrections"];
  for (const below of expected) t.ok(naming.has(`GET /submissions/{submissionId}/${below}`), `${below} names somebody`);
  t.ok(naming.size > 15, `${naming.size} operations name somebody`);
});

t.test("a change that fails at its commit is neither answered nor on record", async (t) => {
  const { door, ids, callers } = await open(t);
  await door.owner`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'too late'; end $$`;
  for (const table of ["submission", "client", "insurer_contact"]) {
    await door.owner`
      create constraint trigger refuse after insert or update on ${door.owner(table)} deferrable initially deferred
      for each row execute function refuse()`;
  }
  const count = async () => {
    const [row] = await door.owner<{ count: number }[]>`
      select count(*) as count from audit_event where kind in ('write', 'operatorAct')`;
    return row!.count;
  };
  const before = await count();
  const contact = { email: "late@alpha.example", name: "Late", language: "fr" };
  const client = { clientId: "client-late", name: "Late", kind: "insurer" };
  const operate = (path: string, document: object) =>
    callers.operator(`${ROOT}/operator/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(document),
    });
  const answers = [
    await send(door.alpha, contractFile({ reference: "LATE" })),
    await door.alpha(`${ROOT}/submissions/${ids.waiting}`, { method: "DELETE" }),
    await operate(`insurers/${ids.enterpriseNumber}/contacts`, contact),
    await operate("clients", client),
  ];
  t.same(
    answers.map(({ status }) => status),
    [500, 500, 500, 500],
  );
  t.equal(await count(), before);
});

t.test("a denial names the client that was proved, and the right that it lacked is not given", async (t) => {
  const door = await openDoor(t);
  const reader = door.callAs(door.alphaCertificate, "client-0403019261", { scopes: [SCOPES.consult] });
  const refused = await send(reader, contractFile());
  t.equal(refused.status, 403);
  const [row] = await door.owner`
    select kind, status, client_id, method, octet_length(token_sha256) as token, chain_id from audit_event
    where trace_id = ${String(refused.headers["belgov-trace-id"])}`;
  t.match(row, { kind: "denial", status: 403, client_id: "client-0403019261", method: "POST", token: 32, chain_id: 0 });
});

t.test("what an insurer sent is on record with the digest of its bytes", async (t) => {
  const door = await openDoor(t);
  const file = contractFile();
  await send(door.alpha, file);
  await send(door.alpha, file);
  const rows = await door.owner`
    select e.status, e.chain_id = s.insurer_id and e.request_sha256 = s.sha256 as "isIts"
    from audit_event e, submission s where e.kind = 'write'`;
  t.same([...rows], [...Array(2)].fill({ status: 202, isIts: true }), "once each time it was sent");
});
