import { setTimeout as sleep } from "node:timers/promises";
import type { paths } from "../../openapi/digital-contracts.d.ts";
import { expectData, type GatewayClient } from "./gateway-client.ts";

export type FeedEvent = paths["/events"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number];

/** One page of a collection: `next` is the address of the page behind it. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/**
 * Every item of a collection, page by page. `fetchPage` is called with the query of the next page, as the gateway gave it;
 * without one for the first.
 */
export async function* iteratePages<Item>(
  fetchPage: (query: Readonly<Record<string, string>>) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let query: Readonly<Record<string, string>> | undefined = {};
  while (query) {
    const { items, next }: Page<Item> = await fetchPage(query);
    yield* items;
    query = next === undefined ? undefined : Object.fromEntries(new URL(next, "https://gateway").searchParams);
  }
}

export interface FeedOptions {
  /** `position` of the last event that was taken over; 0 for the first that is kept. */
  readonly after: number;
  /** Ends the following; absent: the feed is read to its present end, once. */
  readonly follow?: { readonly signal: AbortSignal; readonly pollMs: number };
}

const FEED_PAGE = 1_000;

/** Events in the order of the feed, each once. Keep the `position` with what you did about an event, and go on from there. */
export async function* iterateEvents(
  { api }: GatewayClient,
  { after, follow }: FeedOptions,
): AsyncGenerator<FeedEvent, void, undefined> {
  let position = after;
  for (;;) {
    const query = { after: position, pageSize: FEED_PAGE };
    const { items, next } = expectData(
      await api.GET("/events", { params: { query }, ...(follow && { signal: follow.signal }) }),
    );
    for (const event of items) {
      yield event;
      position = event.position;
    }
    if (next !== undefined) continue;
    if (!follow) return;
    await sleep(follow.pollMs, undefined, { signal: follow.signal });
  }
}
