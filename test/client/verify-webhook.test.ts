import { readFileSync } from "node:fs";
import t from "tap";
import { verifyWebhook, WebhookInvalid } from "../../src/client/verify-webhook.ts";
import { orderPing } from "../../src/webhooks/orders.ts";
import { rotateSecret } from "../../src/webhooks/subscriptions.ts";
import { API, openHooks } from "../webhooks/open-dispatcher.ts";
import { openEndpoint, type Received } from "../webhooks/open-endpoint.ts";

const OTHER = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const refused = (message: RegExp) => ({ name: "WebhookInvalid", message });

t.test("what the gateway delivers is genuine by one of the secrets, and typed", async (t) => {
  const hooks = await openHooks(t);
  const insurer = await hooks.admit();
  const endpoint = await openEndpoint(t);
  const { secret: first, subscriptionId } = await insurer.subscribe({ url: endpoint.url });
  const dispatcher = hooks.start();
  const next = async (cause: () => Promise<unknown>): Promise<Received> => {
    const count = endpoint.received.length + 1;
    await cause();
    return (await endpoint.untilReceived(count))[count - 1]!;
  };

  const { body, headers, id } = await next(() => insurer.tell("A"));
  const event = verifyWebhook(body, headers, { secrets: [first] });
  t.match(event, { specversion: "1.0", id, source: API, sequence: "1", dataref: `${API}/events/${id}` });
  if (event.type === "be.nihdi.infoss.ping") return t.fail("a ping was not asked for");
  // The compiler lets nothing else pass: a kind that does not exist is an error here.
  t.equal(event.type satisfies `be.nihdi.infoss.${string}`, "be.nihdi.infoss.submissionProcessed");
  t.equal(event.sequence, "1", "an event has its position");
  t.same(verifyWebhook(Buffer.from(body), headers, { secrets: [first] }), event, "bytes are as good as text");
  const asFetch = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  t.same(verifyWebhook(body, asFetch, { secrets: [OTHER, first] }), event, "headers of fetch too");

  t.throws(() => verifyWebhook(body, headers, { secrets: [OTHER] }), refused(/none of the secrets/));
  t.throws(() => verifyWebhook(body, headers, { secrets: [] }), refused(/none of the secrets/));
  t.throws(() => verifyWebhook(`${body} `, headers, { secrets: [first] }), refused(/none of the secrets/));
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    const { [name]: value, ...others } = headers;
    t.throws(() => verifyWebhook(body, others, { secrets: [first] }), refused(/a header .* missing/), name);
    const twice = { ...others, [name]: [String(value), String(value)] };
    t.throws(() => verifyWebhook(body, twice, { secrets: [first] }), refused(/a header .* missing/), `${name} twice`);
    const changed = { ...others, [name]: `${value}0` };
    t.throws(() => verifyWebhook(body, changed, { secrets: [first] }), WebhookInvalid, `another ${name}`);
  }

  const rotated = await rotateSecret(insurer.tenant, hooks.box, { subscriptionId, overlapHours: 24 }, async () => {});
  const during = await next(() => insurer.tell("B"));
  for (const secret of [first, rotated!.secret]) {
    t.match(verifyWebhook(during.body, during.headers, { secrets: [secret] }), { sequence: "2" });
  }

  const ping = await next(() => orderPing(insurer.tenant, subscriptionId, async () => {}));
  t.match(verifyWebhook(ping.body, ping.headers, { secrets: [rotated!.secret] }), {
    type: "be.nihdi.infoss.ping",
    sequence: undefined,
  });
  await dispatcher.stop(5_000);
});

t.test("a message has its time: what is older or comes too early is refused, at the second", async (t) => {
  const document = readFileSync(new URL("../../docs/exchange/webhooks.md", import.meta.url), "utf8");
  const [, head = "", body = ""] = /^```http\n(.*?)\n\n(.*?)\n```$/ms.exec(document) ?? [];
  const lines = head.split("\n").slice(1);
  const headers = Object.fromEntries(lines.map((line) => line.split(": ") as [string, string]));
  const secrets = [/whsec_[A-Za-z0-9+/=]+/.exec(document)![0]];
  const sentAt = Number(headers["webhook-timestamp"]) * 1000;
  const verifyAt = (now: number, toleranceSeconds?: number) => () =>
    verifyWebhook(body, headers, { secrets, now, ...(toleranceSeconds !== undefined && { toleranceSeconds }) });
  t.match(verifyAt(sentAt)(), { sequence: "42" });
  for (const side of [-1, 1]) {
    t.doesNotThrow(verifyAt(sentAt + side * 300_000));
    t.throws(verifyAt(sentAt + side * 301_000), refused(/too long ago, or lies ahead/));
    t.doesNotThrow(verifyAt(sentAt + side * 3_600_000, 3_600));
    t.throws(verifyAt(sentAt + side * 11_000, 10), refused(/too long ago, or lies ahead/));
  }
  t.throws(verifyAt(Number.NaN), refused(/too long ago/), "a clock that says nothing");
  t.throws(verifyAt(sentAt, Number.NaN), refused(/too long ago/), "a tolerance that says nothing");
  t.throws(
    () => verifyWebhook(body, { ...headers, "webhook-timestamp": "now" }, { secrets, now: sentAt }),
    refused(/no time/),
  );
});

t.test("what is signed by the secret and no event of the gateway is refused", async (t) => {
  const { Webhook } = await import("standardwebhooks");
  const verify = (body: string) => {
    const now = new Date();
    const timestamp = String(Math.floor(now.getTime() / 1000));
    const signature = new Webhook(OTHER).sign("1", now, body);
    const headers = { "Webhook-Id": "1", "Webhook-Timestamp": timestamp, "Webhook-Signature": signature };
    return () => verifyWebhook(body, headers, { secrets: [OTHER] });
  };
  t.throws(verify("no JSON"), refused(/no JSON/));
  for (const body of ["null", "1", '{"specversion":"1.0","id":"1","type":"other.event"}']) {
    t.throws(verify(body), refused(/no CloudEvent of the gateway/), body);
  }
  t.throws(verify('{"specversion":"1.0","id":"2","type":"be.nihdi.infoss.ping"}'), refused(/no CloudEvent/));
  t.match(verify('{"specversion":"1.0","id":"1","type":"be.nihdi.infoss.ping"}')(), { id: "1" });
});
