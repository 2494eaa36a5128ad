import { createHash, generateKeyPairSync } from "node:crypto";
import { Agent } from "node:https";
import { decodeJwt, decodeProtectedHeader } from "jose";
import t from "tap";
import { createAssertion } from "../../src/client/token-client.ts";
import { AUTHORIZATION_PATHS } from "../../src/identity/authorization-server.ts";
import { setScopes } from "../../src/identity/client-registry.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { CLOCK_CLAIM } from "../../src/identity/token-endpoint.ts";
import {
  ACTOR,
  AUDIENCE,
  ask,
  askToken,
  getToken,
  makeClient,
  openSetting,
  useToken,
} from "./authorization-listener.ts";

/** What the library would print itself, were it let. */
const printed: string[] = [];
for (const level of ["info", "warn", "error"] as const) {
  console[level] = (...parts: unknown[]) => void printed.push(parts.join(" "));
}

const setting = await openSetting(t);
const { listener, alpha } = setting;

t.test("a client gets a token that is bound to its certificate and says nothing personal", async (t) => {
  const answer = await askToken(setting, alpha);
  t.equal(answer.status, 200, answer.text);
  t.equal(answer.headers["cache-control"], "no-store");
  t.match(answer.headers["content-type"], /^application\/json/);
  t.strictSame(Object.keys(answer.json).sort(), ["access_token", "expires_in", "scope", "token_type"]);
  t.match(answer.json, { token_type: "Bearer", expires_in: 300 });
  const token = answer.json.access_token ?? "";
  t.strictSame(decodeProtectedHeader(token), { alg: "ES256", typ: "at+jwt", kid: listener.keyRing.current().kid });
  const { jti, iat = 0, exp = 0, [CLOCK_CLAIM]: ahead, ...rest } = decodeJwt(token);
  t.type(ahead, "number", "what a connection test tells of the clock");
  t.strictSame(rest, {
    iss: listener.issuer,
    aud: AUDIENCE,
    sub: "client-alpha",
    client_id: "client-alpha",
    scope: [SCOPES.submit, SCOPES.consult, SCOPES.consultAdvantages].join(" "),
    cnf: { "x5t#S256": alpha.certificate.thumbprint.toString("base64url") },
  });
  t.equal(exp - iat, 300);
  t.ok(jti);
  const use = await useToken(setting, token, alpha.certificate);
  t.match(use.json, { clientId: "client-alpha" });
  t.equal(use.status, 200, use.text);
});

t.test("keys of every supported kind sign assertions, and algorithms of no other kind do", async (t) => {
  const keys = {
    PS256: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
    EdDSA: generateKeyPairSync("ed25519").privateKey,
    ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  };
  for (const [alg, key] of Object.entries(keys)) {
    const client = await makeClient(setting, `client-${alg}`, { key });
    t.ok(await getToken(setting, client), alg);
  }
});

t.test("the token carries the scopes that were asked for, all of which the client must have", async (t) => {
  const one = await askToken(setting, alpha, { form: { scope: SCOPES.consult } });
  t.equal(one.json.scope, SCOPES.consult);
  t.equal(decodeJwt(one.json.access_token ?? "").scope, SCOPES.consult);
  for (const scope of [SCOPES.operate, "openid", `${SCOPES.consult} ${SCOPES.audit}`, "scope:unheard:of"]) {
    const answer = await askToken(setting, alpha, { form: { scope } });
    t.equal(answer.status, 400, scope);
    t.match(answer.json, { error: "invalid_scope", access_token: undefined });
  }
  const operator = await makeClient(setting, "client-operator", { kind: "operator" });
  t.equal((await askToken(setting, operator)).json.scope, `${SCOPES.operate} ${SCOPES.audit}`);
  const narrow = await makeClient(setting, "client-narrow", { scopes: [SCOPES.consult] });
  t.equal((await askToken(setting, narrow)).json.scope, SCOPES.consult);
  await setting.database.institute.begin((tx) =>
    setScopes(tx, ACTOR, { clientId: "client-narrow", scopes: [SCOPES.submit] }),
  );
  t.equal((await askToken(setting, narrow)).json.scope, SCOPES.submit, "a change is seen without restart");
});

t.test("only this API may be named as the resource", async (t) => {
  const ours = await askToken(setting, alpha, { form: { resource: AUDIENCE } });
  t.equal(decodeJwt(ours.json.access_token ?? "").aud, AUDIENCE);
  for (const resource of ["urn:nihdi:infoss:digital-contracts:production", "https://elsewhere.example", "here"]) {
    const answer = await askToken(setting, alpha, { form: { resource } });
    t.equal(answer.status, 400, resource);
    t.equal(answer.json.error, "invalid_target");
  }
});

