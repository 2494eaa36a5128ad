import t from "tap";
import { CHAIN_FAULTS, type ChainFault, describeFault } from "../../src/audit/chain-fault.ts";
import { exportHeads, parseHeadExport, renderHeadExport } from "../../src/audit/export-head.ts";
import { sealChains } from "../../src/audit/seal-chains.ts";
import { createKeyRing, createTrail, type Trail } from "./audit-trail.ts";

const trail = await createTrail(t);
const { owner } = trail;

/** Two chains: 7 with seals of 3, 3, 3 and 1 rows, 8 with one of 2. */
t.beforeEach(async () => {
  await trail.empty();
  for (let status = 201; status <= 210; status += 1) await trail.append({ status });
  await trail.append({ insurerId: 8 }, { insurerId: 8 });
  await trail.outliveOthers();
  await trail.seal({ rowsPerSeal: 3 });
});

async function eventAt(sealNumber: number, place: number, chainId = 7): Promise<string> {
  const [row] = await owner`
    select event_id from audit_sealed_event where chain_id = ${chainId} and seal_number = ${sealNumber} and place = ${place}`;
  return row!.event_id;
}

async function findFaults(options: Parameters<Trail["verify"]>[0] = {}): Promise<ChainFault[]> {
  return (await trail.verify(options)).found;
}

t.test("a trail that nobody touched has no fault, and its unsealed tail is counted", async (t) => {
  t.same(await trail.verify(), {
    chains: [
      { chainId: 7, seals: 4, events: 10 },
      { chainId: 8, seals: 1, events: 2 },
    ],
    faults: 0,
    unsealed: { count: 0 },
    found: [],
  });
  await trail.append({}, { insurerId: undefined });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await trail.append({});
  const { unsealed, faults, chains } = await trail.verify();
  t.equal(faults, 0);
  t.same(
    chains.map(({ chainId }) => chainId),
    [0, 7, 8],
  );
  t.equal(unsealed.count, 3);
  t.ok(unsealed.oldestAgeMs! >= 300 && unsealed.oldestAgeMs! < 20_000, `${unsealed.oldestAgeMs} ms`);
});

t.test("an empty trail has nothing to tell", async (t) => {
  await trail.empty();
  t.same(await trail.verify(), { chains: [], faults: 0, unsealed: { count: 0 }, found: [] });
});

t.test("an altered row", async (t) => {
  const eventId = await eventAt(2, 2);
  await owner`update audit_event set client_id = 'somebody-else' where event_id = ${eventId}`;
  t.same(await findFaults(), [{ code: "eventAltered", chainId: 7, sealNumber: 2, place: 2, eventId }]);
});

t.test("an altered row whose place was given the new hash", async (t) => {
  const eventId = await eventAt(2, 2);
  const other = await eventAt(2, 3);
  await owner`update audit_event set status = 500 where event_id in (${eventId}, ${other})`;
  await owner`update audit_sealed_event set event_hash = sha256('x') where event_id = ${eventId}`;
  t.same(await findFaults(), [
    { code: "eventAltered", chainId: 7, sealNumber: 2, place: 2, eventId },
    { code: "eventAltered", chainId: 7, sealNumber: 2, place: 3, eventId: other },
    { code: "sealAltered", chainId: 7, sealNumber: 2 },
  ]);
});

t.test("a removed row", async (t) => {
  const eventId = await eventAt(1, 3);
  await owner`delete from audit_event where event_id = ${eventId}`;
  t.same(await findFaults(), [{ code: "eventRemoved", chainId: 7, sealNumber: 1, place: 3, eventId }]);
});

t.test("a row removed with its place, at the beginning, in the middle and at the end", async (t) => {
  for (const [sealNumber, place] of [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 1],
  ] as const) {
    const eventId = await eventAt(sealNumber, place);
    await owner`delete from audit_event where event_id = ${eventId}`;
    await owner`delete from audit_sealed_event where event_id = ${eventId}`;
  }
  t.same(await findFaults(), [
    { code: "placeRemoved", chainId: 7, sealNumber: 1, place: 1, lastPlace: 1 },
    { code: "placeRemoved", chainId: 7, sealNumber: 2, place: 2, lastPlace: 2 },
    { code: "placeRemoved", chainId: 7, sealNumber: 3, place: 3, lastPlace: 3 },
    { code: "placeRemoved", chainId: 7, sealNumber: 4, place: 1, lastPlace: 1 },
  ]);
});

