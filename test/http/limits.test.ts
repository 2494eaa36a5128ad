import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createAssertion } from "../../src/client/token-client.ts";
import type { IssuedCertificate } from "../../src/identity/issue-certificate.ts";
import { clientIdOf } from "./admit-with-client.ts";
import { ALPHA, BELGIF, contractFile, digestOf, isProblem, openDoor, ROOT, send } from "./open-door.ts";
import { readAnswer } from "./read-answer.ts";

const SUBMISSIONS = `${ROOT}/submissions`;
const HEALTH = `${ROOT}/health`;
const BAD_TOKEN = { headers: { Authorization: "Bearer a.b.c" } };

t.test("a client has so many requests a minute, whatever others do", async (t) => {
  const door = await openDoor(t, { limits: { requestsPerMinutePerClient: 3 } });
  for (const remaining of [2, 1, 0]) {
    const { status, headers } = await door.alpha(SUBMISSIONS);
    t.equal(status, 200);
    t.equal(headers["ratelimit-policy"], '"client";q=3;w=60');
    t.match(headers.ratelimit, new RegExp(`^"client";r=${remaining};t=(60|5\\d)$`));
  }
  const refused = await door.alpha(SUBMISSIONS);
  isProblem(t, refused, 429, `${BELGIF}tooManyRequests`);
  t.match(refused.headers.ratelimit, /^"client";r=0;t=\d+$/);
  t.match(refused.json, { limit: 3, retryAfterSec: Number(refused.headers["retry-after"]) });
  t.ok(Number(refused.headers["retry-after"]) > 0 && Number(refused.headers["retry-after"]) <= 60);
  isProblem(t, await send(door.alpha, contractFile()), 429, `${BELGIF}tooManyRequests`);
  t.equal((await door.beta(SUBMISSIONS)).status, 200, "another client behind the same address");
  t.equal((await door.nobody(HEALTH)).status, 200);
  const document = readFileSync(new URL("../../openapi/digital-contracts.json", import.meta.url), "utf8");
  t.notMatch(document, /"ratelimit/i, "sent, not declared");
});

t.test("what no client stands for counts against its address, and costs no client its own", async (t) => {
  const door = await openDoor(t, { limits: { requestsPerMinutePerAddress: 4 } });
  const { headers } = await door.nobody(HEALTH);
  t.equal(headers["ratelimit-policy"], '"address";q=4;w=60');
  t.match(headers.ratelimit, /^"address";r=3;t=\d+$/);
  t.equal((await door.nobody("/nowhere")).status, 404);
  t.equal((await door.nobody(SUBMISSIONS)).status, 401);
  t.equal((await door.alpha(SUBMISSIONS, BAD_TOKEN)).status, 401);
  isProblem(t, await door.nobody(HEALTH), 429, `${BELGIF}tooManyRequests`);
  isProblem(t, await door.nobody("/nowhere"), 429, `${BELGIF}tooManyRequests`);
  isProblem(t, await door.alpha(SUBMISSIONS, BAD_TOKEN), 429, `${BELGIF}tooManyRequests`);
  isProblem(t, await door.nobody("/auth/token", { method: "POST" }), 429, `${BELGIF}tooManyRequests`);
  t.equal((await door.alpha(SUBMISSIONS)).status, 200);
  const elsewhere = new Agent({ ...door.tls, localAddress: "127.0.0.2", keepAlive: false });
  t.equal((await door.nobody(HEALTH, { agent: elsewhere })).status, 200);
});

t.test("zero means no limit, and no header says there is one", async (t) => {
  const door = await openDoor(t, { limits: { requestsPerMinutePerAddress: 0, requestsPerMinutePerClient: 0 } });
  for (const answer of [await door.alpha(SUBMISSIONS), await door.nobody(HEALTH)]) {
    t.equal(answer.status, 200);
    t.notOk("ratelimit" in answer.headers || "ratelimit-policy" in answer.headers);
  }
});

t.test("failed proofs", async (t) => {
  const door = await openDoor(t, { failures: { failuresPerClient: 3, failuresPerAddress: 10 } });
  /** A connection from another address of this machine, with a certificate or without. */
  const from = (localAddress: string, certificate?: IssuedCertificate) => {
    const identity = certificate ? { cert: certificate.certificatePem, key: certificate.privateKeyPem } : {};
    return { agent: new Agent({ ...door.tls, ...identity, localAddress, keepAlive: false }) };
  };
  t.beforeEach(async () => {
    await door.owner`delete from failed_authentication`;
    // What was read is kept for a second.
    await sleep(1_050);
  });
  const countFailures = async () => {
    const [row] = await door.owner`select sum(failures)::float8 as failures from failed_authentication`;
    return Math.round(row?.failures ?? 0);
  };

  t.test("ban the client from this address for a time, with any token, and nobody else", async (t) => {
    for (let attempt = 0; attempt < 5; attempt += 1) await door.alpha(SUBMISSIONS, BAD_TOKEN);
    const refused = await door.alpha(SUBMISSIONS);
    isProblem(t, refused, 429, `${BELGIF}tooManyFailedRequests`);
    t.ok(Number(refused.headers["retry-after"]) >= 1);
    t.equal(refused.json.retryAfterSec, Number(refused.headers["retry-after"]));
    isProblem(t, await door.alpha(SUBMISSIONS, BAD_TOKEN), 429, `${BELGIF}tooManyFailedRequests`);
    t.equal((await door.beta(SUBMISSIONS)).status, 200, "another client behind the same address");
    const elsewhere = await door.alpha(SUBMISSIONS, from("127.0.0.2", door.alphaCertificate));
    t.equal(elsewhere.status, 200, "the same client behind another address");
    t.equal((await door.alpha(HEALTH)).status, 200, "what is public");
    await sleep(2_050);
    t.equal((await door.alpha(SUBMISSIONS)).status, 200, "when the time is over");
  });

  t.test("at the token endpoint count together with those at the resources", async (t) => {
    // Well made, but by a key that is not Alpha's.
    const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const assertion = await createAssertion({ issuer: "https://localhost/auth", clientId: clientIdOf(ALPHA), key });
    const form = {
      method: "POST",
      ...from("127.0.0.1", door.alphaCertificate),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientIdOf(ALPHA),
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: assertion,
      }).toString(),
    };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await door.nobody("/auth/token", form);
      t.match(answer, { status: 401, json: { error: "invalid_client" } });
    }
    await door.alpha(SUBMISSIONS, BAD_TOKEN);
    isProblem(t, await door.nobody("/auth/token", form), 429, `${BELGIF}tooManyFailedRequests`);
    t.equal((await door.alpha("/auth/jwks")).status, 200);
    await sleep(1_050);
    const claimed = { ...form, ...from("127.0.0.1", door.betaCertificate) };
    for (let attempt = 0; attempt < 5; attempt += 1) await door.nobody("/auth/token", claimed);
    isProblem(t, await door.nobody("/auth/token", claimed), 429, `${BELGIF}tooManyFailedRequests`);
    t.equal((await door.alpha(SUBMISSIONS)).status, 200, "who claims to be Alpha does not lock Alpha out");
  });

  t.test("from one address ban the address, not its neighbours", async (t) => {
    const stranger = { headers: BAD_TOKEN.headers, ...from("127.0.0.3", door.alphaCertificate) };
    const other = { headers: BAD_TOKEN.headers, ...from("127.0.0.3") };
    await door.owner`
      insert into failed_authentication values ('address:127.0.0.3', 10, statement_timestamp() - interval '1 second')`;
    await door.alpha(SUBMISSIONS, stranger);
    await door.alpha(SUBMISSIONS, stranger);
    isProblem(t, await door.nobody(SUBMISSIONS, other), 429, `${BELGIF}tooManyFailedRequests`);
    t.equal((await door.alpha(SUBMISSIONS)).status, 200);
  });

  t.test("are those of bad credentials, not of missing or expired ones, nor of missing rights", async (t) => {
    const expired = door.callAs(door.alphaCertificate, clientIdOf(ALPHA), { lifetimeSeconds: -60 });
    const withoutScope = door.callAs(door.alphaCertificate, clientIdOf(ALPHA), { scopes: [] });
    for (const [caller, status] of [
      [door.nobody, 401],
      [expired, 401],
      [withoutScope, 403],
    ] as const) {
      t.equal((await caller(SUBMISSIONS)).status, status);
    }
    t.equal(await countFailures(), 0);
    await door.alpha(SUBMISSIONS, BAD_TOKEN);
    t.equal(await countFailures(), 2, "one for the client, one for the address");
  });

  t.test("are not forgotten when somebody succeeds", async (t) => {
    for (let attempt = 0; attempt < 2; attempt += 1) await door.alpha(SUBMISSIONS, BAD_TOKEN);
    const before = await countFailures();
    t.equal((await door.alpha(SUBMISSIONS)).status, 200);
    t.equal((await door.beta(SUBMISSIONS)).status, 200);
    t.equal(await countFailures(), before);
  });
});

