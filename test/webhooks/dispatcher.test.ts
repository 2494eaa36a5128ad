import t from "tap";
import { listEvents } from "../../src/events/feed.ts";
import { removeEvents } from "../../src/events/remove-events.ts";
import { listNotices } from "../../src/operator/notices.ts";
import { orderPing, orderReplay } from "../../src/webhooks/orders.ts";
import { changeSubscription, rotateSecret } from "../../src/webhooks/subscriptions.ts";
import { API, openHooks, until } from "./open-dispatcher.ts";
import { isSignedWith, openEndpoint } from "./open-endpoint.ts";

const hooks = await openHooks(t);
const nothing = async () => {};
const idsOf = (received: readonly { readonly id: string }[]) => received.map(({ id }) => id);
const feedOf = async ({ tenant }: Awaited<ReturnType<typeof hooks.admit>>) =>
  await listEvents(tenant, { after: 0, limit: 1000 });

t.test("events come signed, thin, in the order of the feed, and only those that are asked for", async (t) => {
  const insurer = await hooks.admit();
  const endpoint = await openEndpoint(t);
  const few = await openEndpoint(t);
  const { secret, look, log } = await insurer.subscribe({ url: endpoint.url });
  const rechecks = await insurer.subscribe({ url: few.url, eventKinds: ["contractRechecked"] });
  await insurer.tell("A", "B");
  await insurer.tellAs("contractRechecked", "C");
  const dispatcher = hooks.start();
  await insurer.tell("D");
  const received = await endpoint.untilReceived(4);
  const feed = await feedOf(insurer);
  t.same(
    received.map(({ body }) => JSON.parse(body)),
    feed.map(({ eventId, position, kind, occurredAt }) => ({
      specversion: "1.0",
      id: eventId,
      source: API,
      type: `be.nihdi.infoss.${kind}`,
      subject: `events/${eventId}`,
      time: occurredAt.toISOString(),
      sequence: String(position),
      dataref: `${API}/events/${eventId}`,
    })),
  );
  for (const one of received) {
    t.ok(isSignedWith(secret, one));
    t.notOk(isSignedWith(rechecks.secret, one), "another's secret does not verify it");
    t.notOk(isSignedWith(secret, { ...one, body: one.body.replace("1.0", "1.1") }), "nor a body that was changed");
    t.equal(one.headers["webhook-id"], one.id);
  }
  await until(look, ({ position }) => position === 4);
  t.match(
    await log(),
    feed.map(({ eventId }) => ({ cause: "event", eventId, attempt: 1, outcome: "delivered", status: 204 })),
  );
  await until(rechecks.look, ({ position }) => position === 4);
  t.same(idsOf(few.received), [feed[2]!.eventId]);
  await dispatcher.stop(5_000);
});

t.test(
  "what is refused for a day is tried again in its place, then the subscription is disabled and all are told",
  async (t) => {
    const insurer = await hooks.admit();
    const endpoint = await openEndpoint(t, (response) => response.writeHead(500).end());
    const subscription = await insurer.subscribe({ url: endpoint.url });
    await insurer.tell("A", "B");
    const dispatcher = hooks.start({ retryLadderMs: [5, 5, 5] });
    const disabled = await until(subscription.look, ({ state }) => state === "disabled");
    const [first, second] = await feedOf(insurer);
    t.match(disabled, { disabledReason: "failing", failures: 4, position: 0, lastFault: "errorStatus" });
    t.same(
      (await subscription.log()).map(({ attempt, status, eventId }) => [attempt, status, eventId]),
      [1, 2, 3, 4].map((attempt) => [attempt, 500, first!.eventId]),
      "the event behind it waited",
    );
    const [notice] = await listNotices(insurer.tenant, { limit: 1 });
    const details = { clientId: insurer.clientId, subject: subscription.subscriptionId, reason: "failing" };
    t.match(notice, { kind: "webhookDisabled", details });
    t.match((await feedOf(insurer)).at(-1), { kind: "webhookDisabled", details });
    const { insurerId } = insurer;
    t.match(
      hooks.alarms.filter((alarm) => alarm.insurerId === insurerId),
      [{ code: "webhookDisabled", details: { subscriptionId: subscription.subscriptionId, reason: "failing" } }],
    );

    endpoint.answerWith((response) => response.writeHead(200).end());
    const { clientId } = insurer;
    await changeSubscription(
      insurer.tenant,
      subscription.subscriptionId,
      { url: endpoint.url, clientId, state: "active" },
      nothing,
    );
    const received = await endpoint.untilReceived(7);
    t.same(idsOf(received.slice(4)), idsOf((await feedOf(insurer)).map(({ eventId }) => ({ id: eventId }))));
    t.equal(received[4]!.id, first!.eventId);
    t.equal(received[5]!.id, second!.eventId);
    await dispatcher.stop(5_000);
  },
);

