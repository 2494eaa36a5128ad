import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SignJWT } from "jose";
import t from "tap";
import { createDevelopmentAuthority } from "../../src/identity/issue-certificate.ts";
import { audienceOf, SCOPES } from "../../src/identity/scopes.ts";
import { createKeyRing, type KeyRing } from "../../src/identity/signing-keys.ts";
import { ALPHA, BELGIF } from "../http/open-door.ts";
import { makeMachine } from "../operator/client-machine.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { createGatewayCaller } from "./call-gateway.ts";
import { admitMachines, createGatewayEnvironment } from "./gateway-environment.ts";

t.test(
  "a gateway with AUTH_ISSUER takes the tokens of that issuer, checked as its own are, and no others",
  async (t) => {
    const authority = await createDevelopmentAuthority({ commonName: "Clients" });
    const machine = await makeMachine(t, { authority }, "alpha-1");
    const other = await makeMachine(t, { authority }, "alpha-2");
    // The second issuer: another process, with a database, keys and a certificate of its own.
    const elsewhere = await createGatewayEnvironment(t, "validation", [authority.certificatePem]);
    await admitMachines(elsewhere, [machine, other]);
    const elsewhereUrl = await elsewhere.start();
    const issuer = `${elsewhereUrl}/auth`;
    const AUTH_CA_FILE = join(dirname(elsewhere.settings.AUDIT_KEY_FILE!), "issuer-ca.pem");
    writeFileSync(AUTH_CA_FILE, elsewhere.ca);
    const more = { AUTH_ISSUER: issuer, AUTH_CA_FILE, FAILURES_PER_CLIENT: "0", FAILURES_PER_ADDRESS: "0" };
    const environment = await createGatewayEnvironment(t, "validation", [authority.certificatePem], more);
    await admitMachines(environment, [machine, other]);
    const url = await environment.start();
    const here = createGatewayCaller(url, environment.ca, machine);
    const use = async (token: string, caller = here) => await caller.call("/submissions", { token });

    const token = await createGatewayCaller(elsewhereUrl, elsewhere.ca, machine).getToken();
    t.equal((await use(token)).status, 200);
    const stolen = await use(token, createGatewayCaller(url, environment.ca, other));
    t.match(stolen, { status: 401, json: { type: `${BELGIF}invalidAccessToken` } });
    t.equal(await here.refusedToken(), "404", "it gives no tokens itself");

    const [theirs, ours] = [await readKeys(elsewhere.settings), await readKeys(environment.settings)];
    const { thumbprint } = machine.certificate;
    const base = { issuer, clientId: machine.clientId, thumbprint };
    t.equal((await use(await forge(theirs, base))).status, 200, "what the others are compared with is good");
    const now = Math.floor(Date.now() / 1000);
    const forged = {
      "our own key": forge(ours, base),
      "our own issuer": forge(theirs, { ...base, issuer: `${url}/auth` }),
      "the other environment": forge(theirs, base, { aud: audienceOf("production") }),
      "another type": forge(theirs, base, {}, "JWT"),
      "no confirmation": forge(theirs, base, { cnf: undefined }),
      "another certificate": forge(theirs, { ...base, thumbprint: other.certificate.thumbprint }),
      "not yet valid": forge(theirs, base, { nbf: now + 60 }),
      "too long a life": forge(theirs, base, { exp: now + 3_600 }),
    };
    for (const [name, one] of Object.entries(forged)) {
      t.match(await use(await one), { status: 401, json: { type: `${BELGIF}invalidAccessToken` } }, name);
    }
    const expired = await use(await forge(theirs, base, { iat: now - 400, exp: now - 100 }));
    t.match(expired, { status: 401, json: { type: `${BELGIF}expiredAccessToken` } });
    const operating = await forge(theirs, base, { scope: SCOPES.operate });
    const operator = await here.call("/operator/insurers", { token: operating });
    t.match(operator, { status: 403, json: { type: `${BELGIF}missingScope` } }, "a scope that its client has not here");

    const infoss = (...words: string[]) =>
      runInfossProcess({ ...environment.settings }, [...words, "--environment", "validation"]);
    t.match(await infoss("grant", "revoke", machine.clientId, ALPHA), { status: 0 });
    let refused = await use(token);
    while (refused.status === 200) refused = await use(token);
    t.match(
      refused,
      { status: 403, json: { type: `${BELGIF}missingPermission` } },
      "grants are those of this registry",
    );
  },
);

async function readKeys({ SIGNING_KEYS_DIRECTORY }: { SIGNING_KEYS_DIRECTORY?: string }): Promise<KeyRing> {
  const keyRing = await createKeyRing(SIGNING_KEYS_DIRECTORY!);
  keyRing.close();
  return keyRing;
}

interface Base {
  readonly issuer: string;
  readonly clientId: string;
  readonly thumbprint: Buffer;
}

/** As the issuer gives it, but for `claims`. */
async function forge(keyRing: KeyRing, { issuer, clientId, thumbprint }: Base, claims = {}, typ = "at+jwt") {
  const { kid, privateKey } = keyRing.current();
  const now = Math.floor(Date.now() / 1000);
  const content = {
    ...{ iss: issuer, aud: audienceOf("validation"), sub: clientId, client_id: clientId, scope: SCOPES.consult },
    ...{ jti: `${Math.random()}`, iat: now, exp: now + 300 },
    cnf: { "x5t#S256": thumbprint.toString("base64url") },
    ...claims,
  };
  return await new SignJWT(JSON.parse(JSON.stringify(content)))
    .setProtectedHeader({ alg: "ES256", typ, kid })
    .sign(privateKey);
}
