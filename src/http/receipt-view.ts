import { type Static, Type } from "typebox";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import { RECEIPT_STATES } from "../formats/report/receipt.ts";
import type { SignedReceipt } from "../intake/receipt.ts";
import { CHANNELS, ENVIRONMENT_LETTERS, HELD_REASONS, SUBMISSION_KINDS } from "../intake/submission.ts";
import { FindingSchema } from "./finding-schema.ts";
import { Count, Instant, oneOf, referTo } from "./schema-parts.ts";
import { SubmissionIdSchema } from "./submission-view.ts";

export const ReceiptSchema = Type.Object(
  {
    submissionId: SubmissionIdSchema,
    reference: Type.Optional(Type.String({ description: "The sender's reference, as in the root of the file." })),
    sender: Type.String({ description: "Enterprise number of the insurer." }),
    fileName: Type.Optional(Type.String({ description: "The name of the file; absent where it came without one." })),
    environment: Type.Optional(oneOf(ENVIRONMENT_LETTERS)),
    kind: Type.Optional(oneOf(SUBMISSION_KINDS)),
    channel: oneOf(CHANNELS),
    state: oneOf(RECEIPT_STATES, "The state at the moment of the receipt; it never changes here."),
    heldReason: Type.Optional(oneOf(HELD_REASONS, "What a file that is `held` waits for, at that moment.")),
    heldUntil: Type.Optional(
      Type.String({ format: "date-time", description: "When it is refused unless that comes. Absent: no limit." }),
    ),
    awaitedSequence: Type.Optional(
      Type.Integer({ minimum: 1, description: "With `sequenceGap`: the number that was missing." }),
    ),
    receivedAt: Instant,
    byteLength: Count,
    sha256: Type.String({ description: "SHA-256 of the bytes as received, in hexadecimal." }),
    durable: Type.Boolean({ description: "Always true: a receipt is issued only after the bytes are stored." }),
    dryRun: Type.Optional(Type.Boolean({ description: "True where the file declares nothing: a dry run." })),
    findings: Type.Array(referTo(FindingSchema), {
      description: "About the file as a whole: why it was refused, or warnings.",
    }),
    jws: Type.String({ description: "The receipt signed: compact JWS (ES256), its key is at /.well-known/jwks.json." }),
  },
  {
    $id: "Receipt",
    description: "The proof that a file is stored. The first receipt of a submission is the only one.",
  },
);

export function viewReceipt({ receipt, jws }: SignedReceipt, language: Language): Static<typeof ReceiptSchema> {
  return { ...receipt, findings: receipt.findings.map((finding) => renderFinding(finding, language)), jws };
}
