import { setTimeout as sleep } from "node:timers/promises";
import { BenchError } from "../bench-error.ts";
import type { HttpConnection } from "../read/http-connection.ts";

const EXPECTED_STATUS = 200;

/**
 * Sends a request every `intervalMs`, whether or not the ones before were answered, over whichever connection is free.
 * Answers the time of each in milliseconds, from the instant at which it was due: waiting for a connection counts.
 */
export async function driveOpenLoop(
  connections: readonly HttpConnection[],
  requests: readonly Buffer[],
  intervalMs: number,
): Promise<number[]> {
  const free = [...connections];
  const waiting: ((connection: HttpConnection) => void)[] = [];
  const giveBack = (connection: HttpConnection) => {
    const next = waiting.shift();
    if (next) next(connection);
    else free.push(connection);
  };
  const take = async () => free.pop() ?? (await new Promise<HttpConnection>((resolve) => waiting.push(resolve)));
  const send = async (request: Buffer, dueAt: number): Promise<number> => {
    const connection = await take();
    const { status, body } = await connection.ask(request);
    const latencyMs = performance.now() - dueAt;
    giveBack(connection);
    if (status !== EXPECTED_STATUS) throw new BenchError(`A request was answered by ${status}: ${body}`);
    return latencyMs;
  };
  const start = performance.now();
  const sent: Promise<number>[] = [];
  for (const [index, request] of requests.entries()) {
    const dueAt = start + index * intervalMs;
    const early = dueAt - performance.now();
    if (early > 0) await sleep(early);
    const answered = send(request, dueAt);
    answered.catch(() => {}); // Thrown below.
    sent.push(answered);
  }
  return await Promise.all(sent);
}
