import { type Static, Type } from "typebox";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import {
  type AnsweredRow,
  ROW_FAULTS,
  VERIFICATION_ANSWERS,
  VERIFICATION_FORMS,
} from "../formats/verification/verification-answer.ts";
import { renderRow } from "../formats/verification/verification-result.ts";
import { SUBMISSION_STATES, type Submission } from "../intake/submission.ts";
import type { StandingVerification } from "../intake/verify-submission.ts";
import { EXAMPLE_PROCESSED } from "./examples.ts";
import { FindingSchema } from "./finding-schema.ts";
import { submissionPath, verificationPath, withQuery } from "./paths.ts";
import { Count, Href, Instant, Link, oneOf, referTo } from "./schema-parts.ts";
import { SubmissionIdSchema } from "./submission-view.ts";

const RowSchema = Type.Object(
  {
    rowNumber: Type.Integer({ minimum: 1, description: "Line of the text, row of the sheet or place in the list." }),
    number: Type.String({ description: "As sent, cut to 100 characters." }),
    contractNumber: Type.Optional(Type.String()),
    answer: oneOf(VERIFICATION_ANSWERS, "`unknown`: nobody, or nobody whom this insurer may learn of."),
    inamiNumbers: Type.Optional(Type.Array(Type.String({ pattern: "^[0-9]{11}$" }))),
    replacedBy: Type.Optional(
      Type.String({
        description: "The INAMI number that replaced it, or the national number that replaced a BIS number.",
      }),
    ),
    notValidOn: Type.Optional(Type.String({ format: "date", description: "The day that was looked at." })),
    reason: Type.Optional(oneOf(ROW_FAULTS, "Why the row is malformed.")),
    text: Type.Optional(Type.String({ description: "The reason in words, and how to mend it." })),
  },
  { title: "VerifiedRow" },
);

const CountsSchema = Type.Object(
  { valid: Count, replaced: Count, notValidOn: Count, unknown: Count, malformed: Count },
  { title: "VerificationCounts", description: "Rows by answer; a row with nothing in it is none." },
);

export const VerificationSchema = Type.Object(
  {
    self: Href,
    submissionId: SubmissionIdSchema,
    submission: Link,
    reference: Type.Optional(Type.String({ description: "The Idempotency-Key, or the name of the file." })),
    state: oneOf(
      SUBMISSION_STATES,
      "As of any submission: `processed` with its answers, or `refused` with its findings.",
    ),
    receivedAt: Instant,
    endedAt: Type.Optional(Instant),
    findings: Type.Array(referTo(FindingSchema), { description: "Why the file was refused." }),
    form: Type.Optional(oneOf(VERIFICATION_FORMS, "What the content was taken for.")),
    checkedOn: Type.Optional(Type.String({ format: "date", description: "The day on which validity was looked at." })),
    counts: Type.Optional(CountsSchema),
    rows: Type.Array(RowSchema, {
      description: "The answers, in the order of the rows; empty until it is processed.",
    }),
    pageSize: Type.Integer(),
    next: Type.Optional(Href),
  },
  { $id: "InamiVerification", description: "A verification of INAMI numbers and one page of its answers." },
);
export type VerificationView = Static<typeof VerificationSchema>;

export interface AnswerPage {
  readonly afterRow: number;
  readonly pageSize: number;
}

/** One row more than the page has tells that there is a next one. */
export function viewVerification(
  { submission, verification, rows }: StandingVerification,
  { afterRow, pageSize }: AnswerPage,
  language: Language,
): VerificationView {
  const { submissionId, reference, state, receivedAt, endedAt, findings } = submission;
  const path = verificationPath(submissionId);
  const told = rows.slice(0, pageSize);
  const last = told.at(-1);
  return {
    self: withQuery(path, { afterRow, pageSize }),
    submissionId,
    submission: { href: submissionPath(submissionId) },
    ...(reference !== undefined && { reference }),
    state,
    receivedAt: receivedAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    findings: findings.map((finding) => renderFinding(finding, language)),
    ...verification,
    rows: told.map((row) => copyRow(row, language)),
    pageSize,
    ...(rows.length > pageSize && last && { next: withQuery(path, { afterRow: last.rowNumber, pageSize }) }),
  };
}

function copyRow(row: AnsweredRow, language: Language): VerificationView["rows"][number] {
  const { inamiNumbers, reason: _word, ...rendered } = renderRow(row, language);
  return {
    ...rendered,
    ...(inamiNumbers && { inamiNumbers: [...inamiNumbers] }),
    ...(row.fault !== null && { reason: row.fault }),
  };
}

const NOTHING = { contractNumber: null, fault: null, inamiNumbers: null, replacedBy: null, notValidOn: null } as const;

export const EXAMPLE_ROWS: readonly AnsweredRow[] = [
  {
    ...NOTHING,
    rowNumber: 1,
    number: "85073003328",
    contractNumber: "C-1",
    answer: "valid",
    inamiNumbers: ["12345625001"],
  },
  {
    ...NOTHING,
    rowNumber: 2,
    number: "20004089001",
    contractNumber: "C-2",
    answer: "replaced",
    replacedBy: "20004188001",
  },
  {
    ...NOTHING,
    rowNumber: 3,
    number: "10100105",
    contractNumber: "C-3",
    answer: "malformed",
    fault: "leadingZerosLost",
  },
];

const { complete: _complete, declaredRecordCount: _count, counts: _counts, ...example } = EXAMPLE_PROCESSED;
const EXAMPLE_SUBMISSION: Submission = { ...example, reference: "VERIFY-7f3a9c51", kind: "inamiVerification" };

const EXAMPLE_PAGE = { afterRow: 0, pageSize: 1_000 };

export const EXAMPLE_STANDING = {
  submission: EXAMPLE_SUBMISSION,
  verification: {
    form: "json",
    checkedOn: "2026-11-22",
    counts: { valid: 1, replaced: 1, notValidOn: 0, unknown: 0, malformed: 1 },
  },
  rows: EXAMPLE_ROWS,
} as const;
export const EXAMPLE_VERIFICATION = viewVerification(EXAMPLE_STANDING, EXAMPLE_PAGE, "en");

const { endedAt: _endedAt, ...received } = EXAMPLE_SUBMISSION;
export const EXAMPLE_WAITING_VERIFICATION = viewVerification(
  { submission: { ...received, state: "received" }, verification: undefined, rows: [] },
  EXAMPLE_PAGE,
  "en",
);