t.test("a process with too much memory in use sheds load, and health says so", async (t) => {
  const door = await openDoor(t, { limits: { maximumRssBytes: 1, overloadSampleMs: 20 } });
  await sleep(100);
  for (const answer of [
    await door.alpha(SUBMISSIONS),
    await door.nobody("/auth/jwks"),
    await door.nobody("/nowhere"),
  ]) {
    isProblem(t, answer, 503, `${BELGIF}serviceUnavailable`);
    t.equal(answer.headers["retry-after"], "10");
  }
  t.match(await door.nobody(HEALTH), { status: 503, json: { status: "DOWN" } });
  await door.app.close();
});

t.test("a process whose event loop stands still refuses what is new, and finishes what it has", async (t) => {
  const door = await openDoor(t, { limits: { maximumEventLoopDelayMs: 50, overloadSampleMs: 400 } });
  // What opening the door took belongs to the samples before.
  await sleep(1_000);
  while ((await door.alpha(SUBMISSIONS)).status !== 200) await sleep(100);
  const body = contractFile({ reference: "UNDER-WAY" });
  const transfer = await door.connectAsAlpha();
  transfer.write(
    `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf(body)}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.slice(0, 50)}`,
  );
  await sleep(100);
  // Long enough that the mean of a sample tells of it, wherever in the sample it falls.
  const until = performance.now() + 3_000;
  while (performance.now() < until);
  // Seen by the sample that is taken now or, where its timer is ahead of the clock's, by the next one.
  let next = await door.alpha(SUBMISSIONS);
  for (let asked = 1; next.status !== 503 && asked < 500; asked += 1) {
    await sleep(10);
    next = await door.alpha(SUBMISSIONS);
  }
  isProblem(t, next, 503, `${BELGIF}serviceUnavailable`);
  transfer.write(body.slice(50));
  t.match(await readAnswer(transfer), { status: 202, json: { reference: "UNDER-WAY" } });
  for (let asked = 1; next.status !== 200 && asked < 600; asked += 1) {
    await sleep(100);
    next = await door.alpha(SUBMISSIONS);
  }
  t.equal(next.status, 200, "and takes requests again");
});

t.test("no more connections are held than is allowed", async (t) => {
  const door = await openDoor(t, { limits: { maximumConnections: 1 } });
  const first = await door.connectAsAlpha();
  await t.rejects(door.alpha(HEALTH));
  first.destroy();
  await once(first, "close");
  // The server learns of it a moment later.
  const ask = () => door.alpha(HEALTH).catch(() => undefined);
  let next = await ask();
  for (; next === undefined; next = await ask()) await sleep(20);
  t.equal(next.status, 200);
  t.ok((door.app.server.address() as AddressInfo).port > 0);
});
