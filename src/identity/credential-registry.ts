import type { JWK } from "jose";
import type { TransactionSql } from "../database/sql.ts";
import { type ClientName, lockClient } from "./client-registry.ts";
import { readClientCertificate, readPublicJwk, readSigningCertificate, readSshKey } from "./credentials.ts";
import { type Actor, type RegistryChange, RegistryError } from "./registry-error.ts";

// What operators do to keys and certificates of clients; see insurer-registry.ts for the transaction and the errors.

/** One in use and one to follow it. */
export const MAXIMUM_ACTIVE = 2;

/** Registers the public key (JWK) that verifies assertions: EC P-256, RSA of 2048 bits or more, or Ed25519. */
export async function registerKey(
  tx: TransactionSql,
  actor: Actor,
  { clientId, jwk, expiresAt }: ClientName & { jwk: JWK; expiresAt?: Date },
): Promise<RegistryChange & { readonly kid: string }> {
  await lockClient(tx, clientId);
  const { kid, publicJwk } = await readPublicJwk(jwk);
  if (expiresAt && expiresAt <= new Date()) throw new RegistryError("invalidKey", "The key has expired.");
  const [active] = await tx<{ count: number }[]>`
    select count(*) as count from client_key
    where client_id = ${clientId} and revoked_at is null and (expires_at is null or expires_at > now())`;
  refuseThird(active!.count, "keys");
  const { count } = await tx`
    insert into client_key (client_id, kid, jwk, registered_at, expires_at)
    values (${clientId}, ${kid}, ${tx.json({ ...publicJwk })}, now(), ${expiresAt ?? null})
    on conflict (client_id, kid) do nothing`;
  if (count === 0) throw new RegistryError("keyExists", `Client ${clientId} has or had a key with the kid ${kid}.`);
  return { act: "keyRegistered", actor, clientId, kid, details: { kid, expiresAt: expiresAt?.toISOString() ?? null } };
}

export async function revokeKey(
  tx: TransactionSql,
  actor: Actor,
  { clientId, kid }: ClientName & { kid: string },
): Promise<RegistryChange> {
  await lockClient(tx, clientId, { revoked: "too" });
  const { count } = await tx`
    update client_key set revoked_at = now() where client_id = ${clientId} and kid = ${kid} and revoked_at is null`;
  if (count === 0) throw new RegistryError("keyNotFound", `Client ${clientId} has no active key with that kid.`);
  return { act: "keyRevoked", actor, clientId, details: { kid } };
}

/** Registers a client certificate (PEM; the first certificate of the text) until it expires by itself. A renewal is for a key that is there: it may be one too many. */
export async function registerCertificate(
  tx: TransactionSql,
  actor: Actor,
  { clientId, pem, isRenewal = false }: ClientName & { pem: string; isRenewal?: boolean },
): Promise<RegistryChange & { readonly thumbprint: Buffer; readonly notAfter: Date }> {
  await lockClient(tx, clientId);
  const { thumbprint, notAfter } = readClientCertificate(pem);
  const [active] = await tx<{ count: number }[]>`
    select count(*) as count from client_certificate
    where client_id = ${clientId} and revoked_at is null and not_after > now()`;
  if (!isRenewal) refuseThird(active!.count, "certificates");
  const { count } = await tx`
    insert into client_certificate (thumbprint, client_id, not_after, registered_at)
    values (${thumbprint}, ${clientId}, ${notAfter}, now()) on conflict (thumbprint) do nothing`;
  if (count === 0) {
    throw new RegistryError("certificateExists", "This certificate is or was registered, here or for another client.");
  }
  const details = { thumbprint: thumbprint.toString("hex"), notAfter: notAfter.toISOString() };
  return { act: "certificateRegistered", actor, clientId, thumbprint, notAfter, details };
}

export async function revokeCertificate(
  tx: TransactionSql,
  actor: Actor,
  { clientId, thumbprint }: ClientName & { thumbprint: Buffer },
): Promise<RegistryChange> {
  await lockClient(tx, clientId, { revoked: "too" });
  const { count } = await tx`
    update client_certificate set revoked_at = now()
    where client_id = ${clientId} and thumbprint = ${thumbprint} and revoked_at is null`;
  if (count === 0) {
    throw new RegistryError("certificateNotFound", `Client ${clientId} has no such certificate that is not revoked.`);
  }
  return { act: "certificateRevoked", actor, clientId, details: { thumbprint: thumbprint.toString("hex") } };
}

