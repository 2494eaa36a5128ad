export const NOTICE_KINDS = ["certificateExpires", "keyExpires", "signingCertificateExpires", "answersExpire"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What expires, and when. */
export interface NoticeDetails {
  readonly clientId: string;
  /** Thumbprint of a certificate in hexadecimal, the key's `kid`, or the name of the SFTP account. */
  readonly subject: string;
  /** An instant, RFC 3339. */
  readonly expiresAt: string;
  /** At most this many days are left: 60, 30, 14, 7 or 1; of answers 7. */
  readonly daysBefore: number;
}

/** What the institute tells an insurer outside of its files. */
export interface Notice {
  readonly noticeId: string;
  readonly kind: NoticeKind;
  readonly details: NoticeDetails;
  readonly raisedAt: Date;
}
