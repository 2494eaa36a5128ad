import type { JWK } from "jose";
import type { Language } from "../findings/language.ts";
import type { Intake } from "../intake/intake.ts";

/** What spaces of validation are made with; `app.ts` makes it there, and production has none. */
export interface Spaces {
  readonly intake: Intake;
  /** Signs certificate requests; absent: only whoever has a certificate of an authority that is trusted here is admitted. */
  readonly authority?: { readonly certificatePem: string; readonly privateKeyPem: string };
  /** PEM of the authorities whose client certificates are trusted. */
  readonly clientAuthorities: string;
  /** How long an account lives unless it is renewed. */
  readonly days: number;
  /** Accounts that may live at once. */
  readonly maximumAccounts: number;
}

export const SPACE_REFUSALS = [
  "admissionsClosed",
  "certificateNotTrusted",
  "keysDiffer",
  "resetUnderWay",
  "spaceEnded",
  "spaceNotFound",
  "tooManyCertificates",
  "tooManyResets",
] as const;
export type SpaceRefusal = (typeof SPACE_REFUSALS)[number];

/** What is asked of a space cannot be; nothing was changed. The message is a sentence for whoever asked. */
export class SpaceRefused extends Error {
  override readonly name = "SpaceRefused";
  readonly code: SpaceRefusal;

  constructor(code: SpaceRefusal, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** Where a new space begins: `live`, its portfolio has a history and deltas run; `loading`, its initial load is open. */
export const FIRST_PHASES = ["live", "loading"] as const;
export type FirstPhase = (typeof FIRST_PHASES)[number];

/** Who wants to be admitted, with what. */
export interface AdmissionRequest {
  /** PEM; one of both is there. */
  readonly certificateRequest?: string;
  readonly certificate?: string;
  /** SHA-256 of the certificate that the request was sent with, where it is valid. */
  readonly presented?: Buffer;
  /** Public keys that verify assertions; absent: the one of the certificate. */
  readonly keys?: readonly JWK[];
  readonly sshPublicKey?: string;
  readonly name: string;
  readonly contact?: string;
  readonly language: Language;
  readonly phase: FirstPhase;
}
