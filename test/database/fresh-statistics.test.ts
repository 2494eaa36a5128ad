import t from "tap";
import { renewStatistics } from "../../src/database/fresh-statistics.ts";
import type { Sql, TransactionSql } from "../../src/database/sql.ts";
import { createTestDatabase } from "../database.ts";

const ROWS = 20_000;
const { owner } = await createTestDatabase(t);
t.before(() => owner`create table filled (n int primary key, filler text not null default repeat('x', 30))`);

async function fill(sql: Sql | TransactionSql, from: number, to: number): Promise<void> {
  await sql`insert into filled select n from generate_series(${from}::int, ${to}::int) n`;
}

async function readKnown(): Promise<number> {
  const [row] = await owner<{ rows: number }[]>`
    select reltuples::int as rows from pg_class where oid = 'filled'::regclass`;
  return row!.rows;
}

t.test("a table that was looked at while what fills it was not committed is looked at again", async (t) => {
  await owner.begin(async (tx) => {
    await fill(tx, 1, ROWS);
    await owner`analyze filled`;
  });
  t.equal(await readKnown(), 0, "it is taken for empty");
  await renewStatistics(owner);
  t.equal(await readKnown(), ROWS);
});

t.test("a table that has grown much is looked at again, one that has grown little is left", async (t) => {
  await fill(owner, ROWS + 1, ROWS + 100);
  await renewStatistics(owner);
  t.equal(await readKnown(), ROWS);
  await fill(owner, ROWS + 101, 5 * ROWS);
  await renewStatistics(owner);
  t.equal(await readKnown(), 5 * ROWS);
});
