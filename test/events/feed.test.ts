import fc from "fast-check";
import t from "tap";
import type { TransactionSql } from "../../src/database/sql.ts";
import { createTenantWithin } from "../../src/database/tenant-scope.ts";
import type { Event } from "../../src/events/event.ts";
import { listEvents } from "../../src/events/feed.ts";
import { insertEvents } from "../../src/events/insert-events.ts";
import { removeEvents } from "../../src/events/remove-events.ts";
import { openIntake } from "../flows/open-intake.ts";

const flow = await openIntake(t);
const { database, owner } = flow;
const DAY_MS = 86_400_000;

const tell = (tx: TransactionSql, insurerId: number, reference: string) =>
  insertEvents(tx, [{ insurerId, kind: "submissionProcessed", details: { reference } }]);

const write = (insurerId: number, ...references: string[]) =>
  database.asInsurer(insurerId).run(async (tx) => {
    for (const reference of references) await tell(tx, insurerId, reference);
  });

/** A writer that has written and holds its transaction open until it is let go. */
async function beginWriter(insurerId: number, reference: string) {
  const written = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const ended = database.asInsurer(insurerId).run(async (tx) => {
    await tell(tx, insurerId, reference);
    written.resolve();
    await released.promise;
  });
  await Promise.race([written.promise, ended]);
  return {
    async commit(): Promise<void> {
      released.resolve();
      await ended;
    },
  };
}

const read = (insurerId: number, after = 0, limit = 100) => listEvents(database.asInsurer(insurerId), { after, limit });
const referencesOf = (events: readonly Event[]) => events.map(({ details }) => details.reference);
const positionsOf = (events: readonly Event[]) => events.map(({ position }) => position);

t.test("who wrote first and commits last is still read, by a reader that went on meanwhile", async (t) => {
  const { insurerId } = await flow.admit();
  const first = await beginWriter(insurerId, "A");
  await write(insurerId, "B");
  const met = await read(insurerId);
  t.same(referencesOf(met), ["B"], "the reader does not wait for A");
  await first.commit();
  const rest = await read(insurerId, met.at(-1)!.position);
  t.same(referencesOf(rest), ["A"]);
  t.same(await read(insurerId), [...met, ...rest], "the order stays as it was read");
  t.same(await read(insurerId, rest.at(-1)!.position), []);
});

t.test("what was rolled back is in no feed and leaves no gap", async (t) => {
  const { insurerId } = await flow.admit();
  await write(insurerId, "A");
  await t.rejects(
    database.asInsurer(insurerId).run(async (tx) => {
      await tell(tx, insurerId, "lost");
      throw new Error("rolled back");
    }),
    /rolled back/,
  );
  await write(insurerId, "B");
  const events = await read(insurerId);
  t.same(
    [referencesOf(events), positionsOf(events)],
    [
      ["A", "B"],
      [1, 2],
    ],
  );
});

t.test("whatever the order of commits and reads, every reader meets every event once, in one order", async (t) => {
  const steps = fc.array(
    fc.constantFrom("begin", "begin", "begin", "commitOldest", "commitLatest", "read", "readTwice"),
    {
      minLength: 8,
      maxLength: 24,
    },
  );
  let late = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (taken, limit) => {
      const { insurerId } = await flow.admit();
      const open: { reference: string; commit(): Promise<void> }[] = [];
      const readers = [[], []] as [Event[], Event[]];
      let begun = 0;
      const goOn = async (reader: Event[]) => {
        reader.push(...(await read(insurerId, reader.at(-1)?.position ?? 0, limit)));
      };
      for (const step of taken) {
        if (step === "begin" && open.length < 8) {
          begun += 1;
          const reference = `W-${begun}`;
          open.push({ reference, ...(await beginWriter(insurerId, reference)) });
        }
        if (step === "commitOldest") await open.shift()?.commit();
        if (step === "commitLatest") {
          if (open.length > 1) late += 1;
          await open.pop()?.commit();
        }
        if (step === "read") await goOn(readers[0]);
        if (step === "readTwice") await Promise.all(readers.map(goOn));
      }
      for (const writer of open) await writer.commit();
      for (const reader of readers) {
        for (let before = -1; before !== reader.length; ) {
          before = reader.length;
          await goOn(reader);
        }
      }
      const [one, other] = readers;
      t.strictSame(one, other);
      t.strictSame(
        positionsOf(one),
        one.map((_, index) => index + 1),
      );
      t.strictSame(referencesOf(one).sort(), one.map((_, index) => `W-${index + 1}`).sort());
      t.equal(one.length, begun);
    }),
    { numRuns: 60 },
  );
  t.ok(late > 30, `${late} commits overtook another`);
});

