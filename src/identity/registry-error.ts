export const REGISTRY_ERROR_CODES = [
  "accountExists",
  "accountNotFound",
  "certificateExists",
  "clientExists",
  "clientRevoked",
  "contactNotFound",
  "grantExists",
  "grantNotFound",
  "insurerExists",
  "invalidAccountName",
  "invalidCertificate",
  "invalidClientId",
  "invalidContact",
  "invalidEnterpriseNumber",
  "invalidKey",
  "invalidName",
  "invalidPeriod",
  "invalidScope",
  "invalidSshKey",
  "keyExists",
  "phaseNotAllowed",
  "tooManyActive",
  "certificateNotFound",
  "clientNotFound",
  "insurerNotFound",
  "keyNotFound",
  "sshKeyNotFound",
] as const;
export type RegistryErrorCode = (typeof REGISTRY_ERROR_CODES)[number];

/** An operator's act that cannot be done; nothing was changed. The message is a sentence for the operator. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** Who acts. */
export interface Actor {
  /** The operator's client; absent on the command line. */
  readonly clientId?: string;
  /** The account of whoever typed the command. */
  readonly account?: string;
}

export const REGISTRY_ACTS = [
  "insurerAdmitted",
  "phaseSet",
  "initialLoadCompleted",
  "contactPut",
  "contactRemoved",
  "clientCreated",
  "scopesSet",
  "clientRevoked",
  "keyRegistered",
  "keyRevoked",
  "certificateRegistered",
  "certificateRevoked",
  "sshKeyRegistered",
  "sshKeyRevoked",
  "signingCertificateRegistered",
  "signingCertificateRevoked",
  "accountOpened",
  "accountChanged",
  "granted",
  "grantRevoked",
] as const;
export type RegistryAct = (typeof REGISTRY_ACTS)[number];

/** What an act changed, for the audit trail and for the operator's screen. No secret and no personal data is in it. */
export interface RegistryChange {
  readonly act: RegistryAct;
  readonly actor: Actor;
  readonly insurerId?: number;
  readonly clientId?: string;
  /** What identifies the thing changed and how it is now: `kid`, `thumbprint` (hex), `phase`, `validFrom` … */
  readonly details: Readonly<Record<string, string | number | readonly string[] | null>>;
}