t.test("a row whose place was removed: sealed before, now passed over", async (t) => {
  const eventId = await eventAt(1, 2);
  await owner`delete from audit_sealed_event where event_id = ${eventId}`;
  t.same(await findFaults(), [
    { code: "placeRemoved", chainId: 7, sealNumber: 1, place: 2, lastPlace: 2 },
    { code: "eventPassedOver", chainId: 7, eventId },
  ]);
});

t.test("rows that changed places, and only those", async (t) => {
  const ids = [await eventAt(1, 1), await eventAt(1, 3)];
  await owner`update audit_sealed_event set place = place + 100 where event_id = any(${ids}::uuid[])`;
  await owner`
    update audit_sealed_event set place = case place when 101 then 3 else 1 end where event_id = any(${ids}::uuid[])`;
  t.same(await findFaults(), [
    { code: "eventReordered", chainId: 7, sealNumber: 1, place: 1, eventId: ids[1] },
    { code: "eventReordered", chainId: 7, sealNumber: 1, place: 3, eventId: ids[0] },
  ]);
});

t.test("rows that changed places between two seals", async (t) => {
  const ids = [await eventAt(1, 2), await eventAt(3, 1)];
  await owner`update audit_sealed_event set place = place + 100 where event_id = any(${ids}::uuid[])`;
  await owner`update audit_sealed_event set seal_number = 4 - seal_number where event_id = any(${ids}::uuid[])`;
  await owner`
    update audit_sealed_event set place = case place when 102 then 1 else 2 end where event_id = any(${ids}::uuid[])`;
  t.same(await findFaults(), [
    { code: "sealAltered", chainId: 7, sealNumber: 1 },
    { code: "sealAltered", chainId: 7, sealNumber: 3 },
  ]);
});

t.test("a row inserted into a seal, at its end or before its beginning", async (t) => {
  for (const place of [4, 0]) {
    const [row] = await owner`
      insert into audit_event (chain_id, kind, method, route, status) values (7, 'read', 'GET', '/', 200) returning event_id`;
    const eventId = row!.event_id;
    await owner`insert into audit_sealed_event values (7, 2, ${place}, ${eventId}, sha256('x'))`;
    t.same(await findFaults(), [{ code: "eventInserted", chainId: 7, sealNumber: 2, place, eventId }]);
    await owner`delete from audit_sealed_event where event_id = ${eventId}`;
    await owner`delete from audit_event where event_id = ${eventId}`;
  }
});

t.test("a row inserted where the sealer has been", async (t) => {
  await owner`
    insert into audit_event (chain_id, kind, method, route, status, transaction_id) values (7, 'read', 'GET', '/', 200, '3')`;
  await trail.seal();
  const { found, unsealed } = await trail.verify();
  t.match(found, [{ code: "eventPassedOver", chainId: 7, eventId: String }]);
  t.equal(unsealed.count, 1);
});

t.test("a thousand rows inserted there are all named", async (t) => {
  await owner`
    insert into audit_event (chain_id, kind, method, route, status, transaction_id)
    select 7, 'read', 'GET', '/', 200, '3' from generate_series(1, 1300)`;
  const { found, faults } = await trail.verify();
  t.equal(faults, 1300);
  t.equal(new Set(found.map(({ eventId }) => eventId)).size, 1300);
});

t.test("a row inserted with an earlier or later instant before the sealer came by", async (t) => {
  await owner`
    insert into audit_event (chain_id, kind, method, route, status, at)
    select 7, 'read', 'GET', '/', 200, clock_timestamp() + age
    from unnest(array['-2 hours', '2 hours', '-10 minutes']::interval[]) age`;
  await trail.append({});
  await trail.seal();
  t.same(
    (await findFaults()).map(({ code, sealNumber, place }) => [code, sealNumber, place]),
    [
      ["eventMisdated", 5, 1],
      ["eventMisdated", 5, 2],
    ],
  );
});

t.test("an instant that is none is an alteration, not a breakdown", async (t) => {
  const eventId = await eventAt(1, 1);
  await owner`update audit_event set at = 'infinity' where event_id = ${eventId}`;
  await owner`update audit_seal set sealed_at = '-infinity' where seal_number = 3`;
  t.same(await findFaults(), [
    { code: "eventAltered", chainId: 7, sealNumber: 1, place: 1, eventId },
    { code: "sealAltered", chainId: 7, sealNumber: 3 },
  ]);
});

t.test("an altered hash at a place, where the row is as it was", async (t) => {
  const eventId = await eventAt(3, 2);
  await owner`update audit_sealed_event set event_hash = sha256('x') where event_id = ${eventId}`;
  t.same(await findFaults(), [{ code: "placeAltered", chainId: 7, sealNumber: 3, place: 2, eventId }]);
});

