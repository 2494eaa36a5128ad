import fc from "fast-check";
import t from "tap";
import type { ChainFault } from "../../src/audit/chain-fault.ts";
import { exportHeads } from "../../src/audit/export-head.ts";
import type { TransactionSql } from "../../src/database/sql.ts";
import { createTrail } from "./audit-trail.ts";

/** What somebody with all rights in the database touched. */
interface Touched {
  readonly chainId: number;
  readonly seals: readonly number[];
  readonly events: readonly string[];
}

type Tampering = (tx: TransactionSql, chance: number) => Promise<Touched>;

const TABLES = ["audit_event", "audit_seal", "audit_sealed_event"] as const;
const trail = await createTrail(t);
const { owner } = trail;

await Promise.all(
  Array.from({ length: 120 }, (_, index) =>
    trail.append({ insurerId: [3, 3, 3, 4, undefined][index % 5], clientId: index % 7 === 0 ? undefined : "client" }),
  ),
);
for (let turn = 0; turn < 3; turn += 1) {
  await trail.seal({ rowsPerSeal: 6 });
  await trail.append({ insurerId: 3 }, { insurerId: 3 }, { insurerId: 4 });
}
await trail.seal();
for (const table of TABLES) await owner.unsafe(`create table kept_${table} as table ${table}`);
const earlier = await exportHeads(trail.database.auditor);

async function restore(): Promise<void> {
  await owner.begin(async (tx) => {
    await tx`truncate audit_event, audit_seal, audit_sealed_event`;
    for (const table of TABLES) {
      const [row] = await tx`
        select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`;
      await tx.unsafe(`insert into ${table} (${row!.columns}) select ${row!.columns} from kept_${table}`);
    }
  });
}

interface Picked {
  readonly chainId: number;
  readonly sealNumber: number;
  readonly place: number;
  readonly eventId: string;
}

async function pick(tx: TransactionSql, chance: number): Promise<Picked> {
  const rows = await tx<Picked[]>`
    select chain_id as "chainId", seal_number as "sealNumber", place, event_id as "eventId"
    from audit_sealed_event order by chain_id, seal_number, place`;
  return rows[Math.floor(chance * rows.length)]!;
}

const touched = (...picked: Picked[]): Touched => ({
  chainId: picked[0]!.chainId,
  seals: picked.map(({ sealNumber }) => sealNumber),
  events: picked.map(({ eventId }) => eventId),
});

const FLIPPED = "set_byte($, 5, 255 - get_byte($, 5))";
const EVENT_CHANGES = {
  event_id: "uuidv7()",
  chain_id: "chain_id + 1",
  transaction_id: "(transaction_id::text::bigint + 1)::text::xid8",
  at: "at + interval '1 microsecond'",
  kind: "case kind when 'read' then 'write' else 'read' end",
  client_id: "case when client_id is null then '' end",
  token_sha256: FLIPPED.replaceAll("$", "token_sha256"),
  method: "method || ' '",
  route: "upper(route)",
  status: "status + 1",
  request_sha256: "null",
  response_sha256: FLIPPED.replaceAll("$", "response_sha256"),
  trace_id: "related_trace_id",
  related_trace_id: "null",
  persons: "persons || sha256('x')",
} as const;
const SEAL_CHANGES = {
  sealed_at: "sealed_at - interval '1 microsecond'",
  sealed_below: "(sealed_below::text::bigint + 1)::text::xid8",
  event_count: "event_count - 1",
  previous_hash: FLIPPED.replaceAll("$", "previous_hash"),
  hash: FLIPPED.replaceAll("$", "hash"),
  signature: "overlay(signature placing case substr(signature, 9, 1) when 'A' then 'B' else 'A' end from 9 for 1)",
  chain_id: "chain_id + 1000",
  seal_number: "seal_number + 1000",
} as const;

const ofSeal = ({ chainId, sealNumber }: Picked) => `chain_id = ${chainId} and seal_number = ${sealNumber}`;

