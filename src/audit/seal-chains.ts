import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { hashEvent, hashSeal, NO_PREVIOUS_HASH, renderSealStatement, type SealContent } from "./chain-encoding.ts";
import type { SealSigner } from "./seal-signature.ts";
import { findHead, listChains, listEvents } from "./stored-chain.ts";

export interface SealingOptions {
  /** Rows looked at, so sealed at most, in one transaction. */
  readonly rowsPerSeal?: number;
}

export interface SealingResult {
  readonly seals: number;
  readonly events: number;
  /** Chains that could not be sealed; the others were. */
  readonly failures: readonly { readonly chainId: number; readonly error: unknown }[];
}

/** Any number that no other advisory lock uses; the second half of each lock is the chain. */
const SEALING_LOCK = 7_249_002;
const ROWS_PER_SEAL = 1_000;
const FIRST_EVENT_ID = "00000000-0000-0000-0000-000000000000";

/** How far one run has come in one chain. */
interface Run {
  readonly chainId: number;
  /** The oldest transaction under way as the run began: of earlier ones the run sees all there will ever be. */
  horizon?: bigint;
  after?: Position;
}

interface Position {
  readonly transactionId: bigint;
  readonly eventId: string;
}

interface FoundEvent extends Position {
  readonly sealed: boolean;
  /** Of the hashes of whom it names. */
  readonly personsBytes: number;
}

interface HashedEvent {
  readonly eventId: string;
  readonly eventHash: Buffer;
}

/**
 * Seals every unsealed row that is committed, a page of each chain in turn. Safe in several processes at once: a chain
 * that another one is sealing is left to it. `sql` (a client for transactions) needs a role that may read the trail and
 * insert seals, nothing more.
 */
export async function sealChains(sql: Sql, signer: SealSigner, options: SealingOptions = {}): Promise<SealingResult> {
  const { rowsPerSeal = ROWS_PER_SEAL } = options;
  const failures: { chainId: number; error: unknown }[] = [];
  let seals = 0;
  let events = 0;
  let runs: Run[] = (await runTransaction(sql, listUnsealedChains)).map((chainId) => ({ chainId }));
  while (runs.length > 0) {
    const unfinished: Run[] = [];
    for (const run of runs) {
      try {
        const page = await runTransaction(sql, (tx) => sealPage(tx, signer, run, rowsPerSeal));
        if (page.events !== undefined) seals += 1;
        events += page.events ?? 0;
        if (!page.finished) unfinished.push(run);
      } catch (error) {
        failures.push({ chainId: run.chainId, error });
      }
    }
    runs = unfinished;
  }
  return { seals, events, failures };
}

/**
 * Seals the unsealed rows among the next `limit` that may be. Rows appear in the order of their commits, not of their
 * numbers, so the search begins at the oldest transaction that was under way when the chain was last seen whole
 * (`sealed_below`), and what is found is unsealed by absence. Nothing older is read again.
 */
async function sealPage(
  tx: TransactionSql,
  signer: SealSigner,
  run: Run,
  limit: number,
): Promise<{ finished: boolean; events?: number }> {
  if (!(await tryLock(tx, run.chainId))) return { finished: true };
  const { head, now, oldestRunning } = await readHead(tx, run.chainId);
  run.horizon ??= oldestRunning;
  // Numbers of transactions never go back, unless the database was restored on another server: then all rows count.
  const restored = head.sealedBelow > oldestRunning;
  const after = run.after ?? { transactionId: restored ? 0n : head.sealedBelow, eventId: FIRST_EVENT_ID };
  const page = await listPage(tx, run.chainId, after, { limit, restored });
  const last = page.at(-1);
  const finished = page.length < limit;
  if (last) run.after = last;
  const unsealed = await hashEvents(
    tx,
    page.filter(({ sealed }) => !sealed),
  );
  // After a restore a seal without rows remembers that all were looked at.
  if (unsealed.length === 0 && !(restored && finished)) return { finished };

  const reached = finished || last === undefined ? run.horizon : smaller(run.horizon, last.transactionId);
  await insertSeal(tx, signer, unsealed, {
    chainId: run.chainId,
    sealNumber: head.sealNumber + 1,
    sealedAtMicros: BigInt(now.getTime()) * 1000n,
    sealedBelow: restored && !finished ? head.sealedBelow : reached,
    eventCount: unsealed.length,
    previousHash: head.hash,
  });
  return { finished, events: unsealed.length };
}

