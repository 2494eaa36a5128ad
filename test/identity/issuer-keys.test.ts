import { once } from "node:events";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeJwt, decodeProtectedHeader } from "jose";
import t, { type Test } from "tap";
import { createTokenVerifier, type TokenVerifier } from "../../src/identity/access-token.ts";
import { generateSigningKeyPem } from "../../src/identity/issue-certificate.ts";
import { createIssuerKeys, type IssuerKeysOptions } from "../../src/identity/issuer-keys.ts";
import { audienceOf } from "../../src/identity/scopes.ts";
import { AUDIENCE, getToken, makeKeysFolder, openSetting, startProcess } from "./authorization-listener.ts";

const setting = await openSetting(t);
const { alpha, beta, tls, databaseUrl } = setting;
const thumbprint = alpha.certificate.thumbprint;

function verifierOf(issuer: string, options: Partial<IssuerKeysOptions> = {}, audience = AUDIENCE): TokenVerifier {
  const keys = createIssuerKeys({ issuer, ca: tls.ca, ...options });
  return createTokenVerifier({ issuer: () => issuer, audience, keys });
}

async function failureOf(verify: TokenVerifier, token: string, certificate = thumbprint): Promise<string> {
  const check = await verify(`Bearer ${token}`, certificate);
  return "failure" in check ? check.failure : "none";
}

t.test("tokens of an issuer in another process with keys of its own pass the same checks", async (t) => {
  const external = await startProcess(t, { databaseUrl, tls, keysFolder: await makeKeysFolder(t) });
  const verify = verifierOf(external.issuer);
  const token = await getToken(setting, alpha, { listener: external });
  const check = await verify(`Bearer ${token}`, thumbprint);
  if ("failure" in check) throw new Error(check.detail);
  t.equal(check.clientId, alpha.clientId);
  t.equal(await failureOf(verify, token, beta.certificate.thumbprint), "invalidAccessToken", "stolen");

  const own = await getToken(setting, alpha);
  t.equal(await failureOf(verify, own), "invalidAccessToken", "a token of our own server is that of another issuer");
  t.equal(await failureOf(setting.listener.verify, token), "invalidAccessToken", "and the reverse");
  const production = verifierOf(external.issuer, {}, audienceOf("production"));
  t.equal(await failureOf(production, token), "invalidAccessToken", "another environment");
  t.equal(decodeJwt(token).iss, external.issuer);
});

t.test("a key that the issuer adds is fetched, one that it withdraws stops working, without restart", async (t) => {
  const keysFolder = await makeKeysFolder(t);
  const external = await startProcess(t, { databaseUrl, tls, keysFolder, keyRing: { publishedBeforeUseMs: 100 } });
  const verify = verifierOf(external.issuer, { cooldownMs: 0, maximumAgeMs: 400 });
  const before = await getToken(setting, alpha, { listener: external });
  t.equal(await failureOf(verify, before), "none");
  writeFileSync(join(keysFolder, "unfinished"), await generateSigningKeyPem());
  renameSync(join(keysFolder, "unfinished"), join(keysFolder, "0002.pem"));
  rmSync(join(keysFolder, "0001.pem"));
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;
  const ask = () => getToken(setting, alpha, { listener: external });
  let after = before;
  // Between the two there may be no key at all.
  for (; kidOf(after) === kidOf(before); await sleep(50)) after = await ask().catch(() => before);
  t.equal(await failureOf(verify, after), "none");
  await sleep(500);
  await verify(`Bearer ${after.slice(0, -1)}`, thumbprint);
  t.equal(await failureOf(verify, before), "invalidAccessToken", "although it was remembered");
  t.equal(await failureOf(verify, after), "none");
});

