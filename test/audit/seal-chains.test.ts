import t from "tap";
import { hashEvent, hashSeal, NO_PREVIOUS_HASH, renderSealStatement } from "../../src/audit/chain-encoding.ts";
import { sealChains } from "../../src/audit/seal-chains.ts";
import { iterateLinks, iterateSeals } from "../../src/audit/stored-chain.ts";
import { createDatabase } from "../../src/database/connection.ts";
import { createTrail, READ } from "./audit-trail.ts";

const trail = await createTrail(t);
t.beforeEach(trail.empty);

async function readChain(chainId: number) {
  return await trail.database.auditor.begin(async (tx) => ({
    seals: await Array.fromAsync(iterateSeals(tx, chainId, 0)),
    links: await Array.fromAsync(iterateLinks(tx, chainId, 0)),
  }));
}

t.test(
  "every row gets one place in the chain of its insurer, in order, under a signed hash over all before it",
  async (t) => {
    for (let turn = 0; turn < 25; turn += 1)
      await trail.append({ insurerId: 1 + (turn % 2) }, { insurerId: undefined });
    t.match(await trail.seal({ rowsPerSeal: 10 }), { seals: 7, events: 50, failures: [] });
    for (const [chainId, count] of [
      [0, 25],
      [1, 13],
      [2, 12],
    ] as const) {
      const { seals, links } = await readChain(chainId);
      t.equal(links.length, count);
      t.ok(links.every(({ event, eventHash }) => hashEvent(event!).equals(eventHash)));
      const order = links.map(({ event }) => event!.transactionId);
      t.same(
        order,
        order.toSorted((a, b) => Number(a - b)),
      );
      let previousHash: Buffer = NO_PREVIOUS_HASH;
      for (const [index, seal] of seals.entries()) {
        const own = links.filter(({ sealNumber }) => sealNumber === seal.sealNumber);
        t.equal(seal.sealNumber, index + 1);
        t.same(seal.previousHash, previousHash);
        t.same(
          own.map(({ place }) => place),
          Array.from({ length: seal.eventCount }, (_, place) => place + 1),
        );
        t.same(
          seal.hash,
          hashSeal(
            seal,
            own.map(({ eventHash }) => eventHash),
          ),
        );
        t.same(Buffer.from(await trail.checkSignature(seal.signature)), Buffer.from(renderSealStatement(seal)));
        previousHash = seal.hash;
      }
    }
  },
);

t.test("what is sealed is not sealed again, and nothing to seal makes no seal", async (t) => {
  t.match(await trail.seal(), { seals: 0, events: 0 });
  await trail.append({}, {}, {});
  t.match(await trail.seal(), { seals: 1, events: 3 });
  t.match(await trail.seal(), { seals: 0, events: 0 });
  await trail.append({});
  t.match(await trail.seal(), { seals: 1, events: 1 });
});

t.test("a row that commits after later ones were sealed is sealed too", async (t) => {
  await trail.append({}, {});
  const { promise: mayCommit, resolve: letCommit } = Promise.withResolvers<void>();
  const { promise: inserted, resolve: tellInserted } = Promise.withResolvers<void>();
  const slow = trail.owner.begin(async (tx) => {
    await tx`insert into audit_event (chain_id, kind, method, route, status) values (7, 'write', 'POST', '/late', 201)`;
    tellInserted();
    await mayCommit;
  });
  await inserted;
  for (let turn = 0; turn < 5; turn += 1) {
    await trail.append({}, {}, {});
    t.match(await trail.seal({ rowsPerSeal: 2 }), { events: turn === 0 ? 5 : 3 });
  }
  letCommit();
  await slow;
  t.match(await trail.seal(), { seals: 1, events: 1 });
  const { links } = await readChain(7);
  t.equal(links.at(-1)?.event?.route, "/late");
  t.ok(links.at(-1)!.event!.transactionId < links.at(-2)!.event!.transactionId);
  t.match(await trail.verify(), { faults: 0, unsealed: { count: 0 } });
});

t.test("many rows that commit out of order, with sealing all along: each is sealed once", async (t) => {
  let writing = true;
  const sealing = (async () => {
    while (writing) await trail.seal({ rowsPerSeal: 7 });
  })();
  await Promise.all(
    Array.from({ length: 20 }, async (_, lane) => {
      for (let turn = 0; turn < 10; turn += 1) {
        await trail.database.transactions.begin(async (tx) => {
          await tx`insert into audit_event (chain_id, kind, method, route, status) values (${1 + (lane % 2)}, 'read', 'GET', '/', ${lane})`;
          await tx`select pg_sleep(${Math.random() / 50})`;
        });
      }
    }),
  );
  writing = false;
  await sealing;
  await trail.seal();
  const [row] =
    await trail.owner`select count(*) as places, count(distinct event_id) as events from audit_sealed_event`;
  t.same(row, { places: 200, events: 200 });
  t.match(await trail.verify(), { faults: 0, unsealed: { count: 0 } });
});

