import { createTokenSource } from "../../src/client/token-client.ts";
import { readClientIdentity, startGateway } from "../gateway.ts";
import type { LoadStage } from "../measure-load.ts";
import { type HttpConnection, openConnection } from "../read/http-connection.ts";

export const CONTRACTS = "/REST/digitalContracts/v1/contracts";

/** One client may ask as much as it can here: what is measured is the route, not the limit. */
const UNLIMITED = { RATE_LIMIT_PER_CLIENT: "0", RATE_LIMIT_PER_ADDRESS: "0", MAXIMUM_EVENT_LOOP_DELAY_MS: "0" };

export interface HistoryDoor {
  readonly connections: readonly HttpConnection[];
  /** Headers that every call carries. */
  readonly authorization: Readonly<Record<string, string>>;
}

/** A gateway process on the database at `url`, and kept connections of an insurer's client to it. */
export async function withDoor<Result>(
  { dataDirectory }: LoadStage,
  url: string,
  count: number,
  use: (door: HistoryDoor) => Promise<Result>,
): Promise<Result> {
  const gateway = await startGateway(url, dataDirectory, UNLIMITED);
  const connections: HttpConnection[] = [];
  try {
    const { assertionKey, ...tls } = await readClientIdentity(dataDirectory);
    const issuer = `${gateway.url}/auth`;
    const token = await createTokenSource({ issuer, clientId: "client-alpha", key: assertionKey, tls })();
    const port = Number(new URL(gateway.url).port);
    for (let opened = 0; opened < count; opened += 1) {
      connections.push(await openConnection({ ...tls, host: "localhost", port }));
    }
    return await use({ connections, authorization: { Authorization: `Bearer ${token}` } });
  } finally {
    for (const connection of connections) connection.close();
    await gateway.stop();
  }
}
