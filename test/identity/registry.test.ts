import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { TransactionSql } from "../../src/database/sql.ts";
import { createClient, grant, revokeClient, revokeGrant, setScopes } from "../../src/identity/client-registry.ts";
import {
  registerCertificate,
  registerKey,
  registerSshKey,
  revokeCertificate,
  revokeKey,
  revokeSshKey,
} from "../../src/identity/credential-registry.ts";
import { admitInsurer, putContact, removeContact, setPhase } from "../../src/identity/insurer-registry.ts";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import type { RegistryErrorCode } from "../../src/identity/registry-error.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { createTestDatabase } from "../database.ts";
import { publicJwk } from "./authorization-listener.ts";

const ALPHA = "0403019261";
const BETA = "0428759497";
const actor = { clientId: "client-operator" };

const { database } = await createTestDatabase(t);
const authority = await createDevelopmentAuthority();
const act = <T>(work: (tx: TransactionSql) => Promise<T>): Promise<T> =>
  database.institute.begin(work) as unknown as Promise<T>;

async function isRefused(
  t: Test,
  code: RegistryErrorCode,
  work: (tx: TransactionSql) => Promise<unknown>,
  name?: string,
) {
  await t.rejects(act(work), { name: "RegistryError", code, message: /^[A-Z].*\.$/ }, name ?? code);
}

const ec = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
let count = 0;
async function makeClient(kind: "insurer" | "serviceProvider" | "operator" = "insurer"): Promise<string> {
  count += 1;
  const clientId = `client-${count}`;
  await act((tx) => createClient(tx, actor, { clientId, name: "A client", kind }));
  return clientId;
}

t.test("insurers are admitted once, under a number with check digits", async (t) => {
  const change = await act((tx) => admitInsurer(tx, actor, { enterpriseNumber: "BE 0403.019.261", name: "Alpha" }));
  t.strictSame(change, {
    act: "insurerAdmitted",
    actor,
    insurerId: change.insurerId,
    details: { enterpriseNumber: ALPHA, name: "Alpha", phase: "access" },
  });
  await act((tx) => admitInsurer(tx, actor, { enterpriseNumber: BETA, name: "Beta", phase: "loading" }));
  await isRefused(t, "insurerExists", (tx) => admitInsurer(tx, actor, { enterpriseNumber: ALPHA, name: "Again" }));
  await isRefused(t, "invalidEnterpriseNumber", (tx) =>
    admitInsurer(tx, actor, { enterpriseNumber: "0403019262", name: "X" }),
  );
  for (const name of ["", " x", "a\nb", "a\u0000b", "x".repeat(201)]) {
    await isRefused(t, "invalidName", (tx) => admitInsurer(tx, actor, { enterpriseNumber: "0471938850", name }));
  }
});

t.test("phases: any may follow, except live before the initial load has ended", async (t) => {
  t.match(await act((tx) => setPhase(tx, actor, { enterpriseNumber: ALPHA, phase: "loading" })), {
    act: "phaseSet",
    details: { before: "access", phase: "loading" },
  });
  await isRefused(
    t,
    "phaseNotAllowed",
    (tx) => setPhase(tx, actor, { enterpriseNumber: ALPHA, phase: "loading" }),
    "again",
  );
  await isRefused(t, "phaseNotAllowed", (tx) => setPhase(tx, actor, { enterpriseNumber: ALPHA, phase: "live" }));
  await isRefused(t, "phaseNotAllowed", (tx) =>
    setPhase(tx, actor, { enterpriseNumber: ALPHA, phase: "asleep" as "live" }),
  );
  await isRefused(t, "insurerNotFound", (tx) => setPhase(tx, actor, { enterpriseNumber: "0471938850", phase: "live" }));
  await database.institute`update insurer set initial_load_completed_at = now() where enterprise_number = ${ALPHA}`;
  for (const phase of ["live", "suspended", "live"] as const) {
    t.match(await act((tx) => setPhase(tx, actor, { enterpriseNumber: ALPHA, phase })), { details: { phase } });
  }
});

