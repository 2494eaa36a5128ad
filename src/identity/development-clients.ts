import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { JWK } from "jose";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { createClient, grant } from "./client-registry.ts";
import { registerCertificate, registerKey, registerSshKey } from "./credential-registry.ts";
import type { DevelopmentCertificates, DevelopmentClient } from "./development-certificates.ts";
import { admitInsurer } from "./insurer-registry.ts";
import type { Actor, RegistryChange } from "./registry-error.ts";

const ACTOR: Actor = { account: "development" };
const GRANTED_FROM = "2020-01-01";
/** Any number that nothing else locks: processes that start together seed one after the other. */
const SEED_LOCK = 7_249_002;

/**
 * Admits the synthetic insurers to their initial load and registers the development clients with their keys,
 * certificates and grants; the service provider acts for every insurer. What is there already stays as it is.
 */
export async function seedDevelopmentClients(institute: Sql, made: DevelopmentCertificates): Promise<RegistryChange[]> {
  return institute.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${SEED_LOCK})`;
    const changes: RegistryChange[] = [];
    const insurers = made.clients.filter(isInsurer);
    for (const { enterpriseNumber, name } of insurers) {
      const [known] = await tx`select from insurer where enterprise_number = ${enterpriseNumber}`;
      if (!known) changes.push(await admitInsurer(tx, ACTOR, { enterpriseNumber, name, phase: "loading" }));
    }
    for (const client of made.clients) {
      const { clientId, name, kind } = client;
      const [known] = await tx`select from client where client_id = ${clientId}`;
      if (!known) changes.push(await createClient(tx, ACTOR, { clientId, name, kind }));
      changes.push(...(await renewCredentials(tx, client)));
      if (known) continue;
      const principals = kind === "serviceProvider" ? insurers : insurers.filter((one) => one === client);
      for (const { enterpriseNumber } of principals) {
        changes.push(await grant(tx, ACTOR, { clientId, enterpriseNumber, validFrom: GRANTED_FROM }));
      }
    }
    return changes;
  });
}

/** Registers key and certificate of the files; those of files that were removed and made anew give way. */
async function renewCredentials(tx: TransactionSql, client: DevelopmentClient): Promise<RegistryChange[]> {
  const { clientId, thumbprint } = client;
  const [known] = await tx`select from client_certificate where thumbprint = ${thumbprint}`;
  if (known) return [];
  await tx`update client_certificate set revoked_at = now() where client_id = ${clientId} and revoked_at is null`;
  await tx`update client_ssh_key set revoked_at = now() where client_id = ${clientId} and revoked_at is null`;
  await tx`update client_key set revoked_at = now() where client_id = ${clientId} and revoked_at is null`;
  const pem = await readFile(client.certificateFile, "utf8");
  return [
    await registerKey(tx, ACTOR, { clientId, jwk: await readAssertionJwk(client) }),
    await registerCertificate(tx, ACTOR, { clientId, pem }),
    ...(client.sshKeyFile
      ? [await registerSshKey(tx, ACTOR, { clientId, publicKey: await readFile(`${client.sshKeyFile}.pub`, "utf8") })]
      : []),
  ];
}

function isInsurer(client: DevelopmentClient): client is DevelopmentClient & { readonly enterpriseNumber: string } {
  return client.kind === "insurer";
}

async function readAssertionJwk({ assertionKeyFile }: DevelopmentClient): Promise<JWK> {
  return createPublicKey(await readFile(assertionKeyFile)).export({ format: "jwk" }) as JWK;
}
