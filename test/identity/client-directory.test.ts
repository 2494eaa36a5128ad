import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createClientDirectory, isClientId } from "../../src/identity/client-directory.ts";
import { grant, revokeClient, revokeGrant } from "../../src/identity/client-registry.ts";
import { revokeCertificate, revokeKey } from "../../src/identity/credential-registry.ts";
import { admitInsurer, setPhase } from "../../src/identity/insurer-registry.ts";
import { createDevelopmentAuthority } from "../../src/identity/issue-certificate.ts";
import { createTestDatabase } from "../database.ts";
import { ACTOR, makeClient, publicJwk } from "./authorization-listener.ts";

const ALPHA = "0403019261";
const BETA = "0428759497";

const { database } = await createTestDatabase(t);
const { institute } = database;
const authority = await createDevelopmentAuthority();
const setting = { database, authority };
const insurers = await institute.begin(async (tx) => [
  await admitInsurer(tx, ACTOR, { enterpriseNumber: ALPHA, name: "Alpha", phase: "loading" }),
  await admitInsurer(tx, ACTOR, { enterpriseNumber: BETA, name: "Beta" }),
]);

t.test("a client is found with its keys, certificates and the grants of the day", async (t) => {
  const directory = createClientDirectory(database.plain);
  const client = await makeClient(setting, "client-provider", { kind: "serviceProvider" });
  await institute.begin(async (tx) => {
    const { clientId } = client;
    await grant(tx, ACTOR, { clientId, enterpriseNumber: ALPHA, validFrom: "2026-01-01", validTo: "2026-06-30" });
    await grant(tx, ACTOR, { clientId, enterpriseNumber: BETA, validFrom: "2026-06-01" });
  });
  const found = await directory.findClient(client.clientId);
  t.match(found, { clientId: client.clientId, name: client.clientId, kind: "serviceProvider" });
  t.strictSame(found?.keys, [{ ...publicJwk(client.key), kid: client.kid, alg: "ES256", use: "sig" }]);
  t.equal(await directory.isCertificateOf(client.clientId, client.certificate.thumbprint), true);
  t.equal(await directory.isCertificateOf("client-other", client.certificate.thumbprint), false);
  t.equal(await directory.isCertificateOf(client.clientId, Buffer.alloc(32)), false);

  const alpha = {
    insurerId: insurers[0]!.insurerId,
    enterpriseNumber: ALPHA,
    name: "Alpha",
    phase: "loading",
    validFrom: "2026-01-01",
    validTo: "2026-06-30",
  };
  const beta = {
    insurerId: insurers[1]!.insurerId,
    enterpriseNumber: BETA,
    name: "Beta",
    phase: "access",
    validFrom: "2026-06-01",
    validTo: null,
  };
  for (const [today, grants] of [
    ["2025-12-31", []],
    ["2026-01-01", [alpha]],
    ["2026-06-30", [alpha, beta]],
    ["2026-07-01", [beta]],
    ["2050-01-01", [beta]],
  ] as const) {
    t.strictSame(await directory.listGrants(client.clientId, today), grants, today);
  }
});

t.test("what no client can be called is no question to the database", async (t) => {
  const directory = createClientDirectory(database.plain);
  for (const id of ["", " ", "a b", "a\u0000", "é", "-a", "a/b", "x".repeat(101), "__proto__"]) {
    t.equal(isClientId(id), false, id);
    t.equal(await directory.findClient(id), undefined);
    t.strictSame(await directory.listGrants(id, "2026-11-22"), []);
    t.equal(await directory.isCertificateOf(id, Buffer.alloc(32)), false);
  }
  for (const id of ["a", "client-alpha", "A.b_c-9", "x".repeat(100)]) t.equal(isClientId(id), true, id);
});

