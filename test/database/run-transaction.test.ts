import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createDatabase } from "../../src/database/connection.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { createTestDatabase } from "../database.ts";

const { url, database, owner } = await createTestDatabase(t);
const { plain } = database;
/** A single connection, so that the next transaction gets the one that was lost. */
const single = createDatabase(url, { transactionConnections: 1, plainConnections: 1 });
t.teardown(() => single.close());
const { transactions } = single;

t.before(async () => {
  await owner`create table note (n int primary key)`;
  await owner`grant select, insert on note to infoss_gateway`;
});

async function cutTransactions(): Promise<void> {
  await owner`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()`;
}

const listNotes = async () => (await plain<{ n: number }[]>`select n from note order by n`).map(({ n }) => n);

t.test("a transaction commits what its work did and answers what it answers", async (t) => {
  t.equal(await runTransaction(transactions, async (tx) => (await tx`insert into note values (1)`).count), 1);
  t.same(await listNotes(), [1]);
});

t.test("a transaction whose work throws leaves nothing, and throws the same", async (t) => {
  const mine = new Error("mine");
  const run = runTransaction(transactions, async (tx) => {
    await tx`insert into note values (2)`;
    throw mine;
  });
  t.equal(await run.catch((error: unknown) => error), mine);
  await t.rejects(
    runTransaction(transactions, (tx) => tx`insert into note values (1)`.execute()),
    { code: "23505" },
  );
  t.same(await listNotes(), [1]);
});

t.test("work whose connection is lost between two statements can do no more", async (t) => {
  let later: unknown;
  const goOn = Promise.withResolvers<void>();
  const wentOn = Promise.withResolvers<void>();
  const lost = runTransaction(transactions, async (tx) => {
    await tx`insert into note values (10)`;
    await cutTransactions();
    await goOn.promise;
    later = await Promise.resolve()
      .then(() => tx`insert into note values (11)`)
      .catch((error: unknown) => error);
    wentOn.resolve();
  });
  await t.rejects(lost, { code: "CONNECTION_CLOSED" });
  const next = runTransaction(transactions, async (tx) => {
    await tx`insert into note values (20)`;
    goOn.resolve();
    await wentOn.promise;
    await sleep(50);
    throw new Error("rolled back");
  });
  await t.rejects(next, { message: "rolled back" });
  t.match(later, { message: /the transaction is over/ });
  t.same(await listNotes(), [1], "neither it nor its end reaches the transaction that has the connection now");
});

t.test("work whose connection is lost during a statement fails, and so does nothing else", async (t) => {
  const lost = runTransaction(transactions, async (tx) => {
    await tx`insert into note values (30)`;
    await Promise.all([tx`select pg_sleep(30)`, sleep(50).then(cutTransactions)]);
  });
  await t.rejects(lost, { code: "CONNECTION_CLOSED" });
  await sleep(50);
  t.equal(await runTransaction(transactions, async (tx) => (await tx`insert into note values (31)`).count), 1);
  t.same(await listNotes(), [1, 31]);
});

t.test("the loss of another connection rolls back a transaction whose own is sound", async (t) => {
  const mixed = runTransaction(transactions, async (tx) => {
    await tx`insert into note values (40)`;
    await Promise.all([single.plain`select pg_sleep(30)`, cutSleepers()]);
  });
  await t.rejects(mixed, { code: "CONNECTION_CLOSED" });
  t.same(await listNotes(), [1, 31]);
});

/** As soon as somebody sleeps. */
async function cutSleepers(): Promise<void> {
  const cut = () => owner`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`;
  while ((await cut()).length === 0) await sleep(20);
}
