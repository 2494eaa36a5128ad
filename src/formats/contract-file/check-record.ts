import type { Finding } from "../../findings/finding.ts";
import { isInamiNumber, validateInamiNumber } from "../../identifiers/inami-number.ts";
import { isSsin, validateSsin } from "../../identifiers/ssin.ts";
import { formatCalendarDate, oneYearAfter, parseCalendarDate } from "./calendar-date.ts";
import {
  ACTION_FIELDS,
  CONTRACT_KINDS,
  CONTRACT_NUMBER_LENGTH,
  type ContractFileKind,
  EARLIEST_START_ON,
  END_REASONS,
  FREE_REASON_LENGTH,
  HOLDER_LANGUAGES,
  RECORD_ACTIONS,
  RECORD_FIELDS,
  REFERENCE_LENGTH,
  type RecordAction,
  type RecordField,
} from "./contract-file-vocabulary.ts";
import { parsePaymentReference, validatePaymentReference } from "./payment-reference.ts";
import { NO_FINDINGS, NO_VALUES, type RawRecord, type RecordValues } from "./raw-record.ts";
import { isLongerThan } from "./token-text.ts";
import { placeFinding, quoteValue } from "./trouble.ts";

/** What the checks need to know besides the record. */
export interface CheckContext {
  readonly kind: ContractFileKind;
  /** The business day in Europe/Brussels, yyyy-mm-dd. */
  readonly today: string;
}

/**
 * A record after the checks that need no register and no stored contract. A value is undefined where it is absent,
 * does not belong to the action or did not pass the check of its own shape; `findings` are in the order of the checks.
 */
export interface CheckedRecord {
  readonly recordNumber: number;
  readonly line: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  /** As sent, whatever its length. */
  readonly senderReference: string | undefined;
  readonly action: RecordAction | undefined;
  readonly contractNumber: string | undefined;
  readonly inamiNumber: string | undefined;
  readonly startOn: string | undefined;
  readonly effectiveOn: string | undefined;
  readonly endOn: string | undefined;
  readonly reason: string | undefined;
  readonly contractKind: string | undefined;
  readonly ssin: string | undefined;
  readonly solidarity: boolean | undefined;
  readonly language: string | undefined;
  /** 12 digits, however it was written. */
  readonly paymentReference: string | undefined;
  readonly findings: readonly Finding[];
}

type Draft = { -readonly [name in keyof CheckedRecord]: CheckedRecord[name] };

const EARLIEST = parseCalendarDate(EARLIEST_START_ON);
/** Fields that do not belong to an action. */
const FOREIGN_FIELDS = Object.fromEntries(
  RECORD_ACTIONS.map((action) => [action, RECORD_FIELDS.filter((field) => !ACTION_FIELDS[action].includes(field))]),
) as Record<RecordAction, RecordField[]>;

const BOOLEANS = ["true", "false", "1", "0"];

/** Checks one record: schema, unknown fields, check digits, period (exchange.md section 4). Collects every finding. */
export function checkRecord(raw: RawRecord, context: CheckContext): CheckedRecord {
  return new RecordCheck(raw).run(context);
}

class RecordCheck {
  readonly #raw: RawRecord;
  #record: Draft;
  #findings: Finding[] | undefined;

  constructor(raw: RawRecord) {
    this.#raw = raw;
    this.#record = startRecord(raw, raw.values);
  }

  run(context: CheckContext): CheckedRecord {
    const raw = this.#raw;
    const isSound = raw.findings.length === 0;
    if (!isSound) this.#findings = raw.findings.filter((finding) => finding.code !== "fieldNotKnown");
    this.#checkSenderReference(raw.senderReference);
    const action = this.#checkAction(context.kind);
    // Without an action no field has a meaning.
    if (action === undefined) this.#record = startRecord(raw, NO_VALUES);
    else this.#checkSchema(action);
    if (!isSound) this.#findings?.push(...raw.findings.filter((finding) => finding.code === "fieldNotKnown"));
    if (action !== undefined) {
      this.#record.action = action;
      this.#checkUnknownFields(action);
      this.#checkDigits();
      if (action === "new") this.#checkPeriod(context.today);
    }
    if (this.#findings !== undefined) this.#record.findings = this.#findings;
    return this.#record;
  }

  #checkSenderReference(reference: string | undefined): void {
    if (reference === undefined || reference === "") this.#report("requiredFieldMissing", "senderReference");
    else if (isLongerThan(reference, REFERENCE_LENGTH)) {
      this.#report("valueTooLong", "senderReference", reference, { maximum: REFERENCE_LENGTH });
    }
  }