t.test("an endpoint that is gone, and a client that lost its grant, end it at once", async (t) => {
  const insurer = await hooks.admit();
  const endpoint = await openEndpoint(t, (response) => response.writeHead(410).end());
  const gone = await insurer.subscribe({ url: endpoint.url });
  await insurer.tell("A");
  const dispatcher = hooks.start();
  t.match(await until(gone.look, ({ state }) => state === "disabled"), { disabledReason: "gone", failures: 1 });
  const silent = await openEndpoint(t);
  await hooks.owner`update client_grant set valid_to = '2026-11-21' where client_id = ${insurer.clientId}`;
  const orphan = await insurer.subscribe({ url: silent.url });
  await insurer.tell("B");
  await orderPing(insurer.tenant, orphan.subscriptionId, nothing);
  t.match(await until(orphan.look, ({ state }) => state === "disabled"), { disabledReason: "clientNotGranted" });
  t.equal(silent.connections(), 0);
  await dispatcher.stop(5_000);
});

t.test("one slow endpoint delays nobody", async (t) => {
  const [slow, other] = [await hooks.admit(), await hooks.admit()];
  const hanging = await openEndpoint(t, () => {});
  const quick = await openEndpoint(t);
  const stuck = await slow.subscribe({ url: hanging.url });
  await other.subscribe({ url: quick.url });
  // Room for two, of which one will hang as long as it may.
  const dispatcher = hooks.start({ concurrency: 2 });
  await slow.tell("A");
  await hanging.untilReceived(1);
  for (const reference of ["B", "C", "D"]) {
    const count = quick.received.length + 1;
    await other.tell(reference);
    await quick.untilReceived(count);
  }
  t.match(await stuck.look(), { position: 0, failures: 0 }, "it still hangs");
  await dispatcher.stop(0);
  t.match(await stuck.look(), { position: 0, failures: 0 }, "what is broken off by a stop is no failure");
});

t.test("several processes share the work, and nothing is sent twice", async (t) => {
  const insurers = await Promise.all(Array.from({ length: 6 }, hooks.admit));
  const endpoint = await openEndpoint(t);
  for (const { subscribe } of insurers) await subscribe({ url: endpoint.url });
  const dispatchers = [hooks.start(), hooks.start(), hooks.start()];
  const references = Array.from({ length: 8 }, (_, index) => `R${index}`);
  await Promise.all(
    insurers.map(async ({ tell }) => {
      for (const reference of references) await tell(reference);
    }),
  );
  await endpoint.untilReceived(48);
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop(5_000)));
  const ids = idsOf(endpoint.received);
  t.equal(ids.length, 48);
  for (const insurer of insurers) {
    const feed = (await feedOf(insurer)).map(({ eventId }) => eventId);
    t.same(
      ids.filter((id) => feed.includes(id)),
      feed,
      "each once, in the order of its feed",
    );
  }
});

t.test("with a new secret two signatures come, for a time; a third secret never signs", async (t) => {
  const insurer = await hooks.admit();
  const endpoint = await openEndpoint(t);
  const { subscriptionId, secret: first } = await insurer.subscribe({ url: endpoint.url });
  const rotate = async (overlapHours: number) =>
    (await rotateSecret(insurer.tenant, hooks.box, { subscriptionId, overlapHours }, nothing))!.secret;
  const dispatcher = hooks.start();
  const next = async (reference: string) => {
    const count = endpoint.received.length + 1;
    await insurer.tell(reference);
    return (await endpoint.untilReceived(count))[count - 1]!;
  };
  const second = await rotate(24);
  const during = await next("A");
  t.equal(String(during.headers["webhook-signature"]).split(" ").length, 2);
  t.ok(isSignedWith(first, during));
  t.ok(isSignedWith(second, during));
  const third = await rotate(24);
  const again = await next("B");
  t.same(
    [first, second, third].map((secret) => isSignedWith(secret, again)),
    [false, true, true],
  );
  const fourth = await rotate(0);
  const after = await next("C");
  t.same(
    [second, third, fourth].map((secret) => isSignedWith(secret, after)),
    [false, false, true],
  );
  const dump = JSON.stringify(await hooks.owner`select * from webhook_secret, webhook_subscription`);
  for (const secret of [first, second, third, fourth]) t.notMatch(dump, secret.slice("whsec_".length));
  await dispatcher.stop(5_000);
});

