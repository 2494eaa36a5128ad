import { calculateJwkThumbprint } from "jose";
import type { TransactionSql } from "../database/sql.ts";
import { registerCertificate } from "../identity/credential-registry.ts";
import { readClientCertificate, readPublicJwk, readSshKey } from "../identity/credentials.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type Applicant, certifyApplicant } from "./applicant.ts";
import { type AdmissionRequest, SpaceRefused, type Spaces } from "./spaces.ts";

const ACTOR: Actor = { account: "validation" };
export const TOO_MANY_CERTIFICATES =
  "This account was renewed often and has many certificates. Ask on a connection made with one of them: all others but the new one then end.";

/** An account that lives from now on, and what its client connects with. */
export interface RenewedAccount {
  readonly accountId: string;
  readonly clientId: string;
  readonly name: string;
  readonly certificatePem: string;
}

export interface Renewal {
  readonly spaces: Spaces;
  readonly applicant: Applicant;
  readonly request: Pick<AdmissionRequest, "sshPublicKey" | "keys" | "presented">;
  readonly expiresAt: Date;
}

/**
 * Lets the account of that key live longer; undefined where there is none. It changes no key: a certificate and its request
 * are no secret, and whoever repeats one must not get at another's account.
 */
export async function renewAccount(
  tx: TransactionSql,
  { spaces, applicant, request, expiresAt }: Renewal,
): Promise<RenewedAccount | undefined> {
  const [account] = await tx<{ accountId: string; clientId: string; name: string }[]>`
    update space_account set expires_at = greatest(expires_at, ${expiresAt})
    where key_thumbprint = ${applicant.keyThumbprint} and ended_at is null
    returning account_id as "accountId", client_id as "clientId", name`;
  if (!account) return undefined;
  const { clientId } = account;
  await refuseOtherKeys(tx, clientId, request);
  const certificatePem = await certifyApplicant(spaces, applicant, { clientId, expiresAt });
  await addCertificate(tx, clientId, certificatePem, request.presented);
  return { ...account, certificatePem };
}

async function refuseOtherKeys(
  tx: TransactionSql,
  clientId: string,
  { keys = [], sshPublicKey }: Renewal["request"],
): Promise<void> {
  const known = await tx<{ jwk: Record<string, string> }[]>`
    select jwk from client_key where client_id = ${clientId} and revoked_at is null`;
  const thumbprintOf = async (jwk: object) => await calculateJwkThumbprint((await readPublicJwk({ ...jwk })).publicJwk);
  const knownKeys = new Set(await Promise.all(known.map(({ jwk }) => thumbprintOf(jwk))));
  const sent = await Promise.all(keys.map(thumbprintOf));
  const [ssh] =
    sshPublicKey === undefined
      ? []
      : await tx`
        select from client_ssh_key where client_id = ${clientId} and revoked_at is null
          and fingerprint = ${readSshKey(sshPublicKey).fingerprint}`;
  if (sent.every((one) => knownKeys.has(one)) && (sshPublicKey === undefined || ssh)) return;
  throw new SpaceRefused(
    "keysDiffer",
    "This key was admitted before, with other keys beside it. Ask with those, or with a new key for another account.",
  );
}

/** Certificates of an account that its renewals may leave without showing one. */
const MAXIMUM_CERTIFICATES = 10;

/**
 * Whoever asks with a certificate of the account leaves two: that one and the new one. Without, none gives way, for
 * whoever repeats a request must not end what the account connects with; so there can be some, and no more.
 */
async function addCertificate(
  tx: TransactionSql,
  clientId: string,
  pem: string,
  presented: Buffer = Buffer.alloc(0),
): Promise<void> {
  const { thumbprint } = readClientCertificate(pem);
  const known = await tx<{ thumbprint: Buffer; isActive: boolean }[]>`
    select thumbprint, revoked_at is null and not_after > now() as "isActive" from client_certificate
    where client_id = ${clientId}`;
  if (known.some((one) => one.thumbprint.equals(thumbprint))) return;
  const active = known.filter(({ isActive }) => isActive);
  if (active.some((one) => one.thumbprint.equals(presented))) {
    await tx`
      update client_certificate set revoked_at = now()
      where client_id = ${clientId} and thumbprint <> ${presented} and revoked_at is null`;
  } else if (active.length >= MAXIMUM_CERTIFICATES)
    throw new SpaceRefused("tooManyCertificates", TOO_MANY_CERTIFICATES);
  await registerCertificate(tx, ACTOR, { clientId, pem, isRenewal: true });
}
