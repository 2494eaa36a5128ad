import { createHmac, createPublicKey, generateKeyPairSync, hash, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CompactSign, decodeJwt, decodeProtectedHeader } from "jose";
import t from "tap";
import { generateSigningKeyPem, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { audienceOf, SCOPES } from "../../src/identity/scopes.ts";
import {
  AUDIENCE,
  getToken,
  listen,
  makeKeysFolder,
  openSetting,
  publicJwk,
  useToken,
} from "./authorization-listener.ts";

const setting = await openSetting(t, { keyRing: { publishedBeforeUseMs: 400 } });
const { listener, alpha, beta } = setting;
const now = () => Math.floor(Date.now() / 1000);
const x5t = (thumbprint: Buffer) => ({ "x5t#S256": thumbprint.toString("base64url") });

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  /** Default: the key with which the server signs, as if it had been made to sign this. */
  readonly key?: KeyObject;
}

/** A good token of alpha, except for what the forgery changes; undefined leaves a claim or header out. */
async function forge({ header = {}, claims = {}, key }: Forgery = {}): Promise<string> {
  const { kid, privateKey } = listener.keyRing.current();
  const payload = {
    iss: listener.issuer,
    aud: AUDIENCE,
    sub: alpha.clientId,
    client_id: alpha.clientId,
    scope: SCOPES.consult,
    jti: randomUUID(),
    iat: now(),
    exp: now() + 300,
    cnf: x5t(alpha.certificate.thumbprint),
    ...claims,
  };
  const protectedHeader = JSON.parse(JSON.stringify({ alg: "ES256", typ: "at+jwt", kid, ...header }));
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader(protectedHeader)
    .sign(key ?? privateKey);
}

const show = (token: string) => useToken(setting, token, alpha.certificate);

async function failureOf(token: string): Promise<string> {
  const { status, json } = await show(token);
  return status === 200 ? "none" : `${status} ${json.failure}`;
}
const INVALID = "401 invalidAccessToken";

t.test("a token says who calls and what it may, and is named by its hash", async (t) => {
  const token = await forge();
  const thumbprint = alpha.certificate.thumbprint;
  for (const _ of ["checked", "remembered"]) {
    const check = await listener.verify(`Bearer ${token}`, thumbprint);
    if ("failure" in check) throw new Error(check.detail);
    t.equal(check.clientId, alpha.clientId);
    t.strictSame([...check.scopes], [SCOPES.consult]);
    t.equal(check.tokenSha256.toString("hex"), hash("sha256", token));
    t.equal(check.expiresAt.getTime(), (decodeJwt(token).exp ?? 0) * 1000);
  }
  t.notMatch(await listener.verify(`bearer  ${token} `, thumbprint), { failure: String }, "the scheme has no case");
});

t.test("no token is told from a bad one", async (t) => {
  const { thumbprint } = alpha.certificate;
  for (const authorization of [undefined, "", "Basic YTpi", "DPoP x", "Bearerx"]) {
    t.match(await listener.verify(authorization, thumbprint), { failure: "noAccessToken" }, authorization ?? "absent");
  }
  const token = await forge();
  const bad = [
    "Bearer",
    "Bearer ",
    "Bearer x",
    "Bearer a.b",
    "Bearer a.b.c.d",
    `Bearer ${token},${token}`,
    `Bearer ${token}é`,
  ];
  for (const authorization of [...bad, `Bearer ${"a".repeat(9_000)}.a.a`]) {
    t.match(
      await listener.verify(authorization, thumbprint),
      { failure: "invalidAccessToken" },
      authorization.slice(0, 30),
    );
  }
});

t.test("alg none and HS256 with the public key are refused", async (t) => {
  const good = await forge();
  const [, body = ""] = good.split(".");
  const { kid } = decodeProtectedHeader(good);
  for (const alg of ["none", "None", "nOnE"]) {
    const head = Buffer.from(JSON.stringify({ alg, typ: "at+jwt", kid })).toString("base64url");
    for (const signature of ["", "AAAA"]) t.equal(await failureOf(`${head}.${body}.${signature}`), INVALID, alg);
  }
  const publicKey = createPublicKey(listener.keyRing.current().privateKey);
  const [published] = listener.keyRing.keySet().keys;
  for (const secret of [
    publicKey.export({ type: "spki", format: "pem" }),
    publicKey.export({ type: "spki", format: "der" }),
    JSON.stringify(published),
    published?.x ?? "",
  ]) {
    const head = Buffer.from(JSON.stringify({ alg: "HS256", typ: "at+jwt", kid })).toString("base64url");
    const signature = createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url");
    t.equal(await failureOf(`${head}.${body}.${signature}`), INVALID, "HS256");
  }
});

