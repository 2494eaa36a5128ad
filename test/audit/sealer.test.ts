import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { startSealer } from "../../src/audit/sealer.ts";
import type { NewAlarm } from "../../src/operations/alarms.ts";
import { createKeyRing, createTrail } from "./audit-trail.ts";

const trail = await createTrail(t);
const { owner } = trail;
t.beforeEach(trail.empty);

interface Heard {
  readonly alarms: NewAlarm[];
  readonly warnings: object[];
}

function start(heard: Heard, options: { intervalMs?: number; tailLimitMs?: number } = {}) {
  return startSealer({
    sql: trail.database.auditor,
    signer: trail.signer,
    log: { warn: (line: object) => heard.warnings.push(line) },
    raise: async (alarm) => heard.alarms.push(alarm),
    ...options,
  });
}

async function countUnsealed(): Promise<number> {
  const [row] = await owner`
    select count(*) as count from audit_event where event_id not in (select event_id from audit_sealed_event)`;
  return row!.count;
}

t.test("under steady appends it seals again and again, and none is left at the end", async (t) => {
  const heard: Heard = { alarms: [], warnings: [] };
  const sealer = start(heard, { intervalMs: 200 });
  const countSeals = async () => (await trail.verify()).chains.reduce((sum, { seals }) => sum + seals, 0);
  while ((await countSeals()) < 12) {
    await trail.append({}, { insurerId: 8 }, { insurerId: undefined });
    await sleep(50);
  }
  await trail.append({});
  await sealer.stop();
  t.equal(await countUnsealed(), 0);
  t.match(await trail.verify(), { faults: 0, unsealed: { count: 0 } });
  t.same(heard, { alarms: [], warnings: [] });
});

t.test("as it comes, it seals often enough for a tail of ten seconds", async (t) => {
  const sealer = start({ alarms: [], warnings: [] });
  await sleep(500);
  await trail.append({});
  const startedAt = performance.now();
  while ((await countUnsealed()) > 0 && performance.now() - startedAt < 10_000) await sleep(100);
  t.ok(performance.now() - startedAt < 10_000);
  await sealer.stop();
});

t.test("a failure is warned of and tried again; only one that lasts is an alarm, and that once", async (t) => {
  const heard: Heard = { alarms: [], warnings: [] };
  await trail.append({ insurerId: 8 });
  await owner`insert into audit_sealed_event values (8, 1, 1, uuidv7(), '\\x00')`;
  const sealer = start(heard, { intervalMs: 50, tailLimitMs: 3_000 });
  while (heard.warnings.length === 0) await sleep(10);
  t.match(heard.warnings[0], { code: "auditSealingFailed", chainId: 8, err: { code: "23505" } });
  t.same(heard.alarms, []);
  while (heard.alarms.length === 0) await sleep(20);
  for (const more = heard.warnings.length + 5; heard.warnings.length < more; ) await sleep(20);
  t.same(heard.alarms, [{ code: "auditSealingFailed", insurerId: 8, details: { chain: 8 } }]);
  await owner`delete from audit_sealed_event`;
  while ((await countUnsealed()) > 0) await sleep(20);
  const before = heard.warnings.length;
  await sleep(200);
  t.equal(heard.warnings.length, before);
  await sealer.stop();
  t.equal(heard.alarms.length, 1);
});

t.test("a database that does not let it is an alarm for all chains, and sealing goes on when it is back", async (t) => {
  const heard: Heard = { alarms: [], warnings: [] };
  await trail.append({});
  await owner`alter table audit_event rename to audit_event_away`;
  const sealer = start(heard, { intervalMs: 50, tailLimitMs: 300 });
  while (heard.alarms.length === 0) await sleep(20);
  t.same(heard.alarms, [{ code: "auditSealingFailed", details: { chain: "all" } }]);
  await owner`alter table audit_event_away rename to audit_event`;
  while ((await countUnsealed()) > 0) await sleep(20);
  await sealer.stop();
});

t.test("a connection lost in the middle of a seal leaves nothing behind, and the next run seals", async (t) => {
  const heard: Heard = { alarms: [], warnings: [] };
  await trail.append({}, {}, {});
  let cuts = 0;
  const sealer = startSealer({
    sql: trail.database.auditor,
    signer: {
      async sign(payload) {
        cuts += 1;
        if (cuts === 1) {
          await owner`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`;
        }
        return await trail.signer.sign(payload);
      },
    },
    log: { warn: (line: object) => heard.warnings.push(line) },
    raise: async (alarm) => heard.alarms.push(alarm),
    intervalMs: 100,
  });
  while (cuts < 2) await sleep(50);
  await sealer.stop();
  t.ok(heard.warnings.length >= 1);
  t.match(await trail.verify(), { faults: 0, unsealed: { count: 0 }, chains: [{ seals: 1, events: 3 }] });
});

t.test("keys may change between seals: each is signed with the one in use", async (t) => {
  const next = await createKeyRing();
  await trail.append({});
  await trail.seal();
  await trail.append({});
  const sealer = startSealer({
    sql: trail.database.auditor,
    signer: next.signer,
    log: { warn: () => t.fail() },
    raise: async () => t.fail(),
  });
  await sealer.stop();
  t.match(
    (await trail.verify()).found,
    [{ code: "signatureWrong", sealNumber: 2 }],
    "the old key alone does not know it",
  );
});
