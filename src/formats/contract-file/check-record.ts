import type { Finding } from "../../findings/finding.ts";
import { isInamiNumber, validateInamiNumber } from "../../identifiers/inami-number.ts";
import { isSsin, validateSsin } from "../../identifiers/ssin.ts";
import { formatCalendarDate, oneYearAfter, parseCalendarDate } from "./calendar-date.ts";
import { checkFieldSchema } from "./check-field-schema.ts";
import {
  ACTION_FIELDS,
  type ContractFileKind,
  EARLIEST_START_ON,
  RECORD_ACTIONS,
  RECORD_FIELDS,
  REFERENCE_LENGTH,
  REQUIRED_FIELDS,
  type RecordAction,
  type RecordField,
} from "./contract-file-vocabulary.ts";
import { parsePaymentReference, validatePaymentReference } from "./payment-reference.ts";
import { NO_FINDINGS, placeFinding, quoteValue, type RawRecord } from "./raw-record.ts";
import { isLongerThan } from "./token-text.ts";

/** What the checks need to know besides the record. */
export interface CheckContext {
  readonly kind: ContractFileKind;
  /** The business day in Europe/Brussels, yyyy-mm-dd. */
  readonly today: string;
}

/**
 * A record after the checks that need no register and no stored contract. A value is undefined where it is absent
 * or did not pass the check of its own shape; `findings` are in the order in which the gateway checks.
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

/** Checks one record: schema, unknown fields, check digits, period (exchange.md section 4). Collects every finding. */
export function checkRecord(raw: RawRecord, context: CheckContext): CheckedRecord {
  return new RecordCheck(raw).run(context);
}

const EARLIEST = parseCalendarDate(EARLIEST_START_ON);

type Values = { [field in RecordField]: string | undefined };

class RecordCheck {
  readonly #raw: RawRecord;
  readonly #kept: Values = {
    contractNumber: undefined,
    inamiNumber: undefined,
    startOn: undefined,
    effectiveOn: undefined,
    contractKind: undefined,
    ssin: undefined,
    solidarity: undefined,
    language: undefined,
    paymentReference: undefined,
    endOn: undefined,
    reason: undefined,
  };
  #findings: Finding[] | undefined;

  constructor(raw: RawRecord) {
    this.#raw = raw;
  }

  run(context: CheckContext): CheckedRecord {
    const raw = this.#raw;
    if (raw.findings.length > 0) this.#keepFindings(raw.findings.filter((finding) => finding.code !== "fieldNotKnown"));
    this.#checkSenderReference();
    const action = this.#checkAction(context.kind);
    if (action !== undefined) this.#checkSchema(action);
    if (raw.findings.length > 0) this.#keepFindings(raw.findings.filter((finding) => finding.code === "fieldNotKnown"));
    if (action !== undefined) {
      this.#checkUnknownFields(action);
      this.#checkDigits();
      if (action === "new") this.#checkPeriod(context.today);
    }
    return this.#checked(action);
  }

  #checked(action: RecordAction | undefined): CheckedRecord {
    const raw = this.#raw;
    const kept = this.#kept;
    return {
      recordNumber: raw.recordNumber,
      line: raw.line,
      byteOffset: raw.byteOffset,
      byteLength: raw.byteLength,
      senderReference: raw.senderReference,
      action,
      contractNumber: kept.contractNumber,
      inamiNumber: kept.inamiNumber,
      startOn: kept.startOn,
      effectiveOn: kept.effectiveOn,
      endOn: kept.endOn,
      reason: kept.reason,
      contractKind: kept.contractKind,
      ssin: kept.ssin,
      solidarity: kept.solidarity === undefined ? undefined : kept.solidarity === "true" || kept.solidarity === "1",
      language: kept.language,
      paymentReference: kept.paymentReference,
      findings: this.#findings ?? NO_FINDINGS,
    };
  }

  #checkSenderReference(): void {
    const reference = this.#raw.senderReference;
    if (reference === undefined || reference === "") this.#report("requiredFieldMissing", "senderReference");
    else if (isLongerThan(reference, REFERENCE_LENGTH)) {
      this.#report("valueTooLong", "senderReference", reference, { maximum: REFERENCE_LENGTH });
    }
  }

  #checkAction(kind: ContractFileKind): RecordAction | undefined {
    const sent = this.#raw.action;
    if (sent === undefined || sent === "") {
      const explained = this.#raw.findings.some((finding) => finding.code === "actionNotKnown");
      if (!explained) this.#report("requiredFieldMissing", "action");
      return undefined;
    }
    const action = RECORD_ACTIONS.find((known) => known === sent);
    if (action === undefined) this.#report("actionNotKnown", "action", sent);
    else if (kind === "initialLoad" && action !== "new") this.#report("actionNotInInitialLoad", "action", action);
    return action;
  }

  #checkSchema(action: RecordAction): void {
    const values = this.#raw.values;
    const required = REQUIRED_FIELDS[action];
    for (const field of ACTION_FIELDS[action]) {
      const value = values[field];
      if (value === undefined || value === "") {
        if (required.includes(field)) this.#report("requiredFieldMissing", field);
        if (value === undefined || required.includes(field)) continue;
      }
      const fault = checkFieldSchema(action, field, value);
      if (fault === undefined) this.#kept[field] = value;
      else this.#report(fault.code, field, value, fault.details);
    }
  }

  #checkUnknownFields(action: RecordAction): void {
    const allowed = ACTION_FIELDS[action];
    for (const field of RECORD_FIELDS) {
      const value = this.#raw.values[field];
      if (value !== undefined && !allowed.includes(field)) this.#report("fieldNotKnown", field, value, { action });
    }
  }

  #checkDigits(): void {
    const kept = this.#kept;
    if (kept.inamiNumber !== undefined && !isInamiNumber(kept.inamiNumber)) {
      this.#drop("inamiNumberInvalid", "inamiNumber", kept.inamiNumber, validateInamiNumber(kept.inamiNumber));
    }
    if (kept.ssin !== undefined && !isSsin(kept.ssin)) {
      this.#drop("ssinInvalid", "ssin", kept.ssin, validateSsin(kept.ssin));
    }
    if (kept.paymentReference === undefined) return;
    const digits = parsePaymentReference(kept.paymentReference);
    if (digits !== undefined) kept.paymentReference = digits;
    else {
      const fault = validatePaymentReference(kept.paymentReference);
      this.#drop("paymentReferenceInvalid", "paymentReference", kept.paymentReference, fault);
    }
  }

  /** Only a first declaration tells both ends of the period. */
  #checkPeriod(today: string): void {
    const { startOn, endOn } = this.#kept;
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

  #drop(code: Finding["code"], field: RecordField, value: string, reason: string | undefined): void {
    this.#kept[field] = undefined;
    this.#report(code, field, value, reason === undefined ? undefined : { reason });
  }

  #report(code: Finding["code"], field: string, value?: string, details?: Finding["details"]): void {
    const quoted = value === undefined ? {} : { value: quoteValue(value) };
    const told = details === undefined ? {} : { details };
    this.#findings ??= [];
    this.#findings.push(placeFinding(this.#raw, { code, field, ...quoted, ...told }));
  }

  #keepFindings(findings: readonly Finding[]): void {
    if (findings.length > 0) this.#findings = [...(this.#findings ?? []), ...findings];
  }
}