const TAMPERINGS: Record<string, Tampering> = {
  ...Object.fromEntries(
    Object.entries(EVENT_CHANGES).map(([column, value]) => [
      `alters ${column} of a row`,
      async (tx: TransactionSql, chance: number) => {
        const picked = await pick(tx, chance);
        await tx.unsafe(`update audit_event set ${column} = ${value} where event_id = '${picked.eventId}'`);
        return touched(picked);
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(SEAL_CHANGES).map(([column, value]) => [
      `alters ${column} of a seal`,
      async (tx: TransactionSql, chance: number) => {
        const picked = await pick(tx, chance);
        await tx.unsafe(`update audit_seal set ${column} = ${value} where ${ofSeal(picked)}`);
        return touched(picked);
      },
    ]),
  ),
  "removes a row": async (tx, chance) => {
    const picked = await pick(tx, chance);
    await tx`delete from audit_event where event_id = ${picked.eventId}`;
    return touched(picked);
  },
  "removes a place": async (tx, chance) => {
    const picked = await pick(tx, chance);
    await tx`delete from audit_sealed_event where event_id = ${picked.eventId}`;
    return touched(picked);
  },
  "removes a row and its place, and moves up the rest": async (tx, chance) => {
    const picked = await pick(tx, chance);
    await tx`delete from audit_event where event_id = ${picked.eventId}`;
    await tx`delete from audit_sealed_event where event_id = ${picked.eventId}`;
    await tx.unsafe(`update audit_sealed_event set place = -place where ${ofSeal(picked)} and place > ${picked.place}`);
    await tx.unsafe(`update audit_sealed_event set place = -place - 1 where ${ofSeal(picked)} and place < 0`);
    await tx.unsafe(`update audit_seal set event_count = event_count - 1 where ${ofSeal(picked)}`);
    return touched(picked);
  },
  "alters a row and the hash at its place": async (tx, chance) => {
    const picked = await pick(tx, chance);
    await tx`update audit_event set status = 999 where event_id = ${picked.eventId}`;
    await tx`update audit_sealed_event set event_hash = sha256(event_hash) where event_id = ${picked.eventId}`;
    return touched(picked);
  },
  "alters the hash at a place": async (tx, chance) => {
    const picked = await pick(tx, chance);
    await tx`update audit_sealed_event set event_hash = sha256(event_hash) where event_id = ${picked.eventId}`;
    return touched(picked);
  },
  "lets two rows change places": async (tx, chance) => {
    const one = await pick(tx, chance);
    const other = await pick(tx, (chance + 0.37) % 1);
    if (one.chainId !== other.chainId) return await TAMPERINGS["removes a place"]!(tx, chance);
    await tx`
      create temporary table moved on commit drop as
        select * from audit_sealed_event where event_id in (${one.eventId}, ${other.eventId})`;
    await tx`delete from audit_sealed_event where event_id in (select event_id from moved)`;
    await tx`
      insert into audit_sealed_event (chain_id, seal_number, place, event_id, event_hash)
      select a.chain_id, a.seal_number, a.place, b.event_id, b.event_hash from moved a join moved b on a.event_id <> b.event_id`;
    return touched(one, other);
  },
  "inserts a row into a seal": async (tx, chance) => {
    const picked = await pick(tx, chance);
    const [row] = await tx<{ eventId: string }[]>`
      insert into audit_event (chain_id, kind, method, route, status) values (${picked.chainId}, 'read', 'GET', '/', 200)
      returning event_id as "eventId"`;
    await tx.unsafe(`
      insert into audit_sealed_event (chain_id, seal_number, place, event_id, event_hash)
      select chain_id, seal_number, event_count + 1, '${row!.eventId}', hash from audit_seal where ${ofSeal(picked)}`);
    return touched({ ...picked, ...row });
  },
  "inserts a row among those long sealed": async (tx, chance) => {
    const picked = await pick(tx, chance);
    const [row] = await tx<{ eventId: string }[]>`
      insert into audit_event (chain_id, kind, method, route, status, transaction_id)
      select chain_id, kind, method, route, status, '9' from audit_event where event_id = ${picked.eventId}
      returning event_id as "eventId"`;
    return { ...touched({ ...picked, ...row! }), seals: [] };
  },
  "removes a seal": async (tx, chance) => {
    const picked = await pick(tx, chance);
    await tx.unsafe(`delete from audit_seal where ${ofSeal(picked)}`);
    return touched(picked);
  },
  "removes a seal with its places and rows": async (tx, chance) => {
    const picked = await pick(tx, chance);
    await tx.unsafe(
      `delete from audit_event where event_id in (select event_id from audit_sealed_event where ${ofSeal(picked)})`,
    );
    await tx.unsafe(`delete from audit_sealed_event where ${ofSeal(picked)}`);
    await tx.unsafe(`delete from audit_seal where ${ofSeal(picked)}`);
    return touched(picked);
  },
  "cuts off the end of a chain": async (tx, chance) => {
    const picked = await pick(tx, chance);
    const { chainId, sealNumber } = picked;
    const [last] = await tx<
      { head: number }[]
    >`select max(seal_number) as head from audit_seal where chain_id = ${chainId}`;
    const behind = `chain_id = ${chainId} and seal_number >= ${sealNumber}`;
    await tx.unsafe(
      `delete from audit_event where event_id in (select event_id from audit_sealed_event where ${behind})`,
    );
    await tx.unsafe(`delete from audit_sealed_event where ${behind}`);
    await tx.unsafe(`delete from audit_seal where ${behind}`);
    return { ...touched(picked), seals: [last!.head] };
  },
};

function names(fault: ChainFault, { chainId, seals, events }: Touched): boolean {
  if (fault.chainId !== chainId) return false;
  if (fault.eventId !== undefined && events.includes(fault.eventId)) return true;
  const { sealNumber, lastSealNumber = sealNumber } = fault;
  return sealNumber !== undefined && seals.some((one) => one >= sealNumber && one <= lastSealNumber!);
}

const originals = new Set((await owner`select event_id from kept_audit_event`).map(({ event_id: eventId }) => eventId));

/** No row is accused that was there before and that nobody touched. */
function accusesRightly({ eventId }: ChainFault, { events }: Touched): boolean {
  return eventId === undefined || events.includes(eventId) || !originals.has(eventId);
}

t.test("the trail is whole before anybody touches it", async (t) => {
  t.match(await trail.verify({ earlier }), { faults: 0, found: [], unsealed: { count: 0 } });
});

for (const [name, tamper] of Object.entries(TAMPERINGS)) {
  t.test(`whoever ${name} is found, and what was touched is named`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 9_999 }), async (lot) => {
        try {
          const what = (await owner.begin((tx) => tamper(tx, lot / 10_000))) as Touched;
          const { found } = await trail.verify({ earlier });
          const shown = `${JSON.stringify(what)} found as ${JSON.stringify(found)}`;
          if (!found.some((fault) => names(fault, what))) throw new Error(`not named: ${shown}`);
          if (!found.every((fault) => accusesRightly(fault, what)))
            throw new Error(`accuses an untouched row: ${shown}`);
        } finally {
          await restore();
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
    t.match(await trail.verify({ earlier }), { faults: 0 });
  });
}