t.test("several processes seal at once without harm", async (t) => {
  const other = createDatabase(trail.url);
  t.teardown(() => other.close());
  for (let turn = 0; turn < 10; turn += 1) {
    await trail.append(...Array.from({ length: 20 }, (_, index) => ({ insurerId: index % 3 })));
    const results = await Promise.all([
      trail.seal({ rowsPerSeal: 3 }),
      sealChains(other.auditor, trail.signer, { rowsPerSeal: 3 }),
    ]);
    t.same(
      results.flatMap(({ failures }) => failures),
      [],
    );
  }
  await trail.seal();
  t.match(await trail.verify(), {
    faults: 0,
    unsealed: { count: 0 },
    chains: [{ events: 70 }, { events: 70 }, { events: 60 }],
  });
});

t.test("a chain that another process is sealing is left to it", async (t) => {
  await trail.append({ insurerId: 1 }, { insurerId: 2 });
  await trail.owner.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(7249002, 1)`;
    t.match(await trail.seal(), { seals: 1, events: 1 });
  });
  t.match(await trail.seal(), { seals: 1, events: 1 });
});

t.test("a chain that cannot be sealed does not keep the others from it", async (t) => {
  await trail.append({ insurerId: 1 }, { insurerId: 2 });
  await trail.owner`insert into audit_sealed_event values (1, 1, 1, uuidv7(), '\\x00')`;
  const { seals, failures } = await trail.seal();
  t.equal(seals, 1);
  t.match(failures, [{ chainId: 1, error: { code: "23505" } }]);
});

t.test("a run reads no more rows when the history is long", async (t) => {
  /** Index entries and rows of scans, as PostgreSQL counts them. */
  const rowsRead = async () => {
    const [row] = await trail.owner`
      select (select sum(idx_tup_read) from pg_stat_all_indexes where relname like 'audit_%')::int8
        + (select sum(seq_tup_read) from pg_stat_all_tables where relname like 'audit_%')::int8 as read`;
    return row!.read;
  };
  const costOfOneRun = async () => {
    await trail.append({}, {}, {});
    const before = await rowsRead();
    const database = createDatabase(trail.url); // A backend reports what it read when it ends.
    t.match(await sealChains(database.auditor, trail.signer), { events: 3 });
    await database.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (await rowsRead()) - before;
  };
  await costOfOneRun();
  const short = await costOfOneRun();
  await trail.append(...Array.from({ length: 5_000 }, () => ({})));
  await trail.seal({ rowsPerSeal: 100 });
  await trail.owner`vacuum analyze audit_event, audit_seal, audit_sealed_event`;
  await costOfOneRun();
  const long = await costOfOneRun();
  t.ok(short > 3, `${short} rows read`);
  t.ok(long < short + 50, `${short} rows read at first, ${long} after 5,000 more events`);
});

t.test(
  "on a restored database, whose transactions count anew, all rows are looked at once and then no more",
  async (t) => {
    await trail.append({}, {}, {});
    await trail.seal();
    // As a restore leaves it: rows and seals of another server, where transactions were far ahead.
    await trail.append({ status: 204 });
    await trail.owner`update audit_event set transaction_id = '900000000000' where status = 204`;
    await trail.owner`update audit_seal set sealed_below = '900000000000'`;
    await trail.append({ status: 201 }, { status: 202 });
    t.match(await trail.seal({ rowsPerSeal: 2 }), { events: 3, failures: [] });
    await trail.append({ status: 203 });
    t.match(await trail.seal(), { seals: 1, events: 1 });
    t.match(await trail.seal(), { seals: 0, events: 0 });
    const { links } = await readChain(7);
    t.same(
      links.map(({ event }) => event?.status),
      [200, 200, 200, 201, 202, 204, 203],
    );
    const { found, unsealed } = await trail.verify();
    t.same(found.map(({ code }) => code).sort(), ["sealAltered"], "only what this test did to the first seal");
    t.equal(unsealed.count, 0);
  },
);

t.test("a restore that left nothing unsealed is remembered by a seal without rows", async (t) => {
  await trail.append({});
  await trail.owner`select 1`;
  await trail.seal();
  await trail.owner`update audit_seal set sealed_below = '900000000000'`;
  t.match(await trail.seal(), { seals: 1, events: 0 });
  t.match(await trail.seal(), { seals: 0, events: 0 });
  await trail.append({ ...READ });
  t.match(await trail.seal(), { seals: 1, events: 1 });
});
