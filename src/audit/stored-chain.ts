import type { PendingQuery, Row } from "postgres";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import type { SealContent, StoredEvent } from "./chain-encoding.ts";

/** A row of `audit_seal`. */
export interface StoredSeal extends SealContent {
  readonly hash: Buffer;
  readonly signature: string;
}

/** A row of `audit_sealed_event` with the event it names, unless that is gone. */
export interface SealedLink {
  readonly sealNumber: number;
  readonly place: number;
  readonly eventId: string;
  readonly eventHash: Buffer;
  readonly event: StoredEvent | undefined;
}

const SEALS_A_PAGE = 500;
const LINKS_A_PAGE = 500;
const HIGHEST_PLACE = 2 ** 31 - 1;

/** Reads the trail as it is at one instant, while others go on writing. */
export async function readSnapshot<T>(sql: Sql, read: (tx: TransactionSql) => Promise<T>): Promise<T> {
  return await runTransaction(sql, async (tx) => {
    await tx`set transaction isolation level repeatable read read only`;
    return await read(tx);
  });
}

type EventRow = Omit<StoredEvent, "transactionId" | "atMicros" | "persons"> & {
  transactionId: string;
  atMicros: string | null;
  persons: Buffer | null;
};
type SealRow = Omit<StoredSeal, "sealedAtMicros" | "sealedBelow"> & {
  sealedAtMicros: string | null;
  sealedBelow: string;
};
type LinkRow = Omit<EventRow, "eventId"> &
  Pick<SealedLink, "sealNumber" | "place" | "eventHash"> & { eventId: string | null; linkedId: string };

/** The columns of `audit_event e` that are hashed, all of them. */
function eventColumns(tx: TransactionSql): PendingQuery<Row[]> {
  return tx`e.event_id as "eventId", e.chain_id as "chainId", e.transaction_id::text as "transactionId",
    ${micros(tx, "e.at")} as "atMicros", e.kind,
    e.client_id as "clientId", e.token_sha256 as "tokenSha256", e.method, e.route, e.status,
    e.request_sha256 as "requestSha256", e.response_sha256 as "responseSha256", e.trace_id as "traceId",
    e.related_trace_id as "relatedTraceId", array_send(e.persons) as persons`;
}

/** Microseconds since 1970; null for an instant that is none. */
function micros(tx: TransactionSql, column: string): PendingQuery<Row[]> {
  return tx`case when isfinite(${tx(column)}) then (extract(epoch from ${tx(column)}) * 1000000)::bigint::text end`;
}

function toEvent(row: EventRow): StoredEvent {
  return {
    ...row,
    transactionId: BigInt(row.transactionId),
    atMicros: row.atMicros === null ? null : BigInt(row.atMicros),
    persons: row.persons === null ? null : readPersons(row.persons),
  };
}

/** Of a list that begins at 1 and misses nothing: dimensions, whether elements are absent, their type; length, first place. */
const LIST_HEADER = /^0000000100000000.{8}.{8}00000001$/;
const HEADER_BYTES = 20;
const EMPTY_LIST_BYTES = 12;

/**
 * The elements of a `bytea[]` in the binary form of PostgreSQL: each behind its length. As text the server and the driver
 * take it character by character, and an event may name a thousand. What is another list than the trail writes stands for
 * itself, and so changes the hash of the row.
 */
function readPersons(list: Buffer): Buffer[] {
  if (list.length === EMPTY_LIST_BYTES) return [];
  if (!LIST_HEADER.test(list.toString("hex", 0, HEADER_BYTES))) return [list];
  const persons: Buffer[] = [];
  for (let at = HEADER_BYTES; at < list.length; ) {
    const from = at + 4;
    at = from + list.readInt32BE(at);
    persons.push(list.subarray(from, at));
  }
  return persons;
}

function sealColumns(tx: TransactionSql): PendingQuery<Row[]> {
  return tx`chain_id as "chainId", seal_number as "sealNumber", ${micros(tx, "sealed_at")} as "sealedAtMicros",
    sealed_below::text as "sealedBelow", event_count as "eventCount", previous_hash as "previousHash", hash, signature`;
}

