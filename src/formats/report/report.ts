import type { Finding } from "../../findings/finding.ts";
import type { Language } from "../../findings/language.ts";
import { type RenderedFinding, renderFinding } from "../../findings/render-finding.ts";

/** What a report says of a submission: intake's `Submission` is one. Formats know no module above them. */
export interface ReportedSubmission {
  readonly submissionId: string;
  readonly reference?: string;
  /** The name under which the file came; absent where it came without one. */
  readonly fileName?: string;
  readonly environment?: "R" | "S" | "T";
  readonly kind?: "initialLoad" | "delta" | "inamiVerification";
  readonly channel: "rest" | "sftp";
  readonly state: string;
  readonly receivedAt: Date;
  readonly endedAt?: Date;
  readonly sha256: string;
  readonly counts?: ReportedCounts;
  readonly findings: readonly Finding[];
}

export interface ReportedCounts {
  readonly received: number;
  readonly accepted: number;
  readonly acceptedWithWarnings: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** The outcome of one record: intake's `RecordResult` is one. */
export interface ReportedRecord {
  readonly recordNumber: number;
  readonly senderReference?: string;
  readonly outcome: string;
  readonly findings: readonly Finding[];
}

export interface ReportInput {
  readonly submission: ReportedSubmission;
  /** Enterprise number of the insurer. */
  readonly sender: string;
  readonly language: Language;
}

/** Everything of a report but its records, in the order of the schema; what is not known is undefined. */
export function describeSubmission({ submission, sender, language }: ReportInput) {
  return {
    submissionId: submission.submissionId,
    reference: submission.reference,
    sender,
    fileName: submission.fileName,
    environment: submission.environment,
    kind: submission.kind,
    channel: submission.channel,
    state: submission.state,
    receivedAt: submission.receivedAt.toISOString(),
    endedAt: submission.endedAt?.toISOString(),
    sha256: submission.sha256,
    language,
    counts: submission.counts && copyCounts(submission.counts),
  };
}

/** A finding under its record, which already says number and sender reference. */
export function renderRecordFinding(
  finding: Finding,
  language: Language,
): Omit<RenderedFinding, "recordNumber" | "senderReference"> {
  const { recordNumber: _number, senderReference: _reference, ...rendered } = renderFinding(finding, language);
  return rendered;
}

function copyCounts(counts: ReportedCounts): ReportedCounts {
  const { received, accepted, acceptedWithWarnings, unchanged, rejected } = counts;
  return { received, accepted, acceptedWithWarnings, unchanged, rejected };
}
