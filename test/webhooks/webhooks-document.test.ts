import { readFileSync } from "node:fs";
import t from "tap";
import { EVENT_KINDS } from "../../src/events/event.ts";
import { RETRY_LADDER_MS } from "../../src/webhooks/retry-ladder.ts";
import { renderCloudEvent, signMessage } from "../../src/webhooks/webhook-message.ts";

const document = readFileSync(new URL("../../docs/exchange/webhooks.md", import.meta.url), "utf8");
const [, pasted = ""] = /^```http\n(.*?)\n```$/ms.exec(document) ?? [];
const [head = "", body = ""] = pasted.split("\n\n");
const headers = Object.fromEntries(
  head
    .split("\n")
    .slice(1)
    .map((line) => line.split(": ") as [string, string]),
);
const [secret = ""] = /whsec_[A-Za-z0-9+/=]+/.exec(document) ?? [];
const [, code = ""] = /^```js\n(.*?)^```$/ms.exec(document) ?? [];
const { isGenuine } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
  isGenuine: (secrets: string[], headers: Record<string, string>, body: string, now?: number) => boolean;
};
const now = Number(headers["webhook-timestamp"]) * 1000;

t.test("the example is what the gateway sends", async (t) => {
  const { id, time, type, sequence, source } = JSON.parse(body);
  const kind = EVENT_KINDS.find((one) => type.endsWith(`.${one}`))!;
  const event = { eventId: id, position: Number(sequence), kind, occurredAt: new Date(time) };
  const message = signMessage(renderCloudEvent(event, source), [secret], new Date(now));
  t.equal(message.body, body);
  const { Host, ...sent } = headers;
  t.same(message.headers, sent);
});

t.test("the code of the document takes what is genuine and nothing else", async (t) => {
  const other = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
  t.ok(isGenuine([secret], headers, body, now));
  t.ok(isGenuine([other, secret], headers, body, now + 299_000));
  t.notOk(isGenuine([other], headers, body, now), "another secret");
  t.notOk(isGenuine([secret], headers, `${body} `, now), "another body");
  t.notOk(isGenuine([secret], { ...headers, "webhook-id": "another" }, body, now), "another id");
  t.notOk(isGenuine([secret], headers, body, now + 302_000), "too old");
  t.notOk(isGenuine([secret], headers, body, now - 302_000), "from the future");
  const { "webhook-timestamp": _time, ...timeless } = headers;
  t.notOk(isGenuine([secret], timeless, body, now), "without a time");
  const two = signMessage(JSON.parse(body), [other, secret], new Date(now));
  t.ok(isGenuine([secret], two.headers, two.body, now), "one of two signatures");
});

t.test("the times between attempts are those of the code", async (t) => {
  const minutes = [2, 7.5, 20, 30].map((count) => count * 60_000);
  const hours = [1, 2, 4, 4, 4, 4, 4].map((count) => count * 3_600_000);
  t.same(RETRY_LADDER_MS, [5_000, 25_000, ...minutes, ...hours]);
  t.match(document, "5 s, 25 s, 2, 7.5, 20 and 30 minutes, 1, 2 and five\n  times 4 hours");
});
