import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import t from "tap";
import { SCOPES } from "../../src/identity/scopes.ts";
import { AUDIENCE, askToken, getToken, makeClient, openSetting, useToken } from "./authorization-listener.ts";

const setting = await openSetting(t);
const { listener, alpha, beta } = setting;

t.test("a client gets a token that is bound to its certificate and says nothing personal", async (t) => {
  const answer = await askToken(setting, alpha);
  t.equal(answer.status, 200, answer.text);
  t.equal(answer.headers["cache-control"], "no-store");
  t.match(answer.headers["content-type"], /^application\/json/);
  t.match(answer.json, { token_type: "Bearer", expires_in: 300 });
  const token = answer.json.access_token ?? "";
  t.strictSame(decodeProtectedHeader(token), { alg: "ES256", typ: "at+jwt", kid: listener.keyRing.current().kid });
  const claims = decodeJwt(token);
  const { jti, iat = 0, exp = 0, ...rest } = claims;
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

t.test("keys of every supported kind sign assertions", async (t) => {
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
