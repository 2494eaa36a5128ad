import { type Static, Type } from "typebox";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import { RECORD_OUTCOMES, type RecordResult } from "../intake/submission.ts";
import { FindingSchema } from "./finding-schema.ts";
import { submissionPath } from "./paths.ts";
import { Href, oneOf, referTo } from "./schema-parts.ts";

export const RecordOutcomeSchema = Type.Object(
  {
    href: Href,
    recordNumber: Type.Integer({ minimum: 1, description: "Place of the record in the file, from 1." }),
    senderReference: Type.Optional(Type.String({ description: "The sender's own reference of the record." })),
    outcome: oneOf(RECORD_OUTCOMES),
    findings: Type.Array(referTo(FindingSchema)),
  },
  { $id: "RecordOutcome", description: "What became of one record." },
);
export type RecordOutcomeView = Static<typeof RecordOutcomeSchema>;

export function viewRecordOutcome(submissionId: string, result: RecordResult, language: Language): RecordOutcomeView {
  const { recordNumber, senderReference, outcome, findings } = result;
  return {
    href: `${submissionPath(submissionId)}/records/${recordNumber}`,
    recordNumber,
    ...(senderReference !== undefined && { senderReference }),
    outcome,
    findings: findings.map((finding) => renderFinding(finding, language)),
  };
}