t.test("whatever is taken back acts at the latest when what is remembered has aged", async (t) => {
  const directory = createClientDirectory(database.plain, { maximumAgeMs: 1_500 });
  const acts = {
    client: (id: string) => institute.begin((tx) => revokeClient(tx, ACTOR, { clientId: id })),
    grant: (id: string) => institute.begin((tx) => revokeGrant(tx, ACTOR, { clientId: id, enterpriseNumber: ALPHA })),
    key: (id: string, { kid }: { kid: string }) => institute.begin((tx) => revokeKey(tx, ACTOR, { clientId: id, kid })),
    certificate: (id: string, { certificate }: Awaited<ReturnType<typeof makeClient>>) =>
      institute.begin((tx) => revokeCertificate(tx, ACTOR, { clientId: id, thumbprint: certificate.thumbprint })),
  };
  for (const [name, revoke] of Object.entries(acts)) {
    const client = await makeClient(setting, `client-${name}`);
    const { clientId } = client;
    await institute.begin((tx) => grant(tx, ACTOR, { clientId, enterpriseNumber: ALPHA, validFrom: "2026-01-01" }));
    const see = async () => ({
      client: (await directory.findClient(clientId)) !== undefined,
      key: (await directory.findClient(clientId))?.keys.length === 1,
      certificate: await directory.isCertificateOf(clientId, client.certificate.thumbprint),
      grant: (await directory.listGrants(clientId, "2026-11-22")).length === 1,
    });
    const everything = { client: true, key: true, certificate: true, grant: true };
    t.strictSame(await see(), everything);
    await revoke(clientId, client);
    t.strictSame(await see(), everything, "still remembered");
    await sleep(1_550);
    const expected =
      name === "client"
        ? { client: false, key: false, certificate: false, grant: false }
        : { ...everything, [name]: false };
    t.strictSame(await see(), expected, name);
  }
});

t.test("the process that changed something need not wait", async (t) => {
  const directory = createClientDirectory(database.plain);
  const { clientId } = await makeClient(setting, "client-forgotten");
  t.equal(await directory.findClient("client-later"), undefined);
  t.ok(await directory.findClient(clientId));
  await institute.begin((tx) => revokeClient(tx, ACTOR, { clientId }));
  await makeClient(setting, "client-later");
  t.equal(
    await directory.findClient("client-later"),
    undefined,
    "also of nobody it is remembered that he was not there",
  );
  directory.forget(clientId);
  directory.forget("client-later");
  t.equal(await directory.findClient(clientId), undefined);
  t.ok(await directory.findClient("client-later"));
  const other = await makeClient(setting, "client-of-phase");
  await institute.begin((tx) =>
    grant(tx, ACTOR, { clientId: other.clientId, enterpriseNumber: ALPHA, validFrom: "2026-01-01" }),
  );
  t.match(await directory.listGrants(other.clientId, "2026-11-22"), [{ phase: "loading" }]);
  await institute.begin((tx) => setPhase(tx, ACTOR, { enterpriseNumber: ALPHA, phase: "suspended" }));
  directory.forget();
  t.match(await directory.listGrants(other.clientId, "2026-11-22"), [{ phase: "suspended" }]);
});

t.test("a key or certificate that expires is gone at that moment, remembered or not", async (t) => {
  const directory = createClientDirectory(database.plain);
  const client = await makeClient(setting, "client-expiring");
  const soon = new Date(Date.now() + 3_000);
  await institute`update client_key set expires_at = ${soon} where client_id = ${client.clientId}`;
  await institute`update client_certificate set not_after = ${soon} where client_id = ${client.clientId}`;
  t.equal((await directory.findClient(client.clientId))?.keys.length, 1);
  t.equal(await directory.isCertificateOf(client.clientId, client.certificate.thumbprint), true);
  await sleep(soon.getTime() - Date.now() + 50);
  t.equal((await directory.findClient(client.clientId))?.keys.length, 0);
  t.equal(await directory.isCertificateOf(client.clientId, client.certificate.thumbprint), false);
});

t.test("many questions at once are one to the database, and a failure is not remembered", async (t) => {
  const { clientId } = await makeClient(setting, "client-asked");
  let queries = 0;
  const counting = new Proxy(database.plain, {
    apply(target, self, parts) {
      queries += 1;
      if (queries === 1) return Promise.reject(new Error("the database is away"));
      return Reflect.apply(target, self, parts);
    },
  });
  const directory = createClientDirectory(counting);
  await t.rejects(directory.findClient(clientId), { message: "the database is away" });
  const found = await Promise.all(Array.from({ length: 20 }, () => directory.findClient(clientId)));
  t.ok(found.every((client) => client?.clientId === clientId));
  t.equal(queries, 2);
});