t.test("every claim must be as issued", async (t) => {
  const invalid: Record<string, Record<string, unknown>> = {
    "another issuer": { iss: "https://elsewhere.example/auth" },
    "no issuer": { iss: undefined },
    "another API": { aud: "urn:elsewhere" },
    "the other environment": { aud: audienceOf("production") },
    "no audience": { aud: undefined },
    "several audiences": { aud: [AUDIENCE, audienceOf("production")] },
    "no end": { exp: undefined },
    "an end that is no number": { exp: "4102444800" },
    "a long life": { exp: now() + 3_600 },
    "not yet valid": { nbf: now() + 60 },
    "issued in the future": { iat: now() + 60, exp: now() + 120 },
    "no time of issue": { iat: undefined },
    "no subject": { sub: undefined },
    "no jti": { jti: undefined },
    "no client": { client_id: undefined },
    "a client that is no text": { client_id: 7 },
    "a scope that is no text": { scope: [SCOPES.consult] },
    "no confirmation": { cnf: undefined },
    "an empty confirmation": { cnf: {} },
    "a confirmation by key": { cnf: { jkt: alpha.certificate.thumbprint.toString("base64url") } },
    "an empty thumbprint": { cnf: { "x5t#S256": "" } },
    "a thumbprint cut short": { cnf: { "x5t#S256": alpha.certificate.thumbprint.toString("base64url").slice(0, 20) } },
    "a thumbprint that is no text": { cnf: { "x5t#S256": null } },
    "the certificate of another client": { cnf: x5t(beta.certificate.thumbprint) },
  };
  for (const [name, claims] of Object.entries(invalid))
    t.equal(await failureOf(await forge({ claims })), INVALID, name);
  for (const cnf of [{}, { jkt: "x" }, { "x5t#S256": "" }, { "x5t#S256": "AAAA" }]) {
    t.match((await show(await forge({ claims: { cnf } }))).json.detail, /not bound to a client certificate/);
  }
  const expired = { exp: now() - 6, iat: now() - 300 };
  t.equal(await failureOf(await forge({ claims: expired })), "401 expiredAccessToken");
  t.equal(
    await failureOf(await forge({ claims: { scope: undefined } })),
    "none",
    "a token without scope opens nothing by itself",
  );
});

t.test("only access tokens are taken for access tokens", async (t) => {
  for (const typ of ["JWT", "jwt", "dpop+jwt", "infoss-receipt+jws", "", undefined]) {
    t.equal(await failureOf(await forge({ header: { typ } })), INVALID, String(typ));
  }
  t.equal(await failureOf(await forge({ header: { typ: "application/at+jwt" } })), "none");
});

t.test("headers lead to no key but the published ones", async (t) => {
  const attacker = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const { kid } = listener.keyRing.current();
  const jwk = { ...publicJwk(attacker), kid };
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const [, body] = (await forge()).split(".");
  const headers = {
    "no trick": {},
    jku: { jku: url },
    x5u: { x5u: url },
    jwk: { jwk },
    x5c: { x5c: [alpha.certificate.certificatePem.replace(/-----[A-Z ]+-----|\s/g, "")] },
    "kid, a path": { kid: "../../../../../../dev/null" },
    "kid, a file": { kid: join(setting.keysFolder, "0001.pem") },
    "kid, an address": { kid: url },
    "kid, SQL": { kid: "x' union select 'key" },
    "kid, a prototype": { kid: "__proto__" },
    "kid, an object": { kid: { kid } },
    "no kid": { kid: undefined },
    crit: { crit: ["nothing"], nothing: 1 },
    b64: { crit: ["b64"], b64: false },
  };
  for (const [name, header] of Object.entries(headers)) {
    const head = Buffer.from(JSON.stringify({ alg: "ES256", typ: "at+jwt", kid, ...header })).toString("base64url");
    const signature = sign("sha256", Buffer.from(`${head}.${body}`), { key: attacker, dsaEncoding: "ieee-p1363" });
    t.equal(await failureOf(`${head}.${body}.${signature.toString("base64url")}`), INVALID, name);
  }
  t.equal(asked, 0, "nobody looked where the headers pointed");
});