t.test("an altered seal, whatever was altered", async (t) => {
  const codes = async (change: string) => {
    await owner.unsafe(`update audit_seal set ${change} where chain_id = 7 and seal_number = 2`);
    const faults = await findFaults();
    t.ok(faults.every(({ chainId }) => chainId === 7));
    await owner`update audit_seal s set sealed_at = k.sealed_at, sealed_below = k.sealed_below, event_count = k.event_count,
      previous_hash = k.previous_hash, hash = k.hash, signature = k.signature
      from kept k where (k.chain_id, k.seal_number) = (s.chain_id, s.seal_number)`;
    return faults.map(({ code, sealNumber }) => `${code} ${sealNumber}`);
  };
  await owner`drop table if exists kept`;
  await owner`create table kept as select * from audit_seal`;
  t.same(await codes("sealed_at = sealed_at + interval '1 microsecond'"), ["sealAltered 2"]);
  t.same(await codes("sealed_below = (sealed_below::text::bigint + 1)::text::xid8"), ["sealAltered 2"]);
  t.same(await codes("event_count = 4"), ["sealAltered 2"]);
  t.same(await codes("event_count = 2"), ["sealAltered 2"]);
  t.same(await codes("previous_hash = sha256('x')"), ["sealUnlinked 2", "sealAltered 2"]);
  t.same(await codes("hash = sha256('x')"), ["sealAltered 2", "signatureWrong 2", "sealUnlinked 3"]);
  t.same(await codes("signature = 'a.b.c'"), ["signatureWrong 2"]);
  t.same(await codes("signature = (select signature from audit_seal where seal_number = 3)"), ["signatureWrong 2"]);
  t.same(await findFaults(), []);
  await owner`drop table kept`;
});

t.test("a removed seal, with its rows or without", async (t) => {
  await owner`delete from audit_seal where chain_id = 7 and seal_number in (2, 3)`;
  t.same(await findFaults(), [{ code: "sealRemoved", chainId: 7, sealNumber: 2, lastSealNumber: 3 }]);
  await owner`
    delete from audit_event where event_id in
      (select event_id from audit_sealed_event where chain_id = 7 and seal_number in (2, 3))`;
  await owner`delete from audit_sealed_event where chain_id = 7 and seal_number in (2, 3)`;
  t.same(await findFaults(), [{ code: "sealRemoved", chainId: 7, sealNumber: 2, lastSealNumber: 3 }]);
});

t.test("a removed first seal, and removed last ones whose places stay", async (t) => {
  await owner`delete from audit_seal where chain_id = 8`;
  await owner`delete from audit_seal where chain_id = 7 and seal_number in (1, 3, 4)`;
  t.same(await findFaults(), [
    { code: "sealRemoved", chainId: 7, sealNumber: 1, lastSealNumber: 1 },
    { code: "sealRemoved", chainId: 7, sealNumber: 3 },
    { code: "sealRemoved", chainId: 7, sealNumber: 4 },
    { code: "sealRemoved", chainId: 8, sealNumber: 1 },
  ]);
});

t.test("a seal inserted before the first, and the numbers moved to hide a removed one", async (t) => {
  await owner`
    insert into audit_seal (chain_id, seal_number, sealed_at, sealed_below, event_count, previous_hash, hash, signature)
    select chain_id, 0, sealed_at, sealed_below, event_count, previous_hash, hash, signature
    from audit_seal where chain_id = 8`;
  const faults = await findFaults();
  t.match(faults[0], { code: "sealInserted", chainId: 8, sealNumber: 0 });
  await owner`delete from audit_seal where seal_number = 0`;

  for (const table of ["audit_sealed_event", "audit_seal"]) {
    await owner.unsafe(`delete from ${table} where chain_id = 7 and seal_number = 2`);
    await owner.unsafe(`update ${table} set seal_number = seal_number - 1 where chain_id = 7 and seal_number = 3`);
    await owner.unsafe(`update ${table} set seal_number = seal_number - 1 where chain_id = 7 and seal_number = 4`);
  }
  const codes = (await findFaults()).map(({ code, sealNumber }) => `${code} ${sealNumber ?? ""}`);
  t.ok(codes.includes("sealUnlinked 2") && codes.includes("signatureWrong 2") && codes.includes("signatureWrong 3"));
});

t.test("a history made anew by somebody without the key", async (t) => {
  await owner`update audit_event set status = 500 where event_id = ${await eventAt(3, 1)}`;
  // All seals made again from the rows as they are now, with a key of the forger.
  await owner`truncate audit_seal, audit_sealed_event`;
  const forger = await createKeyRing();
  await sealChains(trail.database.auditor, forger.signer, { rowsPerSeal: 3 });
  const faults = await findFaults();
  t.same([...new Set(faults.map(({ code }) => code))], ["signatureWrong"]);
  t.equal(faults.length, 5);
});

