import { BenchError } from "../bench-error.ts";
import type { HttpConnection } from "./http-connection.ts";

export interface Round {
  readonly perSecond: number;
  /** Of all requests of the round, in the order of their answers. */
  readonly latenciesMs: readonly number[];
}

/** Each connection asks again as soon as it has its answer, until the time is over or the requests run out. */
export async function drive(
  connections: readonly HttpConnection[],
  next: () => Buffer | undefined,
  durationMs: number,
): Promise<Round> {
  const latenciesMs: number[] = [];
  const start = performance.now();
  const until = start + durationMs;
  await Promise.all(
    connections.map(async (connection) => {
      for (let askedAt = performance.now(); askedAt < until; ) {
        const request = next();
        if (!request) return;
        const { status, body } = await connection.ask(request);
        if (status !== 200) throw new BenchError(`A request was answered by ${status}: ${body}`);
        const answeredAt = performance.now();
        latenciesMs.push(answeredAt - askedAt);
        askedAt = answeredAt;
      }
    }),
  );
  return { perSecond: (latenciesMs.length / (performance.now() - start)) * 1000, latenciesMs };
}

/** The value that `share` (0 to 1) of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) throw new RangeError("there is no percentile of nothing");
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}