t.test("a stolen token is of no use with another certificate, also when it is remembered", async (t) => {
  const token = await getToken(setting, alpha);
  t.equal((await show(token)).status, 200);
  const sameClient = await issueCertificate(setting.authority, { commonName: alpha.clientId, usage: "client" });
  for (const certificate of [beta.certificate, sameClient, undefined]) {
    const { status, json } = await useToken(setting, token, certificate);
    t.same([status, json.failure], [401, "invalidAccessToken"]);
  }
  t.equal((await show(token)).status, 200);
});

t.test("a remembered token is refused when its time has come", async (t) => {
  const token = await forge({ claims: { iat: now() - 299, exp: now() - 1 } });
  t.equal(await failureOf(token), "none", "within the five seconds that clocks may differ by");
  await sleep(5_000);
  t.equal(await failureOf(token), "401 expiredAccessToken");
});

t.test("a token that was changed after signing is refused", async (t) => {
  const token = await getToken(setting, alpha);
  const [head, , signature] = token.split(".");
  const claims = { ...decodeJwt(token), scope: SCOPES.operate };
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  t.equal(await failureOf(`${head}.${body}.${signature}`), INVALID);
  t.equal(await failureOf(token.slice(0, -4)), INVALID);
});

t.test("nothing issued for validation works in production, nor the reverse", async (t) => {
  const { database, tls, keysFolder } = setting;
  const ownFolder = await makeKeysFolder(t);
  const production = await listen({ database, tls, keysFolder: ownFolder, environment: "production" });
  t.teardown(() => production.close());
  const tokens = {
    validation: await getToken(setting, alpha),
    production: await getToken(setting, alpha, { listener: production }),
  };
  t.equal(decodeJwt(tokens.production).aud, audienceOf("production"));
  t.equal((await useToken(setting, tokens.production, alpha.certificate, production)).status, 200);
  t.equal((await useToken(setting, tokens.validation, alpha.certificate, production)).status, 401);
  t.equal((await useToken(setting, tokens.production, alpha.certificate, listener)).status, 401);
  // Not even where somebody copied the signing keys, or gave both one address.
  const careless = await listen({ database, tls, keysFolder, environment: "production", publicUrl: listener.url });
  t.teardown(() => careless.close());
  t.equal((await useToken(setting, tokens.validation, alpha.certificate, careless)).status, 401);
});

t.test("signing keys rotate with overlap and without restart", async (t) => {
  const before = await getToken(setting, alpha);
  const oldKid = decodeProtectedHeader(before).kid;
  const next = join(setting.keysFolder, "0002.pem");
  writeFileSync(join(setting.keysFolder, "unfinished"), await generateSigningKeyPem());
  renameSync(join(setting.keysFolder, "unfinished"), next);
  const deadline = Date.now() + 120_000;
  let overlap = "";
  while (decodeProtectedHeader(overlap || before).kid === oldKid && Date.now() < deadline) {
    overlap = await getToken(setting, alpha);
    for (const token of [before, overlap])
      t.equal((await show(token)).status, 200, "at no moment is a good token refused");
    await sleep(50);
  }
  const newKid = decodeProtectedHeader(overlap).kid;
  t.not(newKid, oldKid, "the new key signs");
  const publicPem = createPublicKey(
    listener.keyRing.signingKeys().find(({ kid }) => kid === oldKid)!.privateKey,
  ).export({ type: "spki", format: "pem" });
  writeFileSync(join(setting.keysFolder, "0001.pem"), publicPem);
  while (listener.keyRing.signingKeys().length > 1 && Date.now() < deadline) await sleep(20);
  t.equal((await show(before)).status, 200, "its public part still verifies what it signed");
  t.equal(decodeProtectedHeader(await getToken(setting, alpha)).kid, newKid);

  rmSync(join(setting.keysFolder, "0001.pem"));
  while (listener.keyRing.keySet().keys.length > 1 && Date.now() < deadline) await sleep(20);
  t.equal((await show(before)).status, 401, "a key that is gone verifies nothing, not even what was remembered");
  t.equal((await show(overlap)).status, 200);
});
