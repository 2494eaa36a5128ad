import { generateKeyPairSync } from "node:crypto";
import { decodeJwt } from "jose";
import t from "tap";
import { createTokenSource, TokenRequestError } from "../../src/client/token-client.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { openSetting, useToken } from "./authorization-listener.ts";

const setting = await openSetting(t);
const { listener, alpha } = setting;
const tls = {
  cert: alpha.certificate.certificatePem,
  key: alpha.certificate.privateKeyPem,
  ca: setting.authority.certificatePem,
};
const options = { issuer: listener.issuer, clientId: alpha.clientId, key: alpha.key, kid: alpha.kid, tls };

t.test("one token serves until it is due, for whoever asks, also at once", async (t) => {
  listener.decisions.length = 0;
  const getToken = createTokenSource(options);
  const tokens = await Promise.all([getToken(), getToken(), getToken()]);
  tokens.push(await getToken());
  t.equal(new Set(tokens).size, 1);
  t.equal(listener.decisions.length, 1);
  t.equal((await useToken(setting, tokens[0]!, alpha.certificate)).status, 200);
});

t.test("a key may be PEM, a kid may be absent, scopes may be chosen", async (t) => {
  const { kid, ...withoutKid } = options;
  const key = alpha.key.export({ type: "pkcs8", format: "pem" });
  const getToken = createTokenSource({ ...withoutKid, key, scopes: [SCOPES.consult] });
  t.equal(decodeJwt(await getToken()).scope, SCOPES.consult);
  const explicit = createTokenSource({ ...options, tokenEndpoint: `${listener.url}/auth/token` });
  t.ok(await explicit());
});

t.test("a token is renewed when it has less than a minute to live", async (t) => {
  const real = performance.now.bind(performance);
  let passed = 0;
  t.intercept(performance, "now", { value: () => real() + passed });
  const getToken = createTokenSource(options);
  const first = await getToken();
  passed = 239_000;
  t.equal(await getToken(), first);
  passed = 241_000;
  const renewed = await Promise.all([getToken(), getToken()]);
  t.not(renewed[0], first);
  t.equal(renewed[0], renewed[1], "once for both");
});

t.test("a refusal is an error that says why, and the next call tries again", async (t) => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = createTokenSource({ ...options, key: privateKey });
  for (const _ of [1, 2])
    await t.rejects(stranger(), { name: "TokenRequestError", status: 401, error: "invalid_client" });
  const greedy = createTokenSource({ ...options, scopes: [SCOPES.operate] });
  await t.rejects(
    greedy(),
    new TokenRequestError(400, "invalid_scope", "this client does not have a scope that was requested"),
  );
  await t.rejects(createTokenSource({ ...options, issuer: "https://localhost:1/auth" })(), { code: "ECONNREFUSED" });
  await t.rejects(createTokenSource({ ...options, tokenEndpoint: `${listener.url}/elsewhere` })(), {
    name: "TokenRequestError",
    status: 404,
  });
  const x25519 = generateKeyPairSync("x25519").privateKey;
  await t.rejects(createTokenSource({ ...options, key: x25519 })(), { name: "TypeError" });
});
