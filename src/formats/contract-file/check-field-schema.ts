import type { Finding } from "../../findings/finding.ts";
import { parseCalendarDate } from "./calendar-date.ts";
import {
  CONTRACT_KINDS,
  CONTRACT_NUMBER_LENGTH,
  END_REASONS,
  FREE_REASON_LENGTH,
  HOLDER_LANGUAGES,
  type RecordAction,
  type RecordField,
} from "./contract-file-vocabulary.ts";
import { isLongerThan } from "./token-text.ts";

type SchemaFault = Pick<Finding, "code" | "details">;

const BOOLEANS = ["true", "false", "1", "0"];
const FREE_REASON: readonly RecordAction[] = ["reopen", "cancel"];

/** What the schema has against a value that is there; the numbers with check digits are judged later. */
export function checkFieldSchema(action: RecordAction, field: RecordField, value: string): SchemaFault | undefined {
  switch (field) {
    case "contractNumber":
      return checkLength(value, CONTRACT_NUMBER_LENGTH);
    case "startOn":
    case "effectiveOn":
    case "endOn":
      return parseCalendarDate(value) === 0 ? { code: "dateInvalid" } : undefined;
    case "contractKind":
      return checkList(value, CONTRACT_KINDS);
    case "solidarity":
      return checkList(value, BOOLEANS);
    case "language":
      return checkList(value, HOLDER_LANGUAGES);
    case "reason":
      return FREE_REASON.includes(action) ? checkLength(value, FREE_REASON_LENGTH) : checkList(value, END_REASONS);
    default:
      return undefined;
  }
}

function checkLength(value: string, maximum: number): SchemaFault | undefined {
  return isLongerThan(value, maximum) ? { code: "valueTooLong", details: { maximum } } : undefined;
}

function checkList(value: string, allowed: readonly string[]): SchemaFault | undefined {
  return allowed.includes(value) ? undefined : { code: "valueNotInList", details: { allowed: allowed.join(", ") } };
}