t.test("contacts are put and removed, and no change says who they are", async (t) => {
  const contact = {
    enterpriseNumber: ALPHA,
    email: "Someone@alpha.example",
    name: "Some One",
    language: "nl" as const,
  };
  const changes = [
    await act((tx) => putContact(tx, actor, contact)),
    await act((tx) => putContact(tx, actor, { ...contact, email: "someone@alpha.example", language: "fr" })),
  ];
  t.notMatch(JSON.stringify(changes), /someone/i);
  const rows = await database.institute`select email, name, language from insurer_contact`;
  t.strictSame(
    [...rows],
    [{ email: "someone@alpha.example", name: "Some One", language: "fr" }],
    "one address, one contact",
  );
  for (const email of ["", "x", "a b@c", "a@b\n", `${"x".repeat(65)}@b`, "<a@b>"]) {
    await isRefused(t, "invalidContact", (tx) => putContact(tx, actor, { ...contact, email }), email);
  }
  await isRefused(t, "invalidContact", (tx) => putContact(tx, actor, { ...contact, language: "en" as "fr" }));
  await act((tx) => removeContact(tx, actor, { enterpriseNumber: ALPHA, email: "SOMEONE@alpha.example" }));
  await isRefused(t, "contactNotFound", (tx) => removeContact(tx, actor, contact));
});

t.test("clients have an id for ever and the scopes of their kind", async (t) => {
  const change = await act((tx) => createClient(tx, actor, { clientId: "alpha.1", name: "Alpha 1", kind: "insurer" }));
  t.match(change, { act: "clientCreated", clientId: "alpha.1", details: { kind: "insurer" } });
  t.strictSame(change.details.scopes, [SCOPES.submit, SCOPES.consult, SCOPES.consultAdvantages]);
  await isRefused(t, "clientExists", (tx) =>
    createClient(tx, actor, { clientId: "alpha.1", name: "x", kind: "insurer" }),
  );
  await isRefused(t, "invalidClientId", (tx) =>
    createClient(tx, actor, { clientId: "a b", name: "x", kind: "insurer" }),
  );
  for (const [kind, scopes] of [
    ["insurer", [SCOPES.operate]],
    ["insurer", [SCOPES.submit, SCOPES.audit]],
    ["operator", [SCOPES.submit]],
    ["operator", []],
    ["serviceProvider", ["openid"]],
  ] as const) {
    await isRefused(
      t,
      "invalidScope",
      (tx) => createClient(tx, actor, { clientId: "x", name: "x", kind, scopes }),
      `${scopes}`,
    );
    if (kind === "insurer")
      await isRefused(t, "invalidScope", (tx) => setScopes(tx, actor, { clientId: "alpha.1", scopes }));
  }
  const narrowed = await act((tx) =>
    setScopes(tx, actor, { clientId: "alpha.1", scopes: [SCOPES.consult, SCOPES.consult] }),
  );
  t.strictSame(narrowed.details.scopes, [SCOPES.consult]);
  await act((tx) => revokeClient(tx, actor, { clientId: "alpha.1" }));
  await isRefused(t, "clientRevoked", (tx) => revokeClient(tx, actor, { clientId: "alpha.1" }));
  await isRefused(t, "clientExists", (tx) =>
    createClient(tx, actor, { clientId: "alpha.1", name: "x", kind: "insurer" }),
  );
  await isRefused(t, "clientRevoked", (tx) => registerKey(tx, actor, { clientId: "alpha.1", jwk: publicJwk(ec()) }));
  await isRefused(t, "clientNotFound", (tx) => revokeClient(tx, actor, { clientId: "' or 1=1" }));
});

t.test("grants are dated, do not overlap, and several are for service providers only", async (t) => {
  const provider = await makeClient("serviceProvider");
  const give =
    (clientId: string, enterpriseNumber: string, validFrom: string, validTo?: string) => (tx: TransactionSql) =>
      grant(tx, actor, { clientId, enterpriseNumber, validFrom, ...(validTo && { validTo }) });
  t.match(await act(give(provider, ALPHA, "2026-01-01", "2026-06-30")), {
    act: "granted",
    details: { enterpriseNumber: ALPHA, validFrom: "2026-01-01", validTo: "2026-06-30" },
  });
  await act(give(provider, ALPHA, "2026-07-01"));
  await act(give(provider, BETA, "2026-03-01"));
  await isRefused(t, "grantExists", give(provider, ALPHA, "2025-01-01", "2026-01-01"), "one day in common");
  await isRefused(t, "grantExists", give(provider, ALPHA, "2030-01-01"));
  await act(give(provider, ALPHA, "2025-01-01", "2025-12-31"));

  const insurer = await makeClient("insurer");
  await act(give(insurer, ALPHA, "2026-01-01"));
  await isRefused(t, "grantExists", give(insurer, BETA, "2026-01-01"), "an insurer's client acts for one insurer");
  const operator = await makeClient("operator");
  await isRefused(t, "invalidScope", give(operator, ALPHA, "2026-01-01"));
  await isRefused(t, "insurerNotFound", give(provider, "0471938850", "2026-01-01"));
  for (const [from, to] of [
    ["2026-02-30"],
    ["0000-01-01"],
    ["1 May"],
    ["2026-01-01", "2025-12-31"],
    ["2026-01-01", "2026-13-01"],
  ] as const) {
    await isRefused(t, "invalidPeriod", give(provider, BETA, from, to), from);
  }
  await act((tx) => revokeGrant(tx, actor, { clientId: provider, enterpriseNumber: ALPHA }));
  const [left] = await database.institute<{ count: number }[]>`
    select count(*) as count from client_grant where client_id = ${provider} and revoked_at is null`;
  t.equal(left!.count, 1, "all of that insurer, none of the other");
  await isRefused(t, "grantNotFound", (tx) => revokeGrant(tx, actor, { clientId: provider, enterpriseNumber: ALPHA }));
  await act(give(provider, ALPHA, "2026-01-01"));
});

