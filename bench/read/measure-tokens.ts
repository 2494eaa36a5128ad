import { createPrivateKey } from "node:crypto";
import { createAssertion } from "../../src/client/token-client.ts";
import { drive, type Round } from "./drive.ts";
import { composeForm, type HttpConnection } from "./http-connection.ts";

const DURATION_MS = 3_000;
/** More than any machine answers in the time. */
const ASSERTIONS = 6_000;

/** Token requests, each with an assertion of its own that was signed before. */
export async function measureTokens(
  connections: readonly HttpConnection[],
  issuer: string,
  assertionKey: Buffer,
): Promise<Round> {
  const key = createPrivateKey(assertionKey);
  const requests: Buffer[] = [];
  for (let made = 0; made < ASSERTIONS; made += 1) {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await createAssertion({ issuer, clientId: "client-alpha", key }),
    });
    requests.push(composeForm("/auth/token", form));
  }
  return await drive(connections, () => requests.pop(), DURATION_MS);
}
