import type { DisabledReason } from "../webhooks/webhook.ts";

/** Kinds about something of a client; each is an event of the same kind too. */
export const CLIENT_NOTICE_KINDS = [
  "certificateExpires",
  "keyExpires",
  "signingCertificateExpires",
  "answersExpire",
  "webhookDisabled",
  "ibanChanged",
] as const;
export type ClientNoticeKind = (typeof CLIENT_NOTICE_KINDS)[number];

export const NOTICE_KINDS = [...CLIENT_NOTICE_KINDS, "massChangeHeld"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What expires, and when; or what has ended, and why. */
export interface NoticeDetails {
  readonly clientId?: string;
  /**
   * Thumbprint of a certificate in hexadecimal, the key's `kid`, the name of the SFTP account, the id of the webhook;
   * of `ibanChanged` country, check digits and the last four characters of the account paid to from now on.
   */
  readonly subject: string;
  /** Of what expires: an instant, RFC 3339. */
  readonly expiresAt?: string;
  /** Of what expires: at most this many days are left: 60, 30, 14, 7 or 1; of answers 7. */
  readonly daysBefore?: number;
  /** Of a webhook: why it was disabled. */
  readonly reason?: DisabledReason;
}

/** A delta that waits for an operator, and what it would do. */
export interface MassChangeDetails {
  readonly submissionId: string;
  /** The sender's own name for it. */
  readonly reference: string;
  /** Contracts it would close or cancel. */
  readonly closures: number;
  /** Contracts of the insurer. */
  readonly contracts: number;
}

export type NoticeContent =
  | { readonly kind: ClientNoticeKind; readonly details: NoticeDetails }
  | { readonly kind: "massChangeHeld"; readonly details: MassChangeDetails };

/** What the institute tells an insurer outside of its files. */
export type Notice = NoticeContent & {
  readonly noticeId: string;
  readonly raisedAt: Date;
};