t.test("keys: public, strong, of a kind that signs assertions, two at a time", async (t) => {
  const clientId = await makeClient();
  const register = (jwk: object, expiresAt?: Date) => (tx: TransactionSql) =>
    registerKey(tx, actor, { clientId, jwk, ...(expiresAt && { expiresAt }) });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const refused = {
    "a private key": ec().export({ format: "jwk" }),
    "a secret": { kty: "oct", k: "AAAA" },
    "another curve": publicJwk(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey),
    X25519: publicJwk(generateKeyPairSync("x25519").privateKey),
    "a weak RSA key": publicJwk(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey),
    "another algorithm": { ...publicJwk(rsa), alg: "RS256" },
    "for encryption": { ...publicJwk(rsa), use: "enc" },
    "an endless kid": { ...publicJwk(rsa), kid: "x".repeat(101) },
    "a kid with spaces": { ...publicJwk(rsa), kid: "a b" },
    "no key": {},
    "half a key": { kty: "EC", crv: "P-256", x: "AAAA" },
  };
  for (const [name, jwk] of Object.entries(refused)) await isRefused(t, "invalidKey", register(jwk), name);
  await isRefused(t, "invalidKey", register(publicJwk(rsa), new Date(Date.now() - 1)), "expired");

  const first = await act(register({ ...publicJwk(rsa), kid: "mine", alg: "PS256", x5u: "https://elsewhere.example" }));
  t.match(first, { act: "keyRegistered", kid: "mine", details: { kid: "mine", expiresAt: null } });
  const [row] = await database.institute<{ jwk: object }[]>`select jwk from client_key where client_id = ${clientId}`;
  t.strictSame(Object.keys(row!.jwk).sort(), ["alg", "e", "kid", "kty", "n", "use"], "nothing but the key is kept");
  await isRefused(t, "keyExists", register({ ...publicJwk(ec()), kid: "mine" }));
  const second = await act(register(publicJwk(ec())));
  t.match(second.kid, /^[\w-]{43}$/, "a thumbprint where no kid was given");
  await isRefused(t, "tooManyActive", register(publicJwk(ec())));
  t.match(await act((tx) => revokeKey(tx, actor, { clientId, kid: "mine" })), {
    act: "keyRevoked",
    details: { kid: "mine" },
  });
  await isRefused(t, "keyNotFound", (tx) => revokeKey(tx, actor, { clientId, kid: "mine" }));
  await act(register(publicJwk(generateKeyPairSync("ed25519").privateKey), new Date(Date.now() + 60_000)));
  await isRefused(t, "tooManyActive", register(publicJwk(ec())));
});

t.test("at once, three registrations leave two keys", async (t) => {
  const clientId = await makeClient();
  const all = await Promise.allSettled(
    Array.from({ length: 3 }, () => act((tx) => registerKey(tx, actor, { clientId, jwk: publicJwk(ec()) }))),
  );
  t.equal(all.filter(({ status }) => status === "fulfilled").length, 2);
});