/** Two statements where nothing is to do, however many the chains. Sub-selects with a limit keep them to the indexes. */
async function listUnsealedChains(tx: TransactionSql): Promise<number[]> {
  const chainIds = await listChains(tx, "audit_event");
  const rows = await tx<{ chainId: number }[]>`
    select chain_id as "chainId" from unnest(${chainIds}::int[]) as chain (chain_id), lateral (
      select coalesce((select sealed_below from audit_seal s where s.chain_id = chain.chain_id
                       order by seal_number desc limit 1), '0'::xid8) as sealed_below) head
    where sealed_below > pg_snapshot_xmin(pg_current_snapshot())
      or (select true from audit_event e
          where e.chain_id = chain.chain_id and e.transaction_id >= sealed_below
            and e.transaction_id <= pg_snapshot_xmax(pg_current_snapshot())
            and (select true from audit_sealed_event s where s.event_id = e.event_id limit 1) is null
          limit 1)
    order by chain_id`;
  return rows.map(({ chainId }) => chainId);
}

async function tryLock(tx: TransactionSql, chainId: number): Promise<boolean> {
  const [row] = await tx<{ locked: boolean }[]>`
    select pg_try_advisory_xact_lock(${SEALING_LOCK}::int, ${chainId}::int) as locked`;
  return row!.locked;
}

/** The end of the chain, and the oldest transaction under way: read before the rows, so these are seen by then. */
async function readHead(tx: TransactionSql, chainId: number) {
  const [[clock], seal] = await Promise.all([
    tx<{ now: Date; oldestRunning: string }[]>`
      select clock_timestamp() as now, pg_snapshot_xmin(pg_current_snapshot())::text as "oldestRunning"`,
    findHead(tx, chainId),
  ]);
  const head = seal ?? { sealNumber: 0, hash: NO_PREVIOUS_HASH, sealedBelow: 0n };
  return { head, now: clock!.now, oldestRunning: BigInt(clock!.oldestRunning) };
}

/** The sub-select with a limit keeps the planner from reading the whole of `audit_sealed_event` for one page. */
async function listPage(
  tx: TransactionSql,
  chainId: number,
  after: Position,
  { limit, restored }: { limit: number; restored: boolean },
): Promise<FoundEvent[]> {
  const rows = await tx<(Omit<FoundEvent, "transactionId"> & { transactionId: string })[]>`
    select e.event_id as "eventId", e.transaction_id::text as "transactionId",
      coalesce(pg_column_size(e.persons), 0) as "personsBytes",
      (select true from audit_sealed_event s where s.event_id = e.event_id limit 1) is not null as sealed
    from audit_event e
    where e.chain_id = ${chainId}
      and (e.transaction_id, e.event_id) > (${String(after.transactionId)}::xid8, ${after.eventId}::uuid)
      and e.transaction_id <= case when ${restored} then '18446744073709551615'::xid8
                              else pg_snapshot_xmax(pg_current_snapshot()) end
    order by e.transaction_id, e.event_id limit ${tx.unsafe(String(limit))}`;
  return rows.map((row) => ({ ...row, transactionId: BigInt(row.transactionId) }));
}

/** So many bytes take the process a few milliseconds, and an event by itself as long as so many of them. */
const BYTES_AT_ONCE = 32 * 1024;
const EVENT_BYTES = 512;

/** Reads a few events at a time, fewer where they name many persons, and hashes them: requests are answered in between. */
async function hashEvents(tx: TransactionSql, found: readonly FoundEvent[]): Promise<HashedEvent[]> {
  const hashed: HashedEvent[] = [];
  for (let from = 0; from < found.length; ) {
    let to = from;
    for (let bytes = 0; to < found.length && bytes < BYTES_AT_ONCE; to += 1) {
      bytes += EVENT_BYTES + found[to]!.personsBytes;
    }
    const events = await listEvents(
      tx,
      found.slice(from, to).map(({ eventId }) => eventId),
    );
    for (const event of events) hashed.push({ eventId: event.eventId, eventHash: hashEvent(event) });
    from = to;
  }
  return hashed;
}

async function insertSeal(
  tx: TransactionSql,
  signer: SealSigner,
  events: readonly HashedEvent[],
  seal: SealContent,
): Promise<void> {
  const { chainId, sealNumber } = seal;
  const eventHashes = events.map(({ eventHash }) => eventHash);
  const hash = hashSeal(seal, eventHashes);
  const signature = await signer.sign(renderSealStatement({ chainId, sealNumber, hash }));
  await Promise.all([
    tx`insert into audit_seal (chain_id, seal_number, sealed_at, sealed_below, event_count, previous_hash, hash, signature)
       values (${chainId}, ${sealNumber}, ${new Date(Number(seal.sealedAtMicros / 1000n))},
         ${String(seal.sealedBelow)}::xid8, ${seal.eventCount}, ${seal.previousHash}, ${hash}, ${signature})`,
    tx`insert into audit_sealed_event (chain_id, seal_number, place, event_id, event_hash)
       select ${chainId}, ${sealNumber}, place, event_id, decode(event_hash, 'hex')
       from unnest(${events.map(({ eventId }) => eventId)}::uuid[], ${eventHashes.map((one) => one.toString("hex"))}::text[])
         with ordinality as link (event_id, event_hash, place)`,
  ]);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
