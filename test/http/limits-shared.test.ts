import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { createTestDatabase } from "../database.ts";
import { startTestApp } from "../start-app.ts";
import type { Settings } from "../test-settings.ts";
import { BELGIF, ROOT } from "./open-door.ts";

/** A gateway as it starts, and a way to call it with the development certificate of a client, or none. */
async function startGateway(t: Test, settings: Settings) {
  const app = await startTestApp(t, { ROLES: "serve", ...settings });
  const read = (name: string) => readFileSync(join(settings.DATA_DIRECTORY!, "certificates", name));
  return async (client?: string, path = "/submissions") => {
    const identity = client && { cert: read(`${client}.pem`), key: read(`${client}-key.pem`) };
    const outgoing = request(`${app.url}${ROOT}${path}`, {
      agent: new Agent({ ...identity, ca: read("ca.pem"), keepAlive: false }),
      headers: client ? { Authorization: "Bearer a.b.c" } : {},
    });
    outgoing.end();
    const [response] = await once(outgoing, "response");
    return { status: response.statusCode, headers: response.headers, json: JSON.parse(await text(response)) };
  };
}

t.test("gateways as they start share what failed: a ban at one is a ban at the other", async (t) => {
  const { url, owner } = await createTestDatabase(t);
  const folder = t.testdir();
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder };
  const [one, other] = [await startGateway(t, settings), await startGateway(t, settings)];
  t.match(await one("client-alpha"), { status: 401 });
  // As if it had failed more often than is allowed.
  await owner`update failed_authentication set failures = 14 where subject like 'client:%'`;
  t.match(await one("client-alpha"), { status: 401 }, "one more, and then");
  for (const gateway of [one, other]) {
    const refused = await gateway("client-alpha");
    t.match(refused, { status: 429, json: { type: `${BELGIF}tooManyFailedRequests` } });
    t.match(refused.headers["retry-after"], /^1\d$/);
  }
  t.match(await other("client-beta"), { status: 401 }, "for that client alone");
});

t.test("limits are what the settings say", async (t) => {
  const { url } = await createTestDatabase(t);
  const folder = t.testdir();
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder };
  const failing = await startGateway(t, { ...settings, FAILURES_PER_CLIENT: "1", RATE_LIMIT_PER_ADDRESS: "4" });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) statuses.push((await failing("client-alpha")).status);
  t.same(statuses, [401, 401, 429], "the second failure bans");
  const answers = [await failing(undefined, "/health"), await failing(undefined, "/health")];
  t.match(answers, [{ status: 200 }, { status: 200, headers: { "ratelimit-policy": '"address";q=4;w=60' } }]);
  t.match(await failing(undefined, "/health"), { status: 429, json: { type: `${BELGIF}tooManyRequests`, limit: 4 } });

  const banning = await startGateway(t, { ...settings, FAILURES_PER_CLIENT: "0", FAILURES_PER_ADDRESS: "4" });
  for (let attempt = 0; attempt < 3; attempt += 1) await banning("client-beta");
  const banned = await banning("client-provider");
  t.match(banned, { status: 429, json: { type: `${BELGIF}tooManyFailedRequests` } }, "a neighbour of the same address");

  const sensitive = await startGateway(t, { ...settings, MAXIMUM_EVENT_LOOP_DELAY_MS: "1" });
  const busy = setInterval(() => {
    const until = performance.now() + 40;
    while (performance.now() < until);
  }, 5);
  t.teardown(() => clearInterval(busy));
  await waitFor(async () => (await sensitive(undefined, "/refData/findings")).status === 503);
  t.match(await sensitive(undefined, "/refData/findings"), { json: { type: `${BELGIF}serviceUnavailable` } });
});

async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await isTrue()) return;
    await sleep(200);
  }
  throw new Error("it did not become true");
}