t.test("certificates: for clients, in time, of one client, two at a time", async (t) => {
  const clientId = await makeClient();
  const other = await makeClient();
  const register =
    (pem: string, owner = clientId) =>
    (tx: TransactionSql) =>
      registerCertificate(tx, actor, { clientId: owner, pem });
  const issue = (usage: "client" | "server", days: [number, number] = [-1, 30]) =>
    issueCertificate(authority, {
      commonName: "A client",
      usage,
      validity: { notBefore: inDays(days[0]), notAfter: inDays(days[1]) },
    });
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  const refused = {
    text: "text",
    "a broken certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "an authority": authority.certificatePem,
    "a server": (await issue("server")).certificatePem,
    expired: (await issue("client", [-2, -1])).certificatePem,
    "a key": authority.privateKeyPem,
  };
  for (const [name, pem] of Object.entries(refused)) await isRefused(t, "invalidCertificate", register(pem), name);

  const [first, second, third] = [await issue("client"), await issue("client", [1, 30]), await issue("client")];
  const change = await act(register(first.certificatePem + authority.certificatePem));
  t.same(change.thumbprint, first.thumbprint);
  t.match(change, { act: "certificateRegistered", details: { thumbprint: first.thumbprint.toString("hex") } });
  await isRefused(t, "certificateExists", register(first.certificatePem, other), "of another client");
  await act(register(second.certificatePem));
  await isRefused(t, "tooManyActive", register(third.certificatePem));
  const { thumbprint } = first;
  await isRefused(t, "certificateNotFound", (tx) => revokeCertificate(tx, actor, { clientId: other, thumbprint }));
  await act((tx) => revokeCertificate(tx, actor, { clientId, thumbprint }));
  await isRefused(t, "certificateExists", register(first.certificatePem), "revoked is for ever");
  await act(register(third.certificatePem));
});

t.test("SSH keys are read as OpenSSH writes them", async (t) => {
  const clientId = await makeClient();
  const folder = t.testdir();
  const make = (name: string, ...options: string[]) => {
    execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "someone@a-machine", "-f", join(folder, name), ...options]);
    const line = readFileSync(join(folder, `${name}.pub`), "utf8");
    const [, fingerprint = ""] = execFileSync("ssh-keygen", ["-l", "-f", join(folder, `${name}.pub`)], {
      encoding: "utf8",
    }).split(" ");
    return { line, fingerprint };
  };
  const register = (publicKey: string) => (tx: TransactionSql) => registerSshKey(tx, actor, { clientId, publicKey });
  const ed25519 = make("ed25519", "-t", "ed25519");
  const ecdsa = make("ecdsa", "-t", "ecdsa");
  const rsa = make("rsa", "-t", "rsa", "-b", "2048");
  const change = await act(register(ed25519.line));
  t.match(change, { act: "sshKeyRegistered", fingerprint: ed25519.fingerprint });
  t.notMatch(JSON.stringify(change), "someone");
  const [row] = await database.institute<{ publicKey: string }[]>`select public_key as "publicKey" from client_ssh_key`;
  t.equal(row?.publicKey, ed25519.line.split(" ").slice(0, 2).join(" "), "without the comment");
  await isRefused(t, "keyExists", register(ed25519.line));
  t.equal((await act(register(ecdsa.line))).fingerprint, ecdsa.fingerprint);
  await isRefused(t, "tooManyActive", register(rsa.line));
  await act((tx) => revokeSshKey(tx, actor, { clientId, fingerprint: ed25519.fingerprint }));
  await isRefused(t, "sshKeyNotFound", (tx) => revokeSshKey(tx, actor, { clientId, fingerprint: ed25519.fingerprint }));
  t.equal((await act(register(rsa.line))).fingerprint, rsa.fingerprint);

  const [type, base64 = ""] = ed25519.line.split(" ");
  const weak = make("weak", "-t", "rsa", "-b", "1024").line;
  for (const [name, line] of Object.entries({
    weak,
    text: "ssh-ed25519",
    options: `command="x" ${ed25519.line}`,
    "two lines": `${ed25519.line}${ecdsa.line}`,
    "another type": `ssh-rsa ${base64}`,
    "cut short": `${type} ${base64.slice(0, 44)}`,
    "a private key": readFileSync(join(folder, "ed25519"), "utf8"),
  })) {
    await isRefused(t, "invalidSshKey", register(line), name);
  }
});

t.test("an act that is refused leaves nothing behind", async (t) => {
  const before = await digestOfTables();
  await isRefused(t, "clientNotFound", async (tx) => {
    await admitInsurer(tx, actor, { enterpriseNumber: "0471938850", name: "Gamma" });
    await revokeClient(tx, actor, { clientId: "nobody" });
  });
  t.equal(await digestOfTables(), before);

  async function digestOfTables(): Promise<string> {
    const hash = createHash("sha256");
    for (const name of ["insurer", "client", "client_key", "client_certificate", "client_grant"]) {
      hash.update(JSON.stringify(await database.institute`select * from ${database.institute(name)} order by 1, 2`));
    }
    return hash.digest("hex");
  }
});
