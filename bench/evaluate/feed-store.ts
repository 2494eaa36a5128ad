import postgres from "postgres";
import { createDatabase } from "../../src/database/connection.ts";
import { migrate } from "../../src/database/migrate.ts";
import { listEvents } from "../../src/events/feed.ts";

export const FEED_EVENTS = 4_000_000;
const INSURERS = 20;
/** A quarter of all events is the largest insurer's. */
const LARGEST_EVENTS = FEED_EVENTS / 4;
const PAGE = 1_000;
const PAGES = 300;

/** Four million events of 20 insurers, each in its place. */
export async function fillFeedStore(url: string): Promise<void> {
  await migrate(url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`insert into insurer (enterprise_number, name, phase)
      select '0' || lpad((200000000 + number)::text, 9, '0'), 'Insurer ' || number, 'live' from generate_series(1, ${INSURERS}) number`;
    const insurers = await sql<
      { insurerId: number }[]
    >`select insurer_id as "insurerId" from insurer order by insurer_id`;
    const others = (FEED_EVENTS - LARGEST_EVENTS) / (INSURERS - 1);
    for (const [index, { insurerId }] of insurers.entries()) {
      const count = Math.round(index === 0 ? LARGEST_EVENTS : others);
      await sql`
        insert into event (insurer_id, position, kind, details, occurred_at)
        select ${insurerId}, place, 'contractRechecked',
          jsonb_build_object('contractId', uuidv7(), 'contractNumber', 'C-' || place, 'findingCodes', '["inamiNumberExpired"]'::jsonb), now()
        from generate_series(1, ${count}) place`;
      await sql`insert into event_feed (insurer_id, last_position) values (${insurerId}, ${count})`;
    }
  } finally {
    await sql.end();
  }
}

/** The 99th percentile of the time a page of 1,000 takes anywhere in the largest insurer's feed, in milliseconds. */
export async function measureFeedPages(url: string): Promise<number> {
  const database = createDatabase(url, { transactionConnections: 1 });
  try {
    const [row] = await database.institute<{ insurerId: number }[]>`select min(insurer_id) as "insurerId" from insurer`;
    const tenant = database.asInsurer(row!.insurerId);
    const times: number[] = [];
    for (let page = 0; page < PAGES; page += 1) {
      // Prime, so that the pages lie everywhere.
      const after = (page * 611_953) % (LARGEST_EVENTS - PAGE);
      const start = performance.now();
      const events = await listEvents(tenant, { after, limit: PAGE });
      times.push(performance.now() - start);
      if (events.length !== PAGE) throw new RangeError(`a page of ${events.length} events`);
    }
    return times.sort((a, b) => a - b)[Math.floor(PAGES * 0.99)]!;
  } finally {
    await database.close();
  }
}