/** Registers a key of the client's SFTP account, as one line of an OpenSSH `.pub` file. */
export async function registerSshKey(
  tx: TransactionSql,
  actor: Actor,
  { clientId, publicKey }: ClientName & { publicKey: string },
): Promise<RegistryChange & { readonly fingerprint: string }> {
  await lockClient(tx, clientId);
  const key = readSshKey(publicKey);
  const [active] = await tx<{ count: number }[]>`
    select count(*) as count from client_ssh_key where client_id = ${clientId} and revoked_at is null`;
  refuseThird(active!.count, "SSH keys");
  const { count } = await tx`
    insert into client_ssh_key (client_id, fingerprint, public_key, registered_at)
    values (${clientId}, ${key.fingerprint}, ${key.publicKey}, now()) on conflict (client_id, fingerprint) do nothing`;
  if (count === 0) throw new RegistryError("keyExists", `Client ${clientId} has or had this SSH key.`);
  const { fingerprint } = key;
  return { act: "sshKeyRegistered", actor, clientId, fingerprint, details: { fingerprint } };
}

export async function revokeSshKey(
  tx: TransactionSql,
  actor: Actor,
  { clientId, fingerprint }: ClientName & { fingerprint: string },
): Promise<RegistryChange> {
  await lockClient(tx, clientId, { revoked: "too" });
  const { count } = await tx`
    update client_ssh_key set revoked_at = now()
    where client_id = ${clientId} and fingerprint = ${fingerprint} and revoked_at is null`;
  if (count === 0)
    throw new RegistryError("sshKeyNotFound", `Client ${clientId} has no active SSH key with that fingerprint.`);
  return { act: "sshKeyRevoked", actor, clientId, details: { fingerprint } };
}

/** Registers a certificate (PEM) that verifies the signatures of the client's files, until it expires by itself. */
export async function registerSigningCertificate(
  tx: TransactionSql,
  actor: Actor,
  { clientId, pem }: ClientName & { pem: string },
): Promise<RegistryChange & { readonly thumbprint: Buffer }> {
  await lockClient(tx, clientId);
  const { thumbprint, der, notAfter } = readSigningCertificate(pem);
  const [active] = await tx<{ count: number }[]>`
    select count(*) as count from client_signing_certificate
    where client_id = ${clientId} and revoked_at is null and not_after > now()`;
  refuseThird(active!.count, "signing certificates");
  const { count } = await tx`
    insert into client_signing_certificate (client_id, thumbprint, certificate, not_after, registered_at)
    values (${clientId}, ${thumbprint}, ${der}, ${notAfter}, now()) on conflict do nothing`;
  if (count === 0) throw new RegistryError("certificateExists", `Client ${clientId} has or had this certificate.`);
  const details = { thumbprint: thumbprint.toString("hex"), notAfter: notAfter.toISOString() };
  return { act: "signingCertificateRegistered", actor, clientId, thumbprint, details };
}

export async function revokeSigningCertificate(
  tx: TransactionSql,
  actor: Actor,
  { clientId, thumbprint }: ClientName & { thumbprint: Buffer },
): Promise<RegistryChange> {
  await lockClient(tx, clientId, { revoked: "too" });
  const { count } = await tx`
    update client_signing_certificate set revoked_at = now()
    where client_id = ${clientId} and thumbprint = ${thumbprint} and revoked_at is null`;
  if (count === 0) {
    throw new RegistryError("certificateNotFound", `Client ${clientId} has no such certificate that is not revoked.`);
  }
  return { act: "signingCertificateRevoked", actor, clientId, details: { thumbprint: thumbprint.toString("hex") } };
}

function refuseThird(active: number, what: string): void {
  if (active < MAXIMUM_ACTIVE) return;
  throw new RegistryError("tooManyActive", `A client has at most ${MAXIMUM_ACTIVE} active ${what}: revoke one first.`);
}
