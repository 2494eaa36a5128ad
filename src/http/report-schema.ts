import { Type } from "typebox";
import { LANGUAGES } from "../findings/language.ts";
import {
  CHANNELS,
  ENVIRONMENT_LETTERS,
  RECORD_OUTCOMES,
  SUBMISSION_KINDS,
  SUBMISSION_STATES,
} from "../intake/submission.ts";
import { FindingSchema } from "./finding-schema.ts";
import { Instant, oneOf, referTo } from "./schema-parts.ts";
import { RecordCountsSchema, SubmissionIdSchema } from "./submission-view.ts";

const ReportedRecordSchema = Type.Object(
  {
    recordNumber: Type.Integer({ minimum: 1 }),
    senderReference: Type.Optional(Type.String()),
    outcome: oneOf(RECORD_OUTCOMES),
    findings: Type.Array(referTo(FindingSchema)),
  },
  { title: "ReportedRecord" },
);

/** What `src/formats/report` writes as JSON: documents it, serialises nothing. */
export const ReportSchema = Type.Object(
  {
    submissionId: SubmissionIdSchema,
    reference: Type.Optional(Type.String()),
    sender: Type.String({ description: "Enterprise number of the insurer." }),
    fileName: Type.Optional(Type.String({ description: "The name of the file; absent where it came without one." })),
    environment: Type.Optional(oneOf(ENVIRONMENT_LETTERS)),
    kind: Type.Optional(oneOf(SUBMISSION_KINDS)),
    channel: oneOf(CHANNELS),
    state: oneOf(SUBMISSION_STATES),
    receivedAt: Instant,
    endedAt: Type.Optional(Instant),
    sha256: Type.String(),
    language: oneOf(LANGUAGES),
    counts: Type.Optional(referTo(RecordCountsSchema)),
    findings: Type.Array(referTo(FindingSchema), {
      description: "About the file as a whole: why it was refused, or warnings.",
    }),
    records: Type.Array(ReportedRecordSchema, { description: "Every record that was not plainly accepted, in order." }),
  },
  { $id: "Report", description: "What became of a submission." },
);
