import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import type { Event } from "./event.ts";

/** Events that get their place at once; what is left gets it with the next page. */
const PLACED_AT_ONCE = 10_000;

export interface EventPage {
  /** Only events behind this position; 0: from the first that is kept. */
  readonly after: number;
  readonly limit: number;
}

/** `after` is no place in this feed that can be gone on from. */
export class FeedPositionError extends Error {
  readonly reason: "removed" | "ahead";
  constructor(reason: FeedPositionError["reason"]) {
    super(`the position asked for is ${reason === "removed" ? "no longer kept" : "ahead of the feed"}`);
    this.name = "FeedPositionError";
    this.reason = reason;
  }
}

const columns = (tx: TransactionSql) =>
  tx`event_id as "eventId", position, kind, details, simulated, occurred_at as "occurredAt"`;

/**
 * The next events of the insurer's feed, in its order. Whatever is committed before the call is in this page or in one
 * behind it, however long its writer took: places are given here, to what is committed. Throws `FeedPositionError`.
 */
export async function listEvents(tenant: Tenant, page: EventPage): Promise<Event[]> {
  let read = await readPage(tenant, page);
  if (read.events.length < page.limit && read.isIncomplete) {
    await tenant.run((tx) => placeEvents(tx, tenant.insurerId));
    // Whoever placed them, this reader or one that was faster meanwhile.
    read = await readPage(tenant, page);
  }
  if (page.after > 0) checkPosition(read, page.after);
  return read.events;
}

/** One that has its place in the feed. `eventId` must be a UUID. */
export async function findEvent(tenant: Tenant, eventId: string): Promise<Event | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<Event[]>`
      select ${columns(tx)} from event
      where insurer_id = ${tenant.insurerId} and event_id = ${eventId} and position is not null`,
  );
  return row;
}

/** A page, and how the feed stood at that instant. */
interface ReadPage {
  readonly last: number;
  readonly removed: number;
  /** Events wait for their place. */
  readonly isIncomplete: boolean;
  readonly events: Event[];
}

/** One statement, and one text of JSON: the driver takes three times as long for a thousand rows. */
async function readPage({ insurerId, list }: Tenant, { after, limit }: EventPage): Promise<ReadPage> {
  const [row] = await list<Omit<ReadPage, "events"> & { events: readonly EventValues[] }>(
    (sql) => sql`
      select coalesce(feed.last_position, 0) as last, coalesce(feed.removed_position, 0) as removed,
        exists (select from event where insurer_id = ${insurerId} and position is null) as "isIncomplete",
        (select coalesce(json_agg(json_build_array(event_id, position, kind, details, simulated, occurred_at)), '[]')
          from (select * from event where insurer_id = ${insurerId} and position > ${after}
            order by position limit ${limit}) page) as events
      from (select) one left join event_feed feed on feed.insurer_id = ${insurerId}`,
  );
  return { ...row!, events: row!.events.map(readEvent) };
}

/** In the order in which the query builds them. */
type EventValues = readonly [
  eventId: string,
  position: number,
  kind: Event["kind"],
  details: Event["details"],
  simulated: boolean,
  occurredAt: string,
];

function readEvent([eventId, position, kind, details, simulated, occurredAt]: EventValues): Event {
  return { eventId, position, kind, details, simulated, occurredAt: new Date(occurredAt) };
}

function checkPosition({ last, removed }: ReadPage, after: number): void {
  if (after > last) throw new FeedPositionError("ahead");
  if (after < removed) throw new FeedPositionError("removed");
}

/**
 * Where the feed ends and up to where its events are gone, with all that is committed in its place. Locks the feed for the
 * rest of the transaction.
 */
export async function readFeedEnds(
  tx: TransactionSql,
  insurerId: number,
): Promise<{ readonly last: number; readonly removed: number }> {
  await tx`insert into event_feed (insurer_id) values (${insurerId}) on conflict do nothing`;
  await tx`select from event_feed where insurer_id = ${insurerId} for update`;
  while ((await placeEvents(tx, insurerId)) > 0);
  const [ends] = await tx<{ last: number; removed: number }[]>`
    select last_position as last, removed_position as removed from event_feed where insurer_id = ${insurerId}`;
  return ends!;
}

/**
 * Gives committed events without place the next ones; answers how many. One transaction at a time does so for an
 * insurer, and the others see its work: a reader never sees a place whose predecessors could still come.
 */
export async function placeEvents(tx: TransactionSql, insurerId: number): Promise<number> {
  const [waiting] = await tx`select 1 from event where insurer_id = ${insurerId} and position is null limit 1`;
  if (!waiting) return 0;
  await tx`insert into event_feed (insurer_id) values (${insurerId}) on conflict do nothing`;
  const [feed] = await tx<{ last: number }[]>`
    select last_position as last from event_feed where insurer_id = ${insurerId} for update`;
  // A statement of its own behind the lock: it sees what the holder before committed. Row by row (`ctid`): of an insurer
  // that it has not heard of the planner expects one event, and would search all of them for each that gets its place.
  const { count } = await tx`
    update event set position = ${feed!.last} + place.number
    from (select ctid, row_number() over (order by event_id) as number from event
      where insurer_id = ${insurerId} and position is null order by event_id limit ${PLACED_AT_ONCE}) place
    where event.insurer_id = ${insurerId} and event.ctid = place.ctid`;
  await tx`update event_feed set last_position = last_position + ${count} where insurer_id = ${insurerId}`;
  return count;
}
