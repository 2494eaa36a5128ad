import type { MaybeRow, PendingQuery, Row } from "postgres";
import { runTransaction } from "./run-transaction.ts";
import type { Sql, TransactionSql } from "./sql.ts";

/**
 * One insurer's view of the database. Queries run by `run` are in a transaction that carries the insurer's id, so
 * row-level security hides every other insurer's rows even from a query that forgets to say whose it wants.
 */
export interface Tenant {
  readonly insurerId: number;
  run<T>(work: (tx: TransactionSql) => Promise<T>): Promise<T>;
  /**
   * The first row that the statement answers, undefined where there is none. Shielded as `run` is, in one message instead
   * of four: for what is asked so often that the difference counts. `values` are `$2` and on.
   */
  find<Row>(statement: ShieldedStatement, ...values: readonly string[]): Promise<Row | undefined>;
  /** All rows, in their order, of the one query that `compose` makes and that reads; shielded and sent as by `find`. */
  list<Found>(compose: Compose): Promise<Found[]>;
  /** The same, row by row as they come, while the server makes the next: none is kept. `take` must not throw. */
  each<Found>(take: (row: Found) => void, compose: Compose): Promise<void>;
}

type Compose = (sql: Sql | TransactionSql) => PendingQuery<Row[]>;

/** A query that sets its insurer before it looks at any table; made by `shieldQuery`. */
export type ShieldedStatement = { readonly text: string };

/**
 * Makes a query that reads, and whose `$1` is the insurer's id, fit to be sent alone. A statement alone is a transaction
 * too, and the setting ends with it. The query depends on the row that makes the setting, and `offset 0` keeps the
 * planner from taking the two apart: it cannot begin before.
 */
export function shieldQuery(query: string): ShieldedStatement {
  return {
    text: `
      select own.* from (select set_config('infoss.insurer_id', $1::int::text, true) as insurer_id offset 0) entered
      cross join lateral (select * from (${query}) asked where entered.insurer_id <> '' offset 0) own limit 1`,
  };
}

export function createTenant(transactions: Sql, plain: Sql, insurerId: number): Tenant {
  return {
    insurerId,
    find: (statement, ...values) => sendShielded(plain, insurerId, statement, values),
    list: (compose) => listShielded(plain, insurerId, compose),
    each: (take, compose) => takeShielded(plain, insurerId, take, compose),
    run: (work) =>
      runTransaction(transactions, async (tx) => {
        // Not awaited alone: both travel together, and the server runs them in order.
        const [, result] = await Promise.all([setTenant(tx, insurerId), work(tx)]);
        return result;
      }),
  };
}

/** The insurer's view within a transaction that is the insurer's already: nothing begins and nothing is committed. */
export function createTenantWithin(tx: TransactionSql, insurerId: number): Tenant {
  return {
    insurerId,
    run: (work) => work(tx),
    find: (statement, ...values) => sendShielded(tx, insurerId, statement, values),
    list: (compose) => listShielded(tx, insurerId, compose),
    each: (take, compose) => takeShielded(tx, insurerId, take, compose),
  };
}

async function sendShielded<Row>(
  sql: Sql | TransactionSql,
  insurerId: number,
  { text }: ShieldedStatement,
  values: readonly string[],
): Promise<Row | undefined> {
  const [row] = await sql.unsafe<Row[] & MaybeRow[]>(text, [insurerId, ...values], { prepare: true });
  return row;
}

async function listShielded<Found>(sql: Sql | TransactionSql, insurerId: number, compose: Compose): Promise<Found[]> {
  // Into an array of ours: the driver's own outlives its query for a while, and with it the next collection of garbage.
  const rows: Found[] = [];
  await takeShielded<Found>(sql, insurerId, (row) => rows.push(row), compose);
  return rows;
}

/** As `shieldQuery`; under the one row that makes the setting, rows stay in the order of the query. */
async function takeShielded<Found>(
  sql: Sql | TransactionSql,
  insurerId: number,
  take: (row: Found) => void,
  compose: Compose,
): Promise<void> {
  await sql`
    select own.* from (
      select set_config('infoss.insurer_id', ${insurerId}::int::text, true) as insurer_id offset 0) entered
    cross join lateral (select * from (${compose(sql)}) asked where entered.insurer_id <> '' offset 0) own`.forEach(
    (row) => void take(row as Found),
  );
}

/** Makes the rest of the transaction the insurer's; the setting ends with the transaction. */
export async function setTenant(tx: TransactionSql, insurerId: number): Promise<void> {
  // Sent now (`execute`): whatever the caller sends next goes behind it.
  await tx`select set_config('infoss.insurer_id', ${String(insurerId)}, true)`.execute();
}
