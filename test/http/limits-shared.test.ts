import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { startApp } from "../../src/app.ts";
import { createFixedBusinessClock } from "../../src/clock.ts";
import { readConfig } from "../../src/config.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase } from "../database.ts";
import { BELGIF, ROOT } from "./open-door.ts";

t.test("gateways as they start share what failed: a ban at one is a ban at the other", async (t) => {
  const { url, owner } = await createTestDatabase(t);
  const folder = t.testdir();
  const config = readConfig({ PORT: "0", ROLES: "serve", DATABASE_URL: url, DATA_DIRECTORY: folder });
  const start = async () => {
    const app = await startApp(config, createLogger("silent"), createFixedBusinessClock("2026-11-22"));
    t.teardown(() => app.stop());
    return app.url!;
  };
  const [one, other] = [await start(), await start()];
  const read = (name: string) => readFileSync(join(folder, "certificates", name));
  const ask = async (gateway: string, client: string) => {
    const identity = { cert: read(`${client}.pem`), key: read(`${client}-key.pem`), ca: read("ca.pem") };
    const outgoing = request(`${gateway}${ROOT}/submissions`, {
      agent: new Agent({ ...identity, keepAlive: false }),
      headers: { Authorization: "Bearer a.b.c" },
    });
    outgoing.end();
    const [response] = await once(outgoing, "response");
    return { status: response.statusCode, headers: response.headers, json: JSON.parse(await text(response)) };
  };
  t.match(await ask(one, "client-alpha"), { status: 401 });
  // As if it had failed more often than is allowed.
  await owner`update failed_authentication set failures = 14 where subject like 'client:%'`;
  t.match(await ask(one, "client-alpha"), { status: 401 }, "one more, and then");
  for (const gateway of [one, other]) {
    const refused = await ask(gateway, "client-alpha");
    t.match(refused, { status: 429, json: { type: `${BELGIF}tooManyFailedRequests` } });
    t.match(refused.headers["retry-after"], /^1\d$/);
  }
  t.match(await ask(other, "client-beta"), { status: 401 }, "for that client alone");
});
