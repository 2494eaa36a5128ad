import { randomBytes } from "node:crypto";
import { pino } from "pino";
import t from "tap";
import { createFixedBusinessClock } from "../../src/clock.ts";
import { insertEvents } from "../../src/events/insert-events.ts";
import { startDispatcher } from "../../src/webhooks/dispatcher.ts";
import { createSecretBox } from "../../src/webhooks/secret-box.ts";
import { until } from "../webhooks/open-dispatcher.ts";
import { createOpener, isSignedWith, openEndpoint } from "../webhooks/open-endpoint.ts";
import { type AnyDocument, BELGIF, type Caller, OWN, openDoor, ROOT } from "./open-door.ts";

interface WebhookDocument extends AnyDocument {
  readonly self: string;
  readonly secret?: string;
  readonly url?: string;
  readonly position?: number;
  readonly failures?: number;
  readonly disabledReason?: string;
}

const webhookSecrets = createSecretBox(randomBytes(32));
const door = await openDoor(t, { webhookSecrets });
const PATH = `${ROOT}/webhookSubscriptions`;
const URL_OF_ALPHA = "https://hooks.alpha.example/infoss";

async function send(caller: Caller, method: string, path: string, body?: object) {
  const answer = await caller(path, {
    method,
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  return { ...answer, json: answer.json as WebhookDocument };
}

const tell = () =>
  door.database
    .asInsurer(door.alphaId)
    .run((tx) =>
      insertEvents(tx, [{ insurerId: door.alphaId, kind: "contractRechecked", details: { findingCodes: [] } }]),
    );

t.test("subscribe, be told, read what it says, rotate, replay, pause and end, over the door", async (t) => {
  const endpoint = await openEndpoint(t);
  const made = await send(door.alpha, "POST", PATH, { url: endpoint.url, eventKinds: ["contractRechecked"] });
  t.equal(made.status, 201);
  t.equal(made.headers.location, made.json.self);
  t.match(made.json, { state: "active", position: 0, failures: 0, secret: /^whsec_.{44}$/ });
  const { self, secret = "" } = made.json;
  for (const path of [PATH, self]) t.notMatch((await door.alpha(path)).text, "whsec_", "shown once");

  const dispatcher = startDispatcher({
    database: door.database,
    clock: createFixedBusinessClock("2026-11-22"),
    log: pino({ level: "silent" }),
    raiseAlarm: async () => {},
    box: webhookSecrets,
    openEndpoint: createOpener(),
    api: `https://localhost${ROOT}`,
    retentionMs: 86_400_000,
    pollIntervalMs: 20,
  });
  t.teardown(() => dispatcher.stop(0));
  await tell();
  const [pushed] = await endpoint.untilReceived(1);
  t.ok(isSignedWith(secret, pushed!));
  const { dataref } = JSON.parse(pushed!.body);
  const read = await door.alpha(new URL(dataref).pathname);
  t.match(read.json, { eventId: pushed!.id, kind: "contractRechecked", position: 1 });
  t.equal((await door.beta(new URL(dataref).pathname)).status, 404);

  const rotated = await send(door.alpha, "POST", `${self}/rotateSecret`, { overlapHours: 1 });
  t.equal(rotated.status, 200);
  t.equal((await send(door.alpha, "POST", `${self}/replay`, { fromPosition: 1, toPosition: 1 })).status, 202);
  const again = (await endpoint.untilReceived(2))[1]!;
  t.equal(again.id, pushed!.id);
  t.ok(isSignedWith(secret, again) && isSignedWith(rotated.json.secret!, again));
  t.equal((await send(door.alpha, "POST", `${self}/ping`)).status, 202);
  t.equal((await endpoint.untilReceived(3))[2]!.type, "be.nihdi.infoss.ping");
  const log = await until(
    async () => (await door.alpha(`${self}/deliveries?pageSize=2&outcome=delivered`)).json,
    ({ items }) => JSON.stringify(items).includes('"ping"'),
  );
  t.match(log.items, [{ cause: "ping", status: 204 }, { cause: "replay" }]);
  t.match((await door.alpha(log.next!)).json.items, [{ cause: "event", href: `${ROOT}/events/${pushed!.id}` }]);

  const paused = await send(door.alpha, "PUT", self, { url: endpoint.url, state: "paused" });
  t.match(paused.json, { state: "paused", eventKinds: undefined });
  t.equal((await send(door.alpha, "DELETE", self)).status, 204);
  t.equal((await door.alpha(self)).status, 404);
  await dispatcher.stop(5_000);
});

t.test("what cannot be an endpoint is refused with the reason", async (t) => {
  for (const [url, reason] of [
    ["http://hooks.alpha.example/", /https/],
    ["https://127.0.0.1/", /IP address/],
    ["https://hooks.alpha.example:22/", /port/],
  ] as const) {
    const { status, json } = await send(door.alpha, "POST", PATH, { url });
    t.equal(status, 400);
    t.match(json, { type: `${BELGIF}badRequest`, issues: [{ in: "body", name: "url", detail: reason }] });
  }
  for (const body of [
    {},
    { url: URL_OF_ALPHA, eventKinds: [] },
    { url: URL_OF_ALPHA, eventKinds: ["somethingElse"] },
    { url: URL_OF_ALPHA, secret: "whsec_AAAA" },
    { url: URL_OF_ALPHA, after: 1_000_000 },
    { url: `${URL_OF_ALPHA}\0` },
  ]) {
    t.equal((await send(door.alpha, "POST", PATH, body)).status, 400, JSON.stringify(body));
  }
});

t.test("an insurer has five, and ranges are those of its feed", async (t) => {
  const made = [];
  for (let count = 0; count < 5; count += 1) made.push(await send(door.beta, "POST", PATH, { url: URL_OF_ALPHA }));
  t.same(
    made.map(({ status }) => status),
    [201, 201, 201, 201, 201],
  );
  const sixth = await send(door.beta, "POST", PATH, { url: URL_OF_ALPHA });
  t.match([sixth.status, sixth.json.type], [409, `${OWN}conflict`]);
  const { self } = made[0]!.json;
  const replay = async (fromPosition: number, toPosition: number) =>
    (await send(door.beta, "POST", `${self}/replay`, { fromPosition, toPosition })).status;
  t.equal(await replay(1, 1), 400, "Beta has no event");
  t.equal(await replay(2, 1), 400);
  await door.owner`update webhook_subscription set state = 'disabled', disabled_reason = 'failing', failures = 14
    where insurer_id <> ${door.alphaId}`;
  t.match((await door.beta(self)).json, { state: "disabled", disabledReason: "failing", failures: 14 });
  t.equal(await replay(1, 1), 409);
  const again = await send(door.beta, "PUT", self, { url: URL_OF_ALPHA, state: "active" });
  t.match([again.status, again.json.state, again.json.failures], [200, "active", 0]);
});
