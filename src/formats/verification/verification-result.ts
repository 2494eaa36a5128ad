import type { Language } from "../../findings/language.ts";
import { describeSubmission, type ReportedSubmission, type ReportInput } from "../report/report.ts";
import { ROW_FAULT_TEXTS } from "./row-fault-texts.ts";
import type { AnsweredRow, VerificationCounts, VerificationForm } from "./verification-answer.ts";

/** What a result tells besides its rows. */
export interface VerificationResult extends ReportInput {
  readonly submission: ReportedSubmission;
  /** Absent where nothing was answered: the file was refused or taken back. */
  readonly verification?:
    | { readonly form: VerificationForm; readonly checkedOn: string; readonly counts: VerificationCounts }
    | undefined;
}

/** Everything of a result but its findings and rows, in the order of the schema; what is not known is undefined. */
export function describeResult(result: VerificationResult) {
  const { counts: _records, ...head } = describeSubmission(result);
  const { form, checkedOn, counts } = result.verification ?? {};
  return { ...head, form, checkedOn, counts: counts && describeCounts(counts) };
}

function describeCounts({ valid, replaced, notValidOn, unknown, malformed }: VerificationCounts) {
  return { valid, replaced, notValidOn, unknown, malformed };
}

/** A row as insurers see it, in one language. Fields that it lacks are absent, never null. */
export interface RenderedRow {
  readonly rowNumber: number;
  readonly number: string;
  readonly contractNumber?: string;
  readonly answer: AnsweredRow["answer"];
  readonly inamiNumbers?: readonly string[];
  readonly replacedBy?: string;
  readonly notValidOn?: string;
  /** Why it is malformed, and how to mend it. */
  readonly reason?: string;
  readonly text?: string;
}

export function renderRow(row: AnsweredRow, language: Language): RenderedRow {
  const { rowNumber, number, contractNumber, answer, inamiNumbers, replacedBy, notValidOn, fault } = row;
  return {
    rowNumber,
    number,
    ...(contractNumber !== null && { contractNumber }),
    answer,
    ...(inamiNumbers !== null && { inamiNumbers }),
    ...(replacedBy !== null && { replacedBy }),
    ...(notValidOn !== null && { notValidOn }),
    ...(fault !== null && { reason: fault, text: ROW_FAULT_TEXTS[fault][language] }),
  };
}