t.test("errors have the form of RFC 6749, whatever the caller would like to read", async (t) => {
  const url = `${listener.url}/auth/token`;
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const certificate = alpha.certificate;
  const cases = {
    "no parameters": { status: 400, error: "invalid_request", headers: form, body: "" },
    "no authentication": {
      status: 400,
      error: "invalid_request",
      headers: form,
      body: "grant_type=client_credentials",
    },
    "an unknown client": {
      status: 401,
      error: "invalid_client",
      headers: form,
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await createAssertion({ ...alpha, clientId: "nobody", issuer: listener.issuer }),
      }).toString(),
    },
    "a secret": {
      status: 401,
      error: "invalid_client",
      headers: form,
      body: "grant_type=client_credentials&client_id=client-alpha&client_secret=x",
    },
    JSON: { status: 400, error: "invalid_request", headers: { "Content-Type": "application/json" }, body: "{}" },
    "too much": { status: 400, error: "invalid_request", headers: form, body: `a=${"x".repeat(60_000)}` },
    HTML: { status: 400, error: "invalid_request", headers: { ...form, Accept: "text/html" }, body: "" },
  };
  for (const [name, { status, error, headers, body }] of Object.entries(cases)) {
    const answer = await ask(setting, url, { method: "POST", headers, body, certificate });
    t.equal(answer.status, status, name);
    t.equal(answer.json.error, error, name);
    t.match(answer.headers["content-type"], /^application\/json/, name);
    t.equal(answer.headers["cache-control"], "no-store", name);
  }
  for (const [grant, error] of [
    ["authorization_code", "unsupported_grant_type"],
    ["password", "unsupported_grant_type"],
    ["implicit", "unsupported_grant_type"],
    ["refresh_token", "unsupported_grant_type"],
  ] as const) {
    const answer = await askToken(setting, alpha, { form: { grant_type: grant } });
    t.same([answer.status, answer.json.error], [400, error], grant);
  }
});

t.test("no page of another origin is let in", async (t) => {
  const answer = await askToken(setting, alpha, { headers: { Origin: "https://elsewhere.example" } });
  t.equal(answer.status, 400);
  for (const headers of [answer.headers, (await askToken(setting, alpha)).headers]) {
    t.notOk(Object.keys(headers).some((name) => name.startsWith("access-control-")));
  }
});

t.test("metadata and keys are public, and nothing else is there", async (t) => {
  const metadata = await ask(setting, listener.url + AUTHORIZATION_PATHS.metadata);
  t.equal(metadata.status, 200);
  t.match(metadata.json, {
    issuer: listener.issuer,
    token_endpoint: `${listener.url}/auth/token`,
    jwks_uri: `${listener.url}/auth/jwks`,
    grant_types_supported: ["client_credentials"],
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: ["PS256", "ES256", "EdDSA"],
    tls_client_certificate_bound_access_tokens: true,
  });
  t.same((await ask(setting, listener.url + AUTHORIZATION_PATHS.openidMetadata)).json, metadata.json);
  const keys = await ask(setting, String(metadata.json.jwks_uri));
  t.equal(keys.headers["content-type"], "application/jwk-set+json");
  t.equal(keys.headers["cache-control"], "public, max-age=300");
  t.strictSame(keys.json.keys, listener.keyRing.keySet().keys);
  t.notOk(keys.text.includes('"d"'));
  const head = await ask(setting, listener.url + AUTHORIZATION_PATHS.keySet, { method: "HEAD" });
  t.same([head.status, head.text], [200, ""]);

  for (const path of [
    "",
    "/auth",
    "/auth/",
    "/auth/authorize",
    "/auth/me",
    "/auth/request",
    "/auth/session/end",
    "/jwks",
    "/token",
  ]) {
    for (const method of ["GET", "POST"]) {
      const answer = await ask(setting, listener.url + path, { method, certificate: alpha.certificate });
      t.equal(answer.status, 404, `${method} ${path}`);
    }
  }
  for (const [method, path] of [
    ["GET", "/auth/token"],
    ["OPTIONS", "/auth/token"],
    ["POST", "/auth/jwks"],
    ["DELETE", AUTHORIZATION_PATHS.metadata],
  ] as const) {
    t.equal((await ask(setting, listener.url + path, { method })).status, 405, `${method} ${path}`);
  }
});

t.test("every decision is handed over before the answer leaves", async (t) => {
  listener.decisions.length = 0;
  const token = await getToken(setting, alpha, { form: { scope: SCOPES.consult } });
  await askToken(setting, alpha, { certificate: null });
  await askToken(setting, { ...alpha, clientId: "nobody" });
  t.strictSame(listener.decisions, [
    {
      outcome: "issued",
      clientId: "client-alpha",
      scopes: [SCOPES.consult],
      tokenSha256: createHash("sha256").update(token).digest(),
      thumbprint: alpha.certificate.thumbprint,
    },
    {
      outcome: "refused",
      clientId: "client-alpha",
      error: "invalid_client",
      reason: "a client certificate is required at the handshake",
    },
    { outcome: "refused", error: "invalid_client", reason: "client not found" },
  ]);
});

t.test("a decision that cannot be kept gives no token", async (t) => {
  const push = listener.decisions.push.bind(listener.decisions);
  listener.decisions.push = () => {
    throw new Error("the database is away");
  };
  t.teardown(() => {
    listener.decisions.push = push;
  });
  const answer = await askToken(setting, alpha);
  t.equal(answer.status, 500);
  t.strictSame(answer.json, { error: "server_error" });
  t.ok(listener.logLines.some((line) => line.includes("tokenDecisionLost")));
});

t.test("one connection serves many requests", async (t) => {
  const { certificatePem: cert, privateKeyPem: key } = alpha.certificate;
  const agent = new Agent({ ca: setting.authority.certificatePem, cert, key, keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  for (const _ of [1, 2, 3]) t.equal((await askToken(setting, alpha, { agent })).status, 200);
});

t.test("the library's notice on the runtime is in our log, once, and nothing is printed", async (t) => {
  t.ok(listener.logLines.filter((line) => line.includes("Unsupported runtime")).length <= 1);
  t.strictSame(printed, []);
  t.notOk(
    listener.logLines.some((line) => /eyJ|PRIVATE KEY/.test(line)),
    "no token or key is logged",
  );
});