function toSeal({ sealedAtMicros, sealedBelow, ...seal }: SealRow): StoredSeal {
  return { ...seal, sealedAtMicros: BigInt(sealedAtMicros ?? 0), sealedBelow: BigInt(sealedBelow) };
}

/** The events with these numbers, in the order in which a seal holds them: by transaction, then by number. */
export async function listEvents(tx: TransactionSql, eventIds: readonly string[]): Promise<StoredEvent[]> {
  const rows = await tx<EventRow[]>`
    select ${eventColumns(tx)} from audit_event e where e.event_id = any(${[...eventIds]}::uuid[])
    order by e.transaction_id, e.event_id`;
  return rows.map(toEvent);
}

/** Seals of the chain behind a number, in order. */
export async function* iterateSeals(
  tx: TransactionSql,
  chainId: number,
  afterNumber: number,
): AsyncGenerator<StoredSeal> {
  for (let after = afterNumber; ; ) {
    const rows = await tx<SealRow[]>`
      select ${sealColumns(tx)} from audit_seal where chain_id = ${chainId} and seal_number > ${after}
      order by seal_number limit ${SEALS_A_PAGE}`;
    for (const row of rows) yield toSeal(row);
    if (rows.length < SEALS_A_PAGE) return;
    after = rows.at(-1)!.sealNumber;
  }
}

/** Places of the chain's seals behind a number, in order, each with its event. */
export async function* iterateLinks(
  tx: TransactionSql,
  chainId: number,
  afterNumber: number,
): AsyncGenerator<SealedLink> {
  for (let after = { sealNumber: afterNumber, place: HIGHEST_PLACE }; ; ) {
    // The page is cut first: joined before, the planner may prefer to read all events.
    const rows = await tx<LinkRow[]>`
      select ${eventColumns(tx)}, x.seal_number as "sealNumber", x.place, x.event_id as "linkedId",
        x.event_hash as "eventHash"
      from (select seal_number, place, event_id, event_hash from audit_sealed_event
            where chain_id = ${chainId} and (seal_number, place) > (${after.sealNumber}, ${after.place})
            order by seal_number, place limit ${LINKS_A_PAGE}) x
        left join audit_event e on e.event_id = x.event_id
      order by x.seal_number, x.place`;
    for (const { sealNumber, place, linkedId, eventHash, eventId, ...event } of rows) {
      const found = eventId === null ? undefined : toEvent({ eventId, ...event });
      yield { sealNumber, place, eventId: linkedId, eventHash, event: found };
    }
    if (rows.length < LINKS_A_PAGE) return;
    after = rows.at(-1)!;
  }
}

/** Chains that have rows in the table, in order: a probe of its index for each, whatever their length. */
export async function listChains(
  tx: TransactionSql,
  table: "audit_event" | "audit_seal" | "audit_sealed_event",
): Promise<number[]> {
  const rows = await tx<{ chainId: number }[]>`
    with recursive chain as (
      select min(chain_id) as chain_id from ${tx(table)}
      union all
      select (select min(t.chain_id) from ${tx(table)} t where t.chain_id > chain.chain_id) from chain
      where chain.chain_id is not null)
    select chain_id as "chainId" from chain where chain_id is not null`;
  return rows.map(({ chainId }) => chainId);
}

/** The last seal of a chain. */
export async function findHead(tx: TransactionSql, chainId: number): Promise<StoredSeal | undefined> {
  const [row] = await tx<SealRow[]>`
    select ${sealColumns(tx)} from audit_seal where chain_id = ${chainId} order by seal_number desc limit 1`;
  return row && toSeal(row);
}

export async function findSeal(
  tx: TransactionSql,
  chainId: number,
  sealNumber: number,
): Promise<StoredSeal | undefined> {
  const [row] = await tx<SealRow[]>`
    select ${sealColumns(tx)} from audit_seal where chain_id = ${chainId} and seal_number = ${sealNumber}`;
  return row && toSeal(row);
}
