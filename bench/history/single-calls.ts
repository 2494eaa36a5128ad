import { randomUUID } from "node:crypto";
import { withClient } from "../bench-database.ts";
import { composeRequest } from "../read/http-connection.ts";
import { CONTRACTS, type HistoryDoor } from "./history-door.ts";
import { driveOpenLoop } from "./open-loop.ts";

export const CALLS_PER_SECOND = 100;
const INTERVAL_MS = 1000 / CALLS_PER_SECOND;
const WARM_UP_CALLS = 3 * CALLS_PER_SECOND;
const MEASURED_CALLS = 10 * CALLS_PER_SECOND;

/** Times of `PUT` in milliseconds, each of another contract, at a rate that does not wait for answers. */
export async function measureSingleCalls({ connections, authorization }: HistoryDoor, url: string): Promise<number[]> {
  const contracts = await withClient(
    url,
    (sql) => sql<{ contractId: string; contractKind: string; version: number; solidarity: boolean }[]>`
      select contract_id as "contractId", contract_kind as "contractKind", version, solidarity from contract_version
      where superseded_at is null and valid_before is null and end_on is null
      order by hashtextextended(contract_id::text, 2) limit ${WARM_UP_CALLS + MEASURED_CALLS}`,
  );
  const requests = contracts.map(({ contractId, version, contractKind, solidarity }) => {
    const body = JSON.stringify({ effectiveOn: "2026-11-16", contractKind, solidarity: !solidarity });
    const headers = {
      ...authorization,
      "Content-Type": "application/json",
      "Content-Length": String(body.length),
      "Idempotency-Key": randomUUID(),
      "If-Match": `"${version}"`,
    };
    return composeRequest("PUT", `${CONTRACTS}/${contractId}`, headers, body);
  });
  await driveOpenLoop(connections, requests.slice(0, WARM_UP_CALLS), INTERVAL_MS);
  return await driveOpenLoop(connections, requests.slice(WARM_UP_CALLS), INTERVAL_MS);
}
