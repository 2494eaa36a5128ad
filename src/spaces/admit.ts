import { randomInt } from "node:crypto";
import { runTransaction } from "../database/run-transaction.ts";
import type { TransactionSql } from "../database/sql.ts";
import { openAccount } from "../exchange/account-registry.ts";
import { createClient } from "../identity/client-registry.ts";
import { registerCertificate, registerKey, registerSshKey } from "../identity/credential-registry.ts";
import type { Actor } from "../identity/registry-error.ts";
import { SPACE_SCOPES } from "../identity/scopes.ts";
import { type Applicant, certifyApplicant, readApplicant } from "./applicant.ts";
import { makeSpace } from "./make-space.ts";
import { type RenewedAccount, renewAccount } from "./renew-account.ts";
import { type AccountSpace, findSpaceOf } from "./space-queries.ts";
import { type AdmissionRequest, SpaceRefused, type Spaces } from "./spaces.ts";

const ACTOR: Actor = { account: "validation" };
/** Any number that nothing else locks: admissions are counted one at a time. */
const ADMISSION_LOCK = 7_249_004;
const DAY_MS = 86_400_000;
/** No letters that are taken for another or for a digit. */
const ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const ID_LENGTH = 10;

export interface Admission {
  readonly space: AccountSpace;
  /** PEM, with which the client connects. */
  readonly certificatePem: string;
  /** `kid` of each key that verifies its assertions. */
  readonly keyIds: readonly string[];
  readonly isRenewed: boolean;
}

/** Puts on record what is committed with it: whose it is, and what was done. */
export type RecordAdmission = (
  tx: TransactionSql,
  admitted: Pick<RenewedAccount, "clientId"> & Pick<Admission, "isRenewed">,
) => Promise<void>;

/**
 * Admits whoever asks to validation, with a space of its own; who asks again with the same key is renewed. When it breaks
 * off half-way, asking again completes it. Throws SpaceRefused and RegistryError.
 */
export async function admit(spaces: Spaces, request: AdmissionRequest, record: RecordAdmission): Promise<Admission> {
  const { institute } = spaces.intake.database;
  const applicant = await readApplicant(spaces, request);
  const expiresAt = new Date(Date.now() + spaces.days * DAY_MS);
  const admitted = await runTransaction(institute, async (tx) => {
    await tx`select pg_advisory_xact_lock(${ADMISSION_LOCK})`;
    const renewed = await renewAccount(tx, { spaces, applicant, request, expiresAt });
    const account = renewed ?? (await openNewAccount(tx, { spaces, applicant, request, expiresAt }));
    const admitted = { ...account, isRenewed: renewed !== undefined };
    await record(tx, admitted);
    return admitted;
  });
  const { accountId, clientId, name, certificatePem, isRenewed } = admitted;
  if (!(await findSpaceOf(institute, clientId))) {
    await makeSpace(spaces, { accountId, clientId, name, phase: request.phase });
  }
  const keys = await institute<{ kid: string }[]>`
    select kid from client_key where client_id = ${clientId} and revoked_at is null order by registered_at, kid`;
  const space = (await findSpaceOf(institute, clientId))!;
  return { space, certificatePem, keyIds: keys.map(({ kid }) => kid), isRenewed };
}

interface Opening {
  readonly spaces: Spaces;
  readonly applicant: Applicant;
  readonly request: AdmissionRequest;
  readonly expiresAt: Date;
}

async function openNewAccount(
  tx: TransactionSql,
  { spaces, applicant, request, expiresAt }: Opening,
): Promise<RenewedAccount> {
  const [living] = await tx<{ count: number }[]>`select count(*) as count from space_account where ended_at is null`;
  if (living!.count >= spaces.maximumAccounts) {
    throw new SpaceRefused("admissionsClosed", "As many are admitted as can be at once. Try again another day.");
  }
  const { name, contact = null, sshPublicKey, language } = request;
  const clientId = drawClientId();
  await createClient(tx, ACTOR, { clientId, name, kind: "insurer", scopes: SPACE_SCOPES });
  for (const jwk of applicant.keys) await registerKey(tx, ACTOR, { clientId, jwk });
  const certificatePem = await certifyApplicant(spaces, applicant, { clientId, expiresAt });
  await registerCertificate(tx, ACTOR, { clientId, pem: certificatePem });
  if (sshPublicKey !== undefined) {
    await registerSshKey(tx, ACTOR, { clientId, publicKey: sshPublicKey });
    await openAccount(tx, ACTOR, { clientId, accountName: clientId, signatureRequired: false, language });
  }
  const [row] = await tx<{ accountId: string }[]>`
    insert into space_account (client_id, name, contact, key_thumbprint, expires_at)
    values (${clientId}, ${name}, ${contact}, ${applicant.keyThumbprint}, ${expiresAt})
    returning account_id as "accountId"`;
  return { accountId: row!.accountId, clientId, name, certificatePem };
}

/** Also the name of its SFTP account. */
function drawClientId(): string {
  return `space-${Array.from({ length: ID_LENGTH }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join("")}`;
}
