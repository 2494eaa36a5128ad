import t from "tap";
import { findPersonReads } from "../../src/audit/find-person-reads.ts";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { ssinCheckDigits } from "../../src/identifiers/ssin.ts";
import { createTrail } from "./audit-trail.ts";

const trail = await createTrail(t);
const hasher = createPersonHasher(Buffer.alloc(32, 7));
const [bis, national, other] = ["854730033", "850730033", "900909001"].map((body) =>
  hasher.hashSsin(body + ssinCheckDigits(body, false)),
);

await trail.append({ persons: [other!, national!], route: "/records", insurerId: 3, clientId: "insurer-3" });
await trail.append({ persons: [other!], route: "/other" });
await trail.append({ persons: undefined, route: "/nobody" });
await trail.append({
  persons: [bis!],
  route: "/contracts",
  insurerId: 4,
  clientId: "provider-9",
  kind: "write",
  status: 201,
});
await trail.seal();
await trail.append({
  persons: [national!],
  route: "person",
  insurerId: undefined,
  clientId: undefined,
  method: "CLI",
  kind: "operatorAct",
  status: 0,
});

const find = (...hashes: Buffer[]) => findPersonReads(trail.database.auditor, hashes);

t.test("who saw a person's data: oldest first, sealed or not, of all insurers", async (t) => {
  const events = await find(national!);
  t.same(
    events.map(({ at, eventId, ...event }) => event),
    [
      { kind: "read", clientId: "insurer-3", insurerId: 3, method: "GET", route: "/records", status: 200 },
      { kind: "operatorAct", method: "CLI", route: "person", status: 0 },
    ],
  );
  t.ok(events.every(({ at }) => Math.abs(at.getTime() - Date.now()) < 60_000));
  t.ok(events[0]!.at <= events[1]!.at);
});

t.test("events under a BIS number that was replaced are found with it and only with it", async (t) => {
  t.same(
    (await find(bis!, national!)).map(({ route }) => route),
    ["/records", "/contracts", "person"],
  );
  t.same(
    (await find(bis!)).map(({ route }) => route),
    ["/contracts"],
  );
});

t.test("a person nobody dealt with, and no person at all, have no events", async (t) => {
  t.same(await find(hasher.hashInamiNumber("12345625")), []);
  t.same(await find(), []);
});

t.test("the search takes the index, however long the trail", async (t) => {
  await trail.owner`
    insert into audit_event (chain_id, kind, method, route, status, persons)
    select 5, 'read', 'GET', '/bulk', 200, array[sha256(n::text::bytea)] from generate_series(1, 20000) n`;
  await trail.owner`vacuum analyze audit_event`;
  t.equal((await find(bis!, national!)).length, 3);
  const plan = await trail.owner`explain select 1 from audit_event where persons && array[${bis!}]`;
  t.match(plan.map((row) => row["QUERY PLAN"]).join("\n"), /audit_event_persons/);
});