t.test("a history made anew with the key itself is shown by an earlier export", async (t) => {
  const earlier = await exportHeads(trail.database.auditor);
  await trail.append({});
  await trail.seal();
  t.same(await findFaults({ earlier }), [], "more of the same history");
  await owner`update audit_event set status = 500 where event_id = ${await eventAt(3, 1)}`;
  await owner`truncate audit_seal, audit_sealed_event`;
  await trail.seal({ rowsPerSeal: 3 });
  t.same(await findFaults(), [], "the chain alone cannot know");
  t.same(await findFaults({ earlier }), [
    { code: "historyRewritten", chainId: 7, sealNumber: 4 },
    { code: "historyRewritten", chainId: 8, sealNumber: 1 },
  ]);
});

t.test("an end that was cut off is shown by an earlier export", async (t) => {
  const earlier = parseHeadExport(renderHeadExport(await exportHeads(trail.database.auditor)));
  t.same(await findFaults({ earlier }), []);
  await owner`delete from audit_event where event_id = ${await eventAt(4, 1)}`;
  await owner`delete from audit_event where chain_id = 8`;
  await owner`delete from audit_sealed_event where (chain_id = 7 and seal_number = 4) or chain_id = 8`;
  await owner`delete from audit_seal where (chain_id = 7 and seal_number = 4) or chain_id = 8`;
  t.same(await findFaults(), []);
  t.same(await findFaults({ earlier }), [
    { code: "tailRemoved", chainId: 7, sealNumber: 4 },
    { code: "tailRemoved", chainId: 8, sealNumber: 1 },
  ]);
});

t.test("a forged export proves nothing and says so", async (t) => {
  const earlier = await exportHeads(trail.database.auditor);
  const forged = { ...earlier, heads: earlier.heads.map((head) => ({ ...head, sealNumber: head.sealNumber + 1 })) };
  t.same(await findFaults({ earlier: forged }), [
    { code: "exportForged", chainId: 7, sealNumber: 5 },
    { code: "exportForged", chainId: 8, sealNumber: 2 },
  ]);
});

t.test("begun behind an export, it reads only what came since, and what came before may be pruned", async (t) => {
  const startAfter = await exportHeads(trail.database.auditor);
  await trail.append({}, {}, { insurerId: 9 });
  await trail.seal();
  await owner`
    delete from audit_event where event_id in
      (select event_id from audit_sealed_event where chain_id = 7 and seal_number < 4)`;
  await owner`delete from audit_sealed_event where chain_id = 7 and seal_number < 4`;
  await owner`delete from audit_seal where chain_id = 7 and seal_number < 4`;
  const { found, chains } = await trail.verify({ startAfter, earlier: startAfter });
  t.same(found, []);
  t.same(chains, [
    { chainId: 7, seals: 1, events: 2 },
    { chainId: 8, seals: 0, events: 0 },
    { chainId: 9, seals: 1, events: 1 },
  ]);
  t.match(await findFaults(), [{ code: "sealRemoved", sealNumber: 1, lastSealNumber: 3 }]);

  await owner`delete from audit_seal where chain_id = 7 and seal_number = 4`;
  t.match(await findFaults({ startAfter }), [{ code: "sealRemoved", chainId: 7, sealNumber: 4 }]);
  await owner`delete from audit_seal where chain_id = 8`;
  t.match(await findFaults({ startAfter }), [{ chainId: 7 }, { code: "tailRemoved", chainId: 8, sealNumber: 1 }]);
});

t.test("every fault is said in a line that names all it knows", async (t) => {
  t.equal(
    describeFault({ code: "eventAltered", chainId: 7, sealNumber: 2, place: 3, eventId: "id-1" }),
    "eventAltered: chain 7, seal 2, place 3, event id-1: the row differs from what was sealed",
  );
  t.equal(
    describeFault({ code: "sealRemoved", chainId: 0, sealNumber: 2, lastSealNumber: 5 }),
    "sealRemoved: chain 0, seals 2 to 5: the seal is gone",
  );
  t.equal(
    describeFault({ code: "placeRemoved", chainId: 7, sealNumber: 2, place: 1, lastPlace: 1 }),
    "placeRemoved: chain 7, seal 2, place 1: the place in the seal is gone",
  );
  t.ok(CHAIN_FAULTS.every((code) => /^\w+: chain 1: [a-z]/.test(describeFault({ code, chainId: 1 }))));
});