t.test("readers and writers at the same moment: nothing is missed", async (t) => {
  const { insurerId } = await flow.admit();
  let writing = true;
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let turn = 0; turn < 25; turn += 1) await write(insurerId, `${writer}-${turn}`, `${writer}-${turn}-b`);
  });
  const readers = Array.from({ length: 3 }, async () => {
    const met: Event[] = [];
    for (let last = false; ; last = !writing) {
      const page = await read(insurerId, met.at(-1)?.position ?? 0, 7);
      met.push(...page);
      if (last && page.length === 0) return met;
    }
  });
  await Promise.all(writers);
  writing = false;
  const [one, ...others] = await Promise.all(readers);
  t.strictSame(
    positionsOf(one!),
    Array.from({ length: 300 }, (_, index) => index + 1),
  );
  for (const other of others) t.strictSame(other, one);
});

t.test("events go after their time, and who comes too late learns it", async (t) => {
  const { insurerId } = await flow.admit();
  await write(insurerId, "old-1", "old-2", "young");
  await write(insurerId, "old-3");
  await owner`update event set occurred_at = now() - interval '91 days'
    where insurer_id = ${insurerId} and details->>'reference' like 'old%'`;
  await removeEvents({ database, retentionMs: 90 * DAY_MS }, new Date());
  t.same(referencesOf(await read(insurerId)), ["young", "old-3"], "from the beginning, up to the first that is young");
  t.same(positionsOf(await read(insurerId, 2)), [3, 4], "a reader that has read all that went goes on");
  await t.rejects(read(insurerId, 1), /no longer kept/, "one that has not is told, also where it never read them");
  await t.rejects(read(insurerId, 5), /ahead of the feed/);
  await removeEvents({ database, retentionMs: 90 * DAY_MS }, new Date());
  t.same(positionsOf(await read(insurerId)), [3, 4], "twice is as once");
});

t.test("what was told is never changed, and nobody chooses its place or time", async (t) => {
  const { insurerId } = await flow.admit();
  await write(insurerId, "A");
  const run = (work: (tx: TransactionSql) => Promise<unknown>) => database.asInsurer(insurerId).run(work);
  await t.rejects(
    run((tx) => tx`update event set details = '{}'`),
    { code: "42501" },
  );
  await t.rejects(
    run(
      (tx) =>
        tx`insert into event (insurer_id, kind, details, position) values (${insurerId}, 'submissionHeld', '{}', 9)`,
    ),
    { code: "42501" },
  );
  t.equal((await read((await flow.admit()).insurerId)).length, 0, "another insurer's feed has none of it");
});

t.test("an insurer of whom the statistics have not heard reads a long feed, each event a few times", async (t) => {
  const fill = (insurerId: number, count: number) => owner`
    insert into event (insurer_id, kind, details)
    select ${insurerId}, 'submissionProcessed', '{}' from generate_series(1, ${count}::int)`;
  await owner`alter table event set (autovacuum_enabled = false)`;
  await fill((await flow.admit()).insurerId, 20_000);
  await owner`analyze event`;
  const { insurerId } = await flow.admit();
  await fill(insurerId, 1_500);
  const { events, rowsRead } = await database.asInsurer(insurerId).run(async (tx) => {
    const tenant = createTenantWithin(tx, insurerId);
    const events: Event[] = [];
    let page: Event[];
    do {
      page = await listEvents(tenant, { after: events.length, limit: 500 });
      events.push(...page);
    } while (page.length > 0);
    const [work] = await tx<{ rowsRead: number }[]>`
      select seq_tup_read + idx_tup_fetch as "rowsRead" from pg_stat_xact_user_tables where relname = 'event'`;
    return { events, ...work! };
  });
  t.equal(events.length, 1_500);
  t.ok(rowsRead >= 3_000 && rowsRead < 15_000, `${rowsRead} rows were read`);
});
