import { createPublicKey } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { calculateJwkThumbprint, type JWK } from "jose";
import t, { type Test } from "tap";
import { createClientDirectory } from "../../src/identity/client-directory.ts";
import { revokeGrant } from "../../src/identity/client-registry.ts";
import { ensureDevelopmentCertificates } from "../../src/identity/development-certificates.ts";
import { seedDevelopmentClients } from "../../src/identity/development-clients.ts";
import { SCOPES_BY_KIND } from "../../src/identity/scopes.ts";
import { createTestDatabase } from "../database.ts";
import { ACTOR } from "./authorization-listener.ts";

const { database } = await createTestDatabase(t);
const folder = join(t.testdir(), "certificates");
const TODAY = "2026-11-22";

async function checkClients(t: Test): Promise<void> {
  const directory = createClientDirectory(database.plain);
  const made = await ensureDevelopmentCertificates(folder);
  for (const { clientId, kind, thumbprint, assertionKeyFile, sshKeyFile } of made.clients) {
    const client = await directory.findClient(clientId);
    t.match(client, { kind, scopes: SCOPES_BY_KIND[kind] });
    const jwk = createPublicKey(await readFile(assertionKeyFile)).export({ format: "jwk" }) as JWK;
    t.strictSame(
      client?.keys.map(({ kid }) => kid),
      [await calculateJwkThumbprint(jwk)],
      clientId,
    );
    t.equal(await directory.isCertificateOf(clientId, thumbprint), true);
    const sshKeys = await database.institute<{ publicKey: string }[]>`
      select public_key as "publicKey" from client_ssh_key where client_id = ${clientId} and revoked_at is null`;
    const line = sshKeyFile && (await readFile(`${sshKeyFile}.pub`, "utf8"));
    t.same(
      sshKeys.map(({ publicKey }) => publicKey.split(" ")[1]),
      line ? [line.split(" ")[1]] : [],
    );
  }
}

const grantsOf = async (clientId: string) =>
  (await createClientDirectory(database.plain).listGrants(clientId, TODAY)).map(
    ({ enterpriseNumber }) => enterpriseNumber,
  );

t.test(
  "a fresh environment has two insurers in their initial load, a service provider for both, and an operator",
  async (t) => {
    const made = await ensureDevelopmentCertificates(folder);
    const changes = await seedDevelopmentClients(database.institute, made);
    t.equal(changes.length, 2 + 4 * 3 + 4 + 3);
    await checkClients(t);
    t.strictSame(await grantsOf("client-alpha"), ["0403019261"]);
    t.strictSame(await grantsOf("client-beta"), ["0428759497"]);
    t.strictSame(await grantsOf("client-provider"), ["0403019261", "0428759497"]);
    t.strictSame(await grantsOf("client-operator"), []);
    const phases = await database.institute<{ phase: string }[]>`select phase from insurer`;
    t.same(
      phases.map(({ phase }) => phase),
      ["loading", "loading"],
    );
  },
);

t.test("another start changes nothing, and gives nothing back that was taken away", async (t) => {
  const made = await ensureDevelopmentCertificates(folder);
  await database.institute.begin((tx) =>
    revokeGrant(tx, ACTOR, { clientId: "client-provider", enterpriseNumber: "0403019261" }),
  );
  const all = await Promise.all([1, 2, 3].map(() => seedDevelopmentClients(database.institute, made)));
  t.strictSame(all, [[], [], []]);
  t.strictSame(await grantsOf("client-provider"), ["0428759497"]);
});

t.test("files that were removed and made anew take the place of the earlier ones", async (t) => {
  await rm(folder, { recursive: true });
  const made = await ensureDevelopmentCertificates(folder);
  const changes = await seedDevelopmentClients(database.institute, made);
  t.equal(changes.length, 4 * 2 + 3);
  await checkClients(t);
});
