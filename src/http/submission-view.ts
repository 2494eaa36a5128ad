import { type Static, type TOptional, Type } from "typebox";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import { DRY_RUN_EFFECTS, type DryRunEffect } from "../intake/dry-run.ts";
import {
  CHANNELS,
  ENVIRONMENT_LETTERS,
  HELD_REASONS,
  RECORD_OUTCOMES,
  SUBMISSION_KINDS,
  SUBMISSION_STATES,
  type Submission,
} from "../intake/submission.ts";
import { FindingSchema } from "./finding-schema.ts";
import { submissionPath, verificationPath } from "./paths.ts";
import { Count, Href, Instant, Link, oneOf, referTo } from "./schema-parts.ts";

export const SubmissionIdSchema = Type.String({
  format: "uuid",
  description: "The ticket: ids are in order of arrival.",
});

export const RecordCountsSchema = Type.Object(
  { received: Count, accepted: Count, acceptedWithWarnings: Count, unchanged: Count, rejected: Count },
  {
    $id: "RecordCounts",
    description: `Records by outcome; \`received\` is the sum of the others: ${RECORD_OUTCOMES.join(", ")}.`,
  },
);

const PROCESSING_PHASES = ["reading", "merging"] as const;

const summaryFields = {
  submissionId: SubmissionIdSchema,
  state: oneOf(SUBMISSION_STATES, "`processed`, `refused`, `cancelled` and `tested` are final."),
  channel: oneOf(CHANNELS, "The door it came in by."),
  fileName: Type.Optional(Type.String({ description: "The name of the file; absent where it came without one." })),
  reference: Type.Optional(Type.String({ description: "The sender's reference, as in the root of the file." })),
  environment: Type.Optional(oneOf(ENVIRONMENT_LETTERS)),
  kind: Type.Optional(oneOf(SUBMISSION_KINDS)),
  sequence: Type.Optional(
    Type.Integer({ minimum: 1, description: "Place among the insurer's deltas, over both doors." }),
  ),
  heldReason: Type.Optional(oneOf(HELD_REASONS, "What a submission in the state `held` waits for.")),
  awaitedSequence: Type.Optional(
    Type.Integer({ minimum: 1, description: "With `sequenceGap`: the number that is missing now." }),
  ),
  heldUntil: Type.Optional(
    Type.String({
      format: "date-time",
      description: "When it is refused unless what it waits for comes. Absent where there is no limit.",
    }),
  ),
  receivedAt: Instant,
  endedAt: Type.Optional(Type.String({ format: "date-time", description: "Present once the state is final." })),
};

export const SubmissionSummarySchema = Type.Object(
  { href: Href, ...summaryFields },
  { $id: "SubmissionSummary", description: "A submission in a list." },
);
export type SubmissionSummary = Static<typeof SubmissionSummarySchema>;

export const SubmissionSchema = Type.Object(
  {
    self: Href,
    ...summaryFields,
    dryRun: Type.Optional(
      Type.Boolean({ description: "Only to learn what it would do; it uses up neither reference nor sequence." }),
    ),
    effects: Type.Optional(
      Type.Object(
        {
          href: Href,
          ...Object.fromEntries(DRY_RUN_EFFECTS.map((effect) => [effect, Type.Optional(Count)])),
        } as { href: typeof Href } & { [effect in DryRunEffect]: TOptional<typeof Count> },
        { title: "DryRunEffects", description: "Rows of a dry run by what they would do, and where they are listed." },
      ),
    ),
    complete: Type.Optional(Type.Boolean({ description: "The file ends the initial load." })),
    byteLength: Count,
    sha256: Type.String({
      pattern: "^[0-9a-f]{64}$",
      description: "SHA-256 of the bytes as received, in hexadecimal.",
    }),
    declaredRecordCount: Type.Optional(Count),
    progress: Type.Object(
      {
        bytesRead: Count,
        recordsRead: Count,
        phase: Type.Optional(oneOf(PROCESSING_PHASES, "Present while the submission is processed.")),
      },
      { title: "Progress", description: "What was read so far. Nothing is merged before the last byte was read." },
    ),
    counts: Type.Optional(referTo(RecordCountsSchema)),
    findings: Type.Array(referTo(FindingSchema), {
      description: "About the file as a whole: why it was refused, or warnings.",
    }),
    receipt: Link,
    report: Type.Optional(Link),
    records: Type.Optional(Link),
    corrections: Type.Optional(Link),
    verification: Type.Optional(Link),
  },
  {
    $id: "Submission",
    description:
      "One file of one insurer, from arrival to report. A link is present once there is something behind it.",
  },
);
export type SubmissionView = Static<typeof SubmissionSchema>;

export function viewSubmission(submission: Submission, language: Language): SubmissionView {
  const self = submissionPath(submission.submissionId);
  const { complete, declaredRecordCount, counts, isDryRun, dryRunCounts } = submission;
  const isVerification = submission.kind === "inamiVerification";
  return {
    self,
    ...summarise(submission),
    ...(isDryRun && { dryRun: true }),
    ...(dryRunCounts && { effects: { href: `${self}/effects`, ...dryRunCounts } }),
    ...(complete !== undefined && { complete }),
    byteLength: submission.byteLength,
    sha256: submission.sha256,
    ...(declaredRecordCount !== undefined && { declaredRecordCount }),
    progress: viewProgress(submission),
    ...(counts && { counts }),
    findings: submission.findings.map((finding) => renderFinding(finding, language)),
    receipt: { href: `${self}/receipt` },
    ...(submission.endedAt && { report: { href: `${self}/report` } }),
    ...(counts && !isVerification && { records: { href: `${self}/records` } }),
    ...(isVerification && { verification: { href: verificationPath(submission.submissionId) } }),
    ...(counts &&
      counts.rejected > 0 &&
      !isDryRun &&
      !isVerification && { corrections: { href: `${self}/corrections` } }),
  };
}

function viewProgress({ state, bytesRead, byteLength, recordsRead }: Submission) {
  const phase: (typeof PROCESSING_PHASES)[number] = bytesRead < byteLength ? "reading" : "merging";
  return { bytesRead, recordsRead, ...(state === "processing" && { phase }) };
}

export function viewSubmissionSummary(submission: Submission): SubmissionSummary {
  return { href: submissionPath(submission.submissionId), ...summarise(submission) };
}

function summarise(submission: Submission) {
  const { submissionId, state, channel, fileName, reference, environment, kind, receivedAt, endedAt } = submission;
  const { sequence, heldReason, awaitedSequence, heldUntil } = submission;
  return {
    submissionId,
    state,
    channel,
    ...(fileName !== undefined && { fileName }),
    ...(reference !== undefined && { reference }),
    ...(environment !== undefined && { environment }),
    ...(kind !== undefined && { kind }),
    ...(sequence !== undefined && { sequence }),
    ...(heldReason !== undefined && { heldReason }),
    ...(awaitedSequence !== undefined && { awaitedSequence }),
    ...(heldUntil !== undefined && { heldUntil: heldUntil.toISOString() }),
    receivedAt: receivedAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  };
}