  #checkAction(kind: ContractFileKind): RecordAction | undefined {
    const sent = this.#raw.action;
    if (sent === undefined || sent === "") {
      const isExplained = this.#raw.findings.some((finding) => finding.code === "actionNotKnown");
      if (!isExplained) this.#report("requiredFieldMissing", "action");
      return undefined;
    }
    const action = RECORD_ACTIONS.find((known) => known === sent);
    if (action === undefined) this.#report("actionNotKnown", "action", sent);
    else if (kind === "initialLoad" && action !== "new") this.#report("actionNotInInitialLoad", "action", action);
    return action;
  }

  #checkSchema(action: RecordAction): void {
    const { values } = this.#raw;
    if (this.#isThere("contractNumber", values.contractNumber)) {
      this.#checkLength("contractNumber", values.contractNumber, CONTRACT_NUMBER_LENGTH);
    }
    this.#isThere("inamiNumber", values.inamiNumber);
    if (action === "new") {
      if (this.#isThere("startOn", values.startOn)) this.#checkDate("startOn", values.startOn);
    } else if (action === "modify") {
      if (this.#isThere("effectiveOn", values.effectiveOn)) this.#checkDate("effectiveOn", values.effectiveOn);
    }
    if (action === "new" || action === "modify") this.#checkContent();
    if (action === "close") {
      if (this.#isThere("endOn", values.endOn)) this.#checkDate("endOn", values.endOn);
      if (this.#isThere("reason", values.reason)) this.#checkList("reason", values.reason, END_REASONS);
    } else if (action === "new") {
      if (values.endOn !== undefined) this.#checkDate("endOn", values.endOn);
      if (values.reason !== undefined) this.#checkList("reason", values.reason, END_REASONS);
    } else if (action !== "modify" && this.#isThere("reason", values.reason)) {
      this.#checkLength("reason", values.reason, FREE_REASON_LENGTH);
    }
  }

  #checkContent(): void {
    const { values } = this.#raw;
    if (this.#isThere("contractKind", values.contractKind)) {
      this.#checkList("contractKind", values.contractKind, CONTRACT_KINDS);
    }
    if (this.#isThere("solidarity", values.solidarity) && this.#checkList("solidarity", values.solidarity, BOOLEANS)) {
      this.#record.solidarity = values.solidarity === "true" || values.solidarity === "1";
    }
    if (values.language !== undefined) this.#checkList("language", values.language, HOLDER_LANGUAGES);
  }

  #checkUnknownFields(action: RecordAction): void {
    for (const field of FOREIGN_FIELDS[action]) {
      const value = this.#raw.values[field];
      if (value !== undefined) this.#drop("fieldNotKnown", field, value);
    }
  }

  #checkDigits(): void {
    const { inamiNumber, ssin, paymentReference } = this.#record;
    if (inamiNumber !== undefined && !isInamiNumber(inamiNumber)) {
      this.#drop("inamiNumberInvalid", "inamiNumber", inamiNumber, toldWhy(validateInamiNumber(inamiNumber)));
    }
    if (ssin !== undefined && !isSsin(ssin)) this.#drop("ssinInvalid", "ssin", ssin, toldWhy(validateSsin(ssin)));
    if (paymentReference === undefined) return;
    const digits = parsePaymentReference(paymentReference);
    if (digits === undefined) {
      const why = toldWhy(validatePaymentReference(paymentReference));
      this.#drop("paymentReferenceInvalid", "paymentReference", paymentReference, why);
    } else {
      this.#record.paymentReference = digits;
    }
  }

  /** Only a first declaration tells both ends of the period. */
  #checkPeriod(today: string): void {
    const { startOn, endOn } = this.#record;
    const start = startOn === undefined ? 0 : parseCalendarDate(startOn);
    if (start > 0) {
      const latest = oneYearAfter(parseCalendarDate(today));
      if (start < EARLIEST || start > latest) {
        const details = { earliest: EARLIEST_START_ON, latest: formatCalendarDate(latest) };
        this.#report("startOnOutOfRange", "startOn", startOn, details);
      }
    }
    const sent = this.#raw.values;
    if (sent.endOn === undefined && sent.reason === undefined) return;
    if (sent.reason === undefined) this.#report("requiredFieldMissing", "reason");
    if (sent.endOn === undefined) this.#report("requiredFieldMissing", "endOn");
    if (start > 0 && endOn !== undefined && parseCalendarDate(endOn) < start) {
      this.#report("endBeforeStart", "endOn", endOn, { startOn: startOn ?? "" });
    }
  }

  #isThere(field: RecordField, value: string | undefined): value is string {
    if (value !== undefined && value !== "") return true;
    this.#drop("requiredFieldMissing", field);
    return false;
  }

  #checkLength(field: RecordField, value: string, maximum: number): void {
    if (isLongerThan(value, maximum)) this.#drop("valueTooLong", field, value, { maximum });
  }

  #checkDate(field: RecordField, value: string): void {
    if (parseCalendarDate(value) === 0) this.#drop("dateInvalid", field, value);
  }

  #checkList(field: RecordField, value: string, allowed: readonly string[]): boolean {
    if (allowed.includes(value)) return true;
    this.#drop("valueNotInList", field, value, { allowed: allowed.join(", ") });
    return false;
  }

  /** Reports a value that is none: later checks do not see it. */
  #drop(code: Finding["code"], field: RecordField, value?: string, details?: Finding["details"]): void {
    this.#record[field] = undefined;
    this.#report(code, field, value, details);
  }

  #report(code: Finding["code"], field: string, value?: string, details?: Finding["details"]): void {
    const quoted = value === undefined ? {} : { value: quoteValue(value) };
    const told = details === undefined ? {} : { details };
    this.#findings ??= [];
    this.#findings.push(placeFinding(this.#raw, { code, field, ...quoted, ...told }));
  }
}

/** The record as if every value were sound; `solidarity` is set by its check. */
function startRecord(raw: RawRecord, values: RecordValues): Draft {
  return {
    recordNumber: raw.recordNumber,
    line: raw.line,
    byteOffset: raw.byteOffset,
    byteLength: raw.byteLength,
    senderReference: raw.senderReference,
    action: undefined,
    contractNumber: values.contractNumber,
    inamiNumber: values.inamiNumber,
    startOn: values.startOn,
    effectiveOn: values.effectiveOn,
    endOn: values.endOn,
    reason: values.reason,
    contractKind: values.contractKind,
    ssin: values.ssin,
    solidarity: undefined,
    language: values.language,
    paymentReference: values.paymentReference,
    findings: NO_FINDINGS,
  };
}

function toldWhy(reason: string | undefined): Finding["details"] {
  return reason === undefined ? undefined : { reason };
}