/** An issuer that answers as the test says; counts what it is asked. */
async function startIssuer(t: Test, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer(tls, (request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { issuer: `https://localhost:${(server.address() as AddressInfo).port}/realm`, asked };
}

const UNAVAILABLE = { name: "IssuerUnavailable" };

t.test("an issuer whose answers make no sense is unavailable: the token is not to blame", async (t) => {
  const token = await getToken(setting, alpha);
  let askedInPlain = 0;
  const plain = createPlainServer((_, response) => {
    askedInPlain += 1;
    json(response, setting.listener.keyRing.keySet());
  }).listen(0, "127.0.0.1");
  await once(plain, "listening");
  t.teardown(() => plain.close());
  const plainPort = (plain.address() as AddressInfo).port;
  const json = (response: ServerResponse, value: unknown) => response.end(JSON.stringify(value));
  const answerAs = (change: (host: string) => object) => (request: IncomingMessage, response: ServerResponse) => {
    const host = request.headers.host ?? "";
    const metadata = { issuer: `https://${host}/realm`, jwks_uri: `https://${host}/keys`, ...change(host) };
    json(response, request.url === "/keys" ? setting.listener.keyRing.keySet() : metadata);
  };
  const cases: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    "no answer in time": () => {},
    "an error": (_, response) => response.writeHead(500).end(),
    "a redirection": (request, response) =>
      response.writeHead(302, { Location: `https://${request.headers.host}/x` }).end(),
    "no JSON": (_, response) => response.end("<html>"),
    "another issuer": answerAs(() => ({ issuer: "https://elsewhere.example" })),
    "an issuer that is longer": answerAs((host) => ({ issuer: `https://${host}/realm/` })),
    "keys nowhere": answerAs(() => ({ jwks_uri: undefined })),
    "keys by plain HTTP": answerAs(() => ({ jwks_uri: `http://127.0.0.1:${plainPort}/keys` })),
    "keys that are none": answerAs((host) => ({ jwks_uri: `https://${host}/none` })),
    "an endless document": (_, response) => {
      response.write("[");
      const timer = setInterval(() => response.write(" ".repeat(65_536)), 1);
      response.on("close", () => clearInterval(timer));
    },
  };
  for (const [name, answer] of Object.entries(cases)) {
    const { issuer } = await startIssuer(t, answer);
    const troubles: unknown[] = [];
    const keys = createIssuerKeys({ issuer, ca: tls.ca, timeoutMs: 500, onTrouble: (error) => troubles.push(error) });
    const verify = createTokenVerifier({ issuer: () => issuer, audience: AUDIENCE, keys });
    await t.rejects(verify(`Bearer ${token}`, thumbprint), UNAVAILABLE, name);
    t.equal(troubles.length, 1, name);
  }
  t.equal(askedInPlain, 0);
  const good = await startIssuer(
    t,
    answerAs(() => ({})),
  );
  const trusting = verifierOf(good.issuer);
  t.equal(await failureOf(trusting, token), "invalidAccessToken", "without any of this the keys are read");
  const { issuer } = good;
  const untrusting = createIssuerKeys({ issuer });
  const verify = createTokenVerifier({ issuer: () => issuer, audience: AUDIENCE, keys: untrusting });
  await t.rejects(verify(`Bearer ${token}`, thumbprint), UNAVAILABLE, "a server whose certificate nobody trusts");
});

t.test("the issuer is asked rarely, whatever tokens are shown", async (t) => {
  const keys = setting.listener.keyRing.keySet();
  let away = false;
  const { issuer, asked } = await startIssuer(t, (request, response) => {
    if (away) return void response.writeHead(503).end();
    const { host } = request.headers;
    if (request.url === "/realm/.well-known/openid-configuration") {
      response.end(JSON.stringify({ issuer: `https://${host}/realm`, jwks_uri: `https://${host}/keys` }));
    } else if (request.url === "/keys") response.end(JSON.stringify(keys));
    else response.writeHead(404).end();
  });
  const verify = verifierOf(issuer, { maximumAgeMs: 600 });
  const token = await getToken(setting, alpha);
  const forged = token.replace(
    /^[^.]+/,
    Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"unknown"}').toString("base64url"),
  );
  // The token is of our own server, hence of another issuer: its key is found, its issuer refused.
  const failures = await Promise.all(Array.from({ length: 20 }, (_, i) => failureOf(verify, i % 2 ? token : forged)));
  t.ok(failures.every((failure) => failure === "invalidAccessToken"));
  const wellKnown = ["/.well-known/oauth-authorization-server/realm", "/realm/.well-known/openid-configuration"];
  t.strictSame(asked, [...wellKnown, "/keys"], "once for all, in both places where metadata may be");

  away = true;
  await sleep(700);
  asked.length = 0;
  for (let attempt = 0; attempt < 10; attempt += 1) t.equal(await failureOf(verify, token), "invalidAccessToken");
  t.equal(asked.length, 2, "while it is away the last keys are good, and it is not asked for every token");
});

t.test("keys do not outlive an issuer that stays away", async (t) => {
  let away = false;
  const { issuer } = await startIssuer(t, (request, response) => {
    if (away) return void response.writeHead(503).end();
    const { host } = request.headers;
    const metadata = { issuer: `https://${host}/realm`, jwks_uri: `https://${host}/keys` };
    response.end(JSON.stringify(request.url === "/keys" ? setting.listener.keyRing.keySet() : metadata));
  });
  const verify = verifierOf(issuer, { maximumAgeMs: 50, usableWhileAwayMs: 200 });
  const token = await getToken(setting, alpha);
  t.equal(await failureOf(verify, token), "invalidAccessToken");
  away = true;
  await sleep(300);
  await t.rejects(verify(`Bearer ${token}`, thumbprint), UNAVAILABLE);
});
