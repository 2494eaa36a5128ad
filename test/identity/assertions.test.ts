import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SignJWT } from "jose";
import t, { type Test } from "tap";
import { revokeClient } from "../../src/identity/client-registry.ts";
import {
  registerCertificate,
  registerKey,
  revokeCertificate,
  revokeKey,
} from "../../src/identity/credential-registry.ts";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { sweepArtifacts } from "../../src/identity/oidc-adapter.ts";
import {
  ACTOR,
  ASSERTION_TYPE,
  ask,
  askToken,
  getToken,
  makeClient,
  openSetting,
  publicJwk,
  startProcess,
  type TestClient,
  type TokenQuestion,
} from "./authorization-listener.ts";

const setting = await openSetting(t);
const { listener, alpha, beta, database } = setting;
const { issuer } = listener;
const now = () => Math.floor(Date.now() / 1000);
const SECRET = "a-secret-of-the-attacker";

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: KeyObject;
}

/** Alpha's assertion, except for what the forgery changes; undefined leaves a claim out. */
async function forge({ header = {}, claims = {}, key = alpha.key }: Forgery): Promise<string> {
  const payload = {
    iss: alpha.clientId,
    sub: alpha.clientId,
    aud: issuer,
    jti: randomUUID(),
    iat: now(),
    exp: now() + 60,
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", kid: alpha.kid, ...header })
    .sign(key);
}

function unsigned(header: object, payload: object, signature = ""): string {
  const [head, body] = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return `${head}.${body}.${signature}`;
}

async function isRefused(t: Test, name: string, question: TokenQuestion, client: TestClient = alpha): Promise<void> {
  const answer = await askToken(setting, client, question);
  t.equal(answer.status, 401, name);
  t.match(answer.json, { error: "invalid_client", access_token: undefined }, name);
}

t.test("the assertion that the others are compared with is good", async (t) => {
  t.equal((await askToken(setting, alpha, { assertion: await forge({}) })).status, 200);
  const toEndpoint = await forge({ claims: { aud: [`${issuer}/token`] } });
  t.equal((await askToken(setting, alpha, { assertion: toEndpoint })).status, 200);
  const withoutKid = await forge({ header: { kid: undefined } });
  t.equal((await askToken(setting, alpha, { assertion: withoutKid })).status, 200);
});

t.test("algorithms: none, and HS256 with the public key as the secret", async (t) => {
  const claims = { iss: alpha.clientId, sub: alpha.clientId, aud: issuer, jti: "1", exp: now() + 60 };
  for (const alg of ["none", "None", "NONE", "nOnE"]) {
    await isRefused(t, alg, { assertion: unsigned({ alg }, claims) });
    await isRefused(t, `${alg}, kid`, { assertion: unsigned({ alg, kid: alpha.kid }, claims, "AAAA") });
  }
  const jwk = publicJwk(alpha.key);
  const pem = createPublicKey(alpha.key).export({ type: "spki", format: "pem" });
  for (const secret of [JSON.stringify(jwk), pem.toString(), jwk.x ?? ""]) {
    const [head, body] = unsigned({ alg: "HS256", kid: alpha.kid }, { ...claims, jti: randomUUID() }).split(".");
    const signature = createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url");
    await isRefused(t, "HS256", { assertion: `${head}.${body}.${signature}` });
  }
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const client = await makeClient(setting, "client-rs256", { key: rsa });
  const claimsOfClient = { iss: client.clientId, sub: client.clientId };
  const rs256 = await forge({ key: rsa, header: { alg: "RS256", kid: client.kid }, claims: claimsOfClient });
  await isRefused(t, "RS256", { assertion: rs256 }, client);
  const ps256 = await forge({ key: rsa, header: { alg: "PS256", kid: client.kid }, claims: claimsOfClient });
  t.equal((await askToken(setting, client, { assertion: ps256 })).status, 200);
});

t.test("claims: audience, issuer, subject, times and jti", async (t) => {
  const cases: Record<string, Record<string, unknown>> = {
    "no audience": { aud: undefined },
    "another host": { aud: "https://elsewhere.example/auth" },
    "the other environment": { aud: "https://production.example/auth" },
    "one audience too many": { aud: [issuer, "https://elsewhere.example/auth"] },
    "the API": { aud: "urn:nihdi:infoss:digital-contracts:validation" },
    "a longer issuer": { aud: `${issuer}/` },
    "no issuer": { iss: undefined },
    "another issuer": { iss: beta.clientId },
    "no subject": { sub: undefined },
    "another subject": { sub: beta.clientId },
    "no end": { exp: undefined },
    expired: { exp: now() - 11, iat: now() - 70 },
    "an end that is no number": { exp: "tomorrow" },
    "too long a life": { exp: now() + 3_600 },
    "from the future": { iat: now() + 60, exp: now() + 120 },
    "not yet valid": { nbf: now() + 60 },
    "no jti": { jti: undefined },
    "an empty jti": { jti: "" },
    "a jti that is no text": { jti: 7 },
    "an endless jti": { jti: "x".repeat(201) },
  };
  for (const [name, claims] of Object.entries(cases)) {
    const answer = await askToken(setting, alpha, { assertion: await forge({ claims }) });
    t.match(answer.json, { error: /^invalid_(client|request)$/, access_token: undefined }, name);
    t.ok([400, 401].includes(answer.status), name);
  }
});

t.test("an assertion for another host is not good here, whatever Host says", async (t) => {
  for (const host of ["elsewhere.example", "elsewhere.example:443"]) {
    const aud = `https://${host}/auth/token`;
    await isRefused(t, host, { assertion: await forge({ claims: { aud } }), headers: { Host: host } });
  }
  for (const aud of [issuer, `${issuer}/token`]) {
    const assertion = await forge({ claims: { aud } });
    const own = await askToken(setting, alpha, { assertion, headers: { Host: "elsewhere.example" } });
    t.equal(own.status, 200, "nor does it matter otherwise: what is before us may write it anew");
  }
});

t.test("an assertion proves one client only", async (t) => {
  const byBeta = await forge({ key: beta.key, header: { kid: beta.kid } });
  await isRefused(t, "beta's key, alpha's name", { assertion: byBeta });
  const disguised = await forge({ key: beta.key, header: { kid: alpha.kid } });
  await isRefused(t, "beta's key under the kid of alpha's", { assertion: disguised });
  const answer = await askToken(setting, beta, { form: { client_id: alpha.clientId } });
  t.same([answer.status, answer.json.error], [400, "invalid_request"], "client_id of another client");
  await isRefused(t, "alpha's assertion on beta's connection", { certificate: beta.certificate });
  const twice = new URLSearchParams({ client_assertion: await forge({}) }).toString();
  const doubled = await ask(setting, `${listener.url}/auth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: `grant_type=client_credentials&client_assertion_type=${ASSERTION_TYPE}&${twice}&${twice}`,
    certificate: alpha.certificate,
  });
  t.same([doubled.status, doubled.json.error], [400, "invalid_request"], "two assertions at once");
});

t.test("headers lead to no key but the registered ones", async (t) => {
  const attacker = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const jwk = { ...publicJwk(attacker), kid: alpha.kid };
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const cases = {
    jku: { jku: url },
    x5u: { x5u: url },
    jwk: { jwk },
    x5c: { x5c: [beta.certificate.certificatePem.replace(/-----[A-Z ]+-----|\s/g, "")] },
    "kid, a path": { kid: "../../../../dev/null" },
    "kid, a file": { kid: join(setting.keysFolder, "0001.pem") },
    "kid, an address": { kid: url },
    "kid, SQL": { kid: "x' or '1'='1" },
    "kid, a zero byte": { kid: `${alpha.kid}\u0000` },
    "kid, none": { kid: "" },
    "kid, an object": { kid: { toString: "x" } },
    crit: { crit: ["exp"], exp: 1 },
  };
  for (const [name, header] of Object.entries(cases)) {
    // By hand: no library signs under such headers.
    const claims = { iss: alpha.clientId, sub: alpha.clientId, aud: issuer, jti: randomUUID(), exp: now() + 60 };
    const [head, body] = unsigned({ alg: "ES256", ...header }, claims).split(".");
    const signature = sign("sha256", Buffer.from(`${head}.${body}`), { key: attacker, dsaEncoding: "ieee-p1363" });
    await isRefused(t, name, { assertion: `${head}.${body}.${signature.toString("base64url")}` });
  }
  t.equal(asked, 0, "nobody looked where the headers pointed");
});

t.test("malformed assertions and client ids are refused, never an error of ours", async (t) => {
  const claims = { aud: issuer, jti: "1", exp: now() + 60 };
  const ids = ["' or 1=1 --", "a\u0000b", "../client-alpha", "client-alpha ", "x".repeat(5_000), "ключ", "__proto__"];
  const assertions = [
    "x",
    "..",
    "a.b.c",
    "eyJhbGciOiJFUzI1NiJ9..",
    `${await forge({})}x`,
    (await forge({})).replace(/\.[^.]*$/, "."),
    (await forge({})).replace(/\.[^.]*$/, `.${"A".repeat(86)}`),
    ...ids.map((id) => unsigned({ alg: "ES256" }, { ...claims, iss: id, sub: id }, "AAAA")),
    ...[1, null, {}, []].map((id) => unsigned({ alg: "ES256" }, { ...claims, iss: id, sub: id }, "AAAA")),
  ];
  for (const assertion of assertions) {
    const { status, json } = await askToken(setting, alpha, { assertion });
    t.ok(status === 400 || status === 401, `${status} ${assertion.slice(0, 40)}`);
    t.notOk(json.access_token);
  }
});

t.test("an assertion is good once, in whichever process", async (t) => {
  const { databaseUrl, keysFolder, tls } = setting;
  // As behind a load balancer: one address, one issuer.
  const other = await startProcess(t, { databaseUrl, keysFolder, tls, publicUrl: listener.url });
  t.equal(other.issuer, issuer);
  const processes = [listener, other];
  for (const [index, first] of processes.entries()) {
    const assertion = await forge({});
    t.equal((await askToken(setting, alpha, { assertion, listener: first })).status, 200);
    await isRefused(t, "in the same process", { assertion, listener: first });
    await isRefused(t, "in the other process", { assertion, listener: processes[1 - index]! });
  }
  for (let round = 0; round < 5; round += 1) {
    const assertion = await forge({});
    const race = Array.from({ length: 6 }, (_, index) =>
      askToken(setting, alpha, { assertion, listener: processes[index % 2]! }),
    );
    const answers = (await Promise.all(race)).map(({ status }) => status).sort();
    t.strictSame(answers, [200, 401, 401, 401, 401, 401], "of six at once one gets a token");
  }
});

t.test("assertions that were used are forgotten after they have expired, not before", async (t) => {
  const count = async () => {
    const [row] = await database.plain<{ count: number }[]>`select count(*) as count from authorization_artifact`;
    return row!.count;
  };
  const kept = await count();
  t.ok(kept > 0);
  t.equal(await sweepArtifacts(database.plain), 0);
  t.equal(await count(), kept);
  await database.plain`update authorization_artifact set expires_at = now() - interval '1 second'`;
  t.equal(await sweepArtifacts(database.plain), kept);
  t.equal(await count(), 0);
});

t.test("certificates: none, unregistered, expired, of another authority, revoked", async (t) => {
  const { authority } = setting;
  const subject = { commonName: alpha.clientId, usage: "client" as const };
  const days = (from: number, to: number) => ({
    notBefore: new Date(Date.now() + from * 86_400_000),
    notAfter: new Date(Date.now() + to * 86_400_000),
  });
  const selfMade = await createDevelopmentAuthority({ commonName: "An authority of the attacker" });
  const sameName = await createDevelopmentAuthority();
  const refused = {
    none: null,
    unregistered: await issueCertificate(authority, subject),
    expired: await issueCertificate(authority, { ...subject, validity: days(-2, -1) }),
    "not yet valid": await issueCertificate(authority, { ...subject, validity: days(1, 2) }),
    "of an authority of one's own": await issueCertificate(selfMade, subject),
    "of an authority that takes the name": await issueCertificate(sameName, subject),
    "a server's": await issueCertificate(authority, { commonName: "localhost", usage: "server" }),
    "beta's": beta.certificate,
  };
  // Registered or not: what the handshake does not trust is refused.
  for (const name of ["of an authority of one's own", "of an authority that takes the name"] as const) {
    const client = await makeClient(setting, `client-${name.replaceAll(/\W/g, "-")}`);
    const certificate = refused[name];
    await database.institute.begin((tx) =>
      registerCertificate(tx, ACTOR, { clientId: client.clientId, pem: certificate.certificatePem }),
    );
    await isRefused(t, `registered, but ${name}`, { certificate }, client);
  }
  for (const [name, certificate] of Object.entries(refused)) await isRefused(t, name, { certificate });

  const next = await issueCertificate(authority, subject);
  await database.institute.begin((tx) =>
    registerCertificate(tx, ACTOR, { clientId: alpha.clientId, pem: next.certificatePem }),
  );
  for (const certificate of [alpha.certificate, next])
    t.ok(await getToken(setting, alpha, { certificate }), "two at a time");
  const { thumbprint } = next;
  await database.institute.begin((tx) => revokeCertificate(tx, ACTOR, { clientId: alpha.clientId, thumbprint }));
  await sleep(10);
  await isRefused(t, "revoked", { certificate: next });
  t.ok(await getToken(setting, alpha), "the other one still works");
  await database.institute`
    update client_certificate set revoked_at = null, not_after = now() where thumbprint = ${thumbprint}`;
  await sleep(10);
  await isRefused(t, "registered until it expired", { certificate: next });
});

t.test("keys: two at a time; expired and revoked ones are refused", async (t) => {
  const { clientId } = alpha;
  const next = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const expiresAt = new Date(Date.now() + 5_000);
  const { kid } = await database.institute.begin((tx) =>
    registerKey(tx, ACTOR, { clientId, jwk: publicJwk(next), expiresAt }),
  );
  await sleep(10);
  const withNext = { ...alpha, key: next, kid };
  t.ok(await getToken(setting, alpha));
  t.ok(await getToken(setting, withNext));
  await sleep(expiresAt.getTime() - Date.now() + 100);
  await isRefused(t, "expired", {}, withNext);
  const third = await makeClient(setting, "client-to-revoke");
  await database.institute.begin((tx) => revokeKey(tx, ACTOR, { clientId: third.clientId, kid: third.kid }));
  await sleep(10);
  await isRefused(t, "revoked", {}, third);
});

t.test("a client that was revoked gets nothing", async (t) => {
  const client = await makeClient(setting, "client-to-end");
  t.ok(await getToken(setting, client));
  await database.institute.begin((tx) => revokeClient(tx, ACTOR, client));
  await sleep(10);
  await isRefused(t, "revoked", {}, client);
});

t.test("no secret of a refused request is logged", async (t) => {
  await askToken(setting, alpha, { assertion: unsigned({ alg: "ES256" }, { sub: SECRET, iss: SECRET }, SECRET) });
  t.notOk(listener.logLines.some((line) => line.includes(SECRET)));
});