t.test(
  "an endpoint that checks with the wrong secret refuses, and gets nothing but the same message again",
  async (t) => {
    const insurer = await hooks.admit();
    const wrong = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const endpoint = await openEndpoint(t, (response, received) =>
      response.writeHead(isSignedWith(wrong, received) ? 204 : 401).end(),
    );
    const { look, log } = await insurer.subscribe({ url: endpoint.url });
    await insurer.tell("A", "B");
    const dispatcher = hooks.start();
    const received = await endpoint.untilReceived(4);
    t.equal(new Set(idsOf(received)).size, 1);
    await dispatcher.stop(5_000);
    t.match(await look(), { position: 0, lastFault: "errorStatus", state: "active" });
    t.match(await log(), [{ status: 401, fault: "errorStatus" }]);
  },
);

t.test("a range is delivered again with the same ids, behind what is new", async (t) => {
  const insurer = await hooks.admit();
  const endpoint = await openEndpoint(t);
  const { subscriptionId, log } = await insurer.subscribe({ url: endpoint.url });
  await insurer.tell("A", "B", "C", "D");
  const first = hooks.start();
  await endpoint.untilReceived(4);
  await first.stop(5_000);
  const replay = (fromPosition: number, toPosition: number) =>
    orderReplay(insurer.tenant, subscriptionId, { fromPosition, toPosition }, nothing);
  t.equal(await replay(2, 3), undefined);
  t.equal(await replay(5, 9), "ahead");
  await insurer.tell("E");
  const second = hooks.start();
  const received = idsOf(await endpoint.untilReceived(7));
  const feed = (await feedOf(insurer)).map(({ eventId }) => eventId);
  t.same(received.slice(4), [feed[4], feed[1], feed[2]]);
  await until(log, (entries) => entries.filter(({ cause }) => cause === "replay").length === 2);
  await second.stop(5_000);
  t.equal(endpoint.received.length, 7, "once");
});

t.test("a ping comes whatever the state, once, and is in the log", async (t) => {
  const insurer = await hooks.admit();
  const endpoint = await openEndpoint(t, (response) => response.writeHead(500).end());
  const { subscriptionId, secret, log } = await insurer.subscribe({ url: endpoint.url });
  const { tenant, clientId } = insurer;
  await changeSubscription(tenant, subscriptionId, { url: endpoint.url, clientId, state: "paused" }, nothing);
  await insurer.tell("A");
  await orderPing(tenant, subscriptionId, nothing);
  await orderPing(tenant, subscriptionId, nothing);
  const dispatcher = hooks.start();
  const [ping] = await endpoint.untilReceived(1);
  t.equal(ping!.type, "be.nihdi.infoss.ping");
  t.ok(isSignedWith(secret, ping!));
  t.match(await until(log, ({ length }) => length === 1), [{ cause: "ping", outcome: "failed", status: 500 }]);
  await dispatcher.stop(5_000);
  t.equal(endpoint.received.length, 1, "two that were asked for at once are one, and the event waits");
});

t.test("what had its time while nothing could be delivered is told to be missing", async (t) => {
  const insurer = await hooks.admit();
  const endpoint = await openEndpoint(t);
  const { subscriptionId, look } = await insurer.subscribe({ url: endpoint.url });
  await insurer.tell("A", "B");
  const { tenant, clientId } = insurer;
  await changeSubscription(tenant, subscriptionId, { url: endpoint.url, clientId, state: "paused" }, nothing);
  await removeEvents({ database: hooks.database, retentionMs: 0 }, new Date(Date.now() + 1_000));
  await insurer.tell("C");
  await changeSubscription(tenant, subscriptionId, { url: endpoint.url, clientId, state: "active" }, nothing);
  const dispatcher = hooks.start();
  await endpoint.untilReceived(1);
  t.match(await until(look, ({ position }) => position === 3), { missedPosition: 2 });
  await dispatcher.stop(5_000);
});

t.test("nothing is delivered for an insurer that is suspended, and nothing went wrong unseen", async (t) => {
  const insurer = await hooks.admit();
  const other = await hooks.admit();
  const endpoint = await openEndpoint(t);
  const { look } = await insurer.subscribe({ url: endpoint.url });
  const control = await openEndpoint(t);
  await other.subscribe({ url: control.url });
  await hooks.owner`update insurer set phase = 'suspended' where insurer_id = ${insurer.insurerId}`;
  await insurer.tell("A");
  const dispatcher = hooks.start();
  await other.tell("B");
  await control.untilReceived(1);
  await other.tell("C");
  await control.untilReceived(2);
  await dispatcher.stop(5_000);
  t.match(await look(), { position: 0, failures: 0, state: "active" });
  t.same(endpoint.received, []);
  t.same(hooks.faults, []);
});
