import type { DisabledReason } from "../webhooks/webhook.ts";

export const NOTICE_KINDS = [
  "certificateExpires",
  "keyExpires",
  "signingCertificateExpires",
  "answersExpire",
  "webhookDisabled",
  "ibanChanged",
] as const;
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

/** What the institute tells an insurer outside of its files. */
export interface Notice {
  readonly noticeId: string;
  readonly kind: NoticeKind;
  readonly details: NoticeDetails;
  readonly raisedAt: Date;
}
