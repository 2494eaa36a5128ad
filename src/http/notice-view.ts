import { Type } from "typebox";
import type { Language } from "../findings/language.ts";
import { NOTICE_KINDS, type Notice } from "../operator/notice.ts";
import { renderNotice } from "../operator/notice-text.ts";
import { DISABLED_REASONS } from "../webhooks/webhook.ts";
import { API_ROOT, submissionPath } from "./paths.ts";
import { Href, Instant, Link, oneOf } from "./schema-parts.ts";

export const NOTICES_PATH = `${API_ROOT}/notices`;

const fields = {
  noticeId: Type.String({ format: "uuid", description: "Ids are in order of time." }),
  kind: oneOf(NOTICE_KINDS, "More kinds may come: show the text of those you do not know."),
  raisedAt: Instant,
  clientId: Type.Optional(Type.String({ description: "The client concerned." })),
  subject: Type.Optional(
    Type.String({
      description:
        "Thumbprint of the certificate (SHA-256, hexadecimal), `kid` of the key, name of the SFTP account, id of the webhook, or the account paid to, shortened.",
    }),
  ),
  expiresAt: Type.Optional(Instant),
  daysBefore: Type.Optional(
    Type.Integer({ description: "At most this many days were left: 60, 30, 14, 7 or 1; of answers 7." }),
  ),
  reason: Type.Optional(oneOf(DISABLED_REASONS, "Why the webhook was disabled.")),
  submission: Type.Optional(Link),
  submissionId: Type.Optional(
    Type.String({ format: "uuid", description: "Of a submission that waits for an operator." }),
  ),
  reference: Type.Optional(Type.String({ description: "Your own name for it." })),
  closures: Type.Optional(Type.Integer({ description: "Contracts that it would close or cancel." })),
  contracts: Type.Optional(Type.Integer({ description: "Your contracts before it." })),
  text: Type.String({ description: "The notice as a sentence, in the language of the answer." }),
};
export const NoticeSchema = Type.Object({ self: Href, ...fields }, { title: "Notice" });
export const NoticeItemSchema = Type.Object({ href: Href, ...fields }, { title: "NoticeItem" });

export const EXAMPLE_NOTICE: Notice = {
  noticeId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7c33",
  kind: "certificateExpires",
  details: {
    clientId: "alpha-1",
    subject: "9f2c6a1e5d8b47f03a6c1d2e4b5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071",
    expiresAt: "2027-01-21T09:00:00.000Z",
    daysBefore: 60,
  },
  raisedAt: new Date("2026-11-22T09:00:00.000Z"),
};

export function viewNotice(notice: Notice, language: Language) {
  return { self: noticePath(notice), ...viewFields(notice, language) };
}

export function viewNoticeItem(notice: Notice, language: Language) {
  return { href: noticePath(notice), ...viewFields(notice, language) };
}

function noticePath({ noticeId }: Notice): string {
  return `${NOTICES_PATH}/${noticeId}`;
}

function viewFields(notice: Notice, language: Language) {
  const { noticeId, kind, details, raisedAt } = notice;
  const submission = "submissionId" in details ? { submission: { href: submissionPath(details.submissionId) } } : {};
  const text = renderNotice(notice, language);
  return { noticeId, kind, raisedAt: raisedAt.toISOString(), ...submission, ...details, text };
}
