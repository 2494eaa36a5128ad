import type { Exchange } from "./exchange.ts";

/** When things were last done, by the gateways of this process. */
const doneAt = new WeakMap<Exchange, Map<string, number>>();

/** Whether what `key` names was last done so long ago, by this process; then it counts as done now. */
export function isTime(exchange: Exchange, key: string, intervalMs: number): boolean {
  const times = timesOf(exchange);
  if (performance.now() < (times.get(key) ?? Number.NEGATIVE_INFINITY) + intervalMs) return false;
  times.set(key, performance.now());
  return true;
}

/** What was never done counts as done now: nothing can be there to do yet. */
export function putOffFirst(exchange: Exchange, key: string): void {
  const times = timesOf(exchange);
  if (!times.has(key)) times.set(key, performance.now());
}

function timesOf(exchange: Exchange): Map<string, number> {
  const times = doneAt.get(exchange) ?? new Map<string, number>();
  doneAt.set(exchange, times);
  return times;
}
