/** Delivers until it is killed: a process of its own for killed.test.ts. */
import { once } from "node:events";
import { pino } from "pino";
import { createFixedBusinessClock } from "../../src/clock.ts";
import { createDatabase } from "../../src/database/connection.ts";
import { startDispatcher } from "../../src/webhooks/dispatcher.ts";
import { createSecretBox } from "../../src/webhooks/secret-box.ts";
import { createEndpointOpener } from "../../src/webhooks/send-webhook.ts";

export interface DispatchOrder {
  readonly url: string;
  readonly masterKey: string;
  readonly ca: string;
  readonly host: string;
  readonly api: string;
  readonly today: string;
  readonly leaseMs: number;
}

const [order] = (await once(process, "message")) as [DispatchOrder];
startDispatcher({
  database: createDatabase(order.url),
  clock: createFixedBusinessClock(order.today),
  log: pino({ level: "error" }),
  raiseAlarm: async () => {},
  box: createSecretBox(Buffer.from(order.masterKey, "hex")),
  openEndpoint: createEndpointOpener({
    ca: [order.ca],
    exemptHosts: [order.host],
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
  }),
  api: order.api,
  retentionMs: 86_400_000,
  pollIntervalMs: 20,
  leaseMs: order.leaseMs,
});
