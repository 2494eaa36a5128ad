import type {
  ContractKind,
  EndReason,
  HolderLanguage,
  RecordAction,
} from "../formats/contract-file/contract-file-vocabulary.ts";
import type { Trouble } from "../formats/contract-file/trouble.ts";

/** What a contract says besides its key, its start and its end. */
export interface ContractContent {
  /** 8 or 11 digits, as sent: the competence code is content, the root is key. */
  readonly inamiNumber: string;
  readonly contractKind: ContractKind;
  readonly ssin: string | null;
  readonly solidarity: boolean;
  readonly language: HolderLanguage | null;
  readonly paymentReference: string | null;
}

/** The last day covered, and why. */
export interface ContractEnd {
  readonly endOn: string;
  readonly endReason: EndReason;
}

/** A stretch of days (`validBefore` exclusive, null = until further notice) and what holds on them. */
export interface ContractPeriod extends ContractContent {
  readonly validFrom: string;
  readonly validBefore: string | null;
}

/** A contract as known at one moment: its periods follow each other from `startOn` on, the last without end. */
export interface KnownContract {
  readonly contractId: string;
  readonly startOn: string;
  /** Declared in error: counts as never declared. */
  readonly isCancelled: boolean;
  /** First day on which another insurer has it; null: it is held here. */
  readonly transferredOn: string | null;
  /** Money was received on it for a premium year, and not all of it was taken back. */
  readonly isPaid: boolean;
  readonly end: ContractEnd | null;
  readonly periods: readonly ContractPeriod[];
}

/** A record whose form is sound: every field that its action needs is there (`checkRecord`). Dates are `yyyy-mm-dd`. */
export interface ContractRecord {
  readonly action: RecordAction;
  readonly contractNumber: string;
  readonly inamiNumber: string;
  /** `startOn` of `new`, `effectiveOn` of `modify`. */
  readonly fromOn: string | null;
  readonly endOn: string | null;
  readonly reason: string | null;
  readonly contractKind: ContractKind | null;
  readonly ssin: string | null;
  readonly solidarity: boolean | null;
  readonly language: HolderLanguage | null;
  readonly paymentReference: string | null;
}

/** What a record makes of a contract: nothing, a refusal, or another state; `after` is then what is known from now on. */
export type RecordEffect =
  | { readonly kind: "refused"; readonly trouble: Trouble }
  | { readonly kind: "unchanged" }
  | { readonly kind: "changed"; readonly after: Omit<KnownContract, "contractId">; readonly warning?: Trouble };

/**
 * The meaning of the five actions (exchange.md section 3), pure: what `record` makes of the contract its key names;
 * undefined where no contract ever had that key. A contract that is no longer declared makes `new` a first declaration;
 * one that another insurer took over is not changed any more.
 */
export function applyRecord(known: KnownContract | undefined, record: ContractRecord): RecordEffect {
  const transferredOn = known?.isCancelled === false ? known.transferredOn : null;
  const effect = applyAction(known, record);
  if (transferredOn === null || effect.kind === "unchanged") return effect;
  return refuse("contractTransferred", record, { transferredOn });
}

function applyAction(known: KnownContract | undefined, record: ContractRecord): RecordEffect {
  if (record.action === "new") return declare(known, record);
  if (known === undefined) return refuse("contractUnknown", record);
  if (record.action === "cancel") {
    if (known.isPaid && !known.isCancelled) return refuse("contractPaid", record);
    return known.isCancelled ? { kind: "unchanged" } : change(known, { ...known, isCancelled: true });
  }
  if (known.isCancelled) return refuse("contractCancelled", record);
  if (record.action === "modify") return modify(known, record);
  return record.action === "close" ? close(known, record) : change(known, { ...known, end: null });
}

function declare(known: KnownContract | undefined, record: ContractRecord): RecordEffect {
  const startOn = need(record.fromOn);
  const end = record.endOn === null ? null : readEnd(record);
  if (known === undefined || known.isCancelled) {
    const period = { ...readContent(record, undefined), validFrom: startOn, validBefore: null };
    return {
      kind: "changed",
      after: { startOn, isCancelled: false, transferredOn: null, isPaid: false, end, periods: [period] },
    };
  }
  const [first, second] = known.periods;
  const isSame =
    second === undefined &&
    known.startOn === startOn &&
    isSameEnd(known.end, end) &&
    first !== undefined &&
    isSameContent(first, readContent(record, first));
  if (isSame) return { kind: "unchanged" };
  return refuse("contractExists", record, { contractId: known.contractId });
}

/** The content from that day on: later periods give way, the one that holds on the day is split. */
function modify(known: KnownContract, record: ContractRecord): RecordEffect {
  const effectiveOn = need(record.fromOn);
  if (effectiveOn < known.startOn) {
    const trouble = { code: "effectiveBeforeStart", field: "effectiveOn", value: effectiveOn } as const;
    return { kind: "refused", trouble: { ...trouble, details: { startOn: known.startOn } } };
  }
  if (known.end !== null && known.end.endOn < effectiveOn) {
    const trouble = { code: "contractEndedBefore", field: "effectiveOn", value: effectiveOn } as const;
    return { kind: "refused", trouble: { ...trouble, details: { endOn: known.end.endOn } } };
  }
  const later = known.periods.find((period) => period.validFrom > effectiveOn);
  const current = known.periods.findLast((period) => period.validFrom <= effectiveOn);
  const content = readContent(record, current);
  const kept = known.periods.filter((period) => period.validFrom < effectiveOn);
  const previous = kept.at(-1);
  // Neighbours that say the same are one period: what is known is a function of what holds, not of how it was told.
  const periods =
    previous !== undefined && isSameContent(previous, content)
      ? [...kept.slice(0, -1), { ...previous, validBefore: null }]
      : [
          ...kept.map((period) => endBefore(period, effectiveOn)),
          { ...content, validFrom: effectiveOn, validBefore: null },
        ];
  const effect = change(known, { ...known, periods });
  if (effect.kind !== "changed" || later === undefined) return effect;
  const warning = { code: "laterModificationReplaced", field: "effectiveOn", value: effectiveOn } as const;
  return { ...effect, warning: { ...warning, details: { replacedOn: later.validFrom } } };
}

function close(known: KnownContract, record: ContractRecord): RecordEffect {
  const end = readEnd(record);
  if (end.endOn < known.startOn) {
    const trouble = { code: "endBeforeStart", field: "endOn", value: end.endOn } as const;
    return { kind: "refused", trouble: { ...trouble, details: { startOn: known.startOn } } };
  }
  return change(known, { ...known, end });
}

/** The period up to the day, exclusive; as it was where it ends before. */
function endBefore(period: ContractPeriod, day: string): ContractPeriod {
  return period.validBefore === null || period.validBefore > day ? { ...period, validBefore: day } : period;
}

function change(known: KnownContract, after: KnownContract): RecordEffect {
  const isSame =
    known.isCancelled === after.isCancelled &&
    isSameEnd(known.end, after.end) &&
    known.periods.length === after.periods.length &&
    known.periods.every((period, index) => isSamePeriod(period, after.periods[index]));
  return isSame ? { kind: "unchanged" } : { kind: "changed", after };
}

export function isSamePeriod(one: ContractPeriod, other: ContractPeriod | undefined): boolean {
  return (
    other !== undefined &&
    one.validFrom === other.validFrom &&
    one.validBefore === other.validBefore &&
    isSameContent(one, other)
  );
}

export function isSameEnd(one: ContractEnd | null, other: ContractEnd | null): boolean {
  return one?.endOn === other?.endOn && one?.endReason === other?.endReason;
}

/** The root is key, whatever number of an alias was sent: of the number only the competence code is content. */
function isSameContent(one: ContractContent, other: ContractContent): boolean {
  return (
    one.contractKind === other.contractKind &&
    one.ssin === other.ssin &&
    one.solidarity === other.solidarity &&
    one.language === other.language &&
    one.paymentReference === other.paymentReference &&
    one.inamiNumber.slice(ROOT_DIGITS) === other.inamiNumber.slice(ROOT_DIGITS)
  );
}

const ROOT_DIGITS = 8;

/** 8 digits say nothing of the competence code: it stays what it was. */
function readContent(record: ContractRecord, current: ContractContent | undefined): ContractContent {
  const { inamiNumber, ssin, language, paymentReference } = record;
  const keepsNumber = inamiNumber.length === ROOT_DIGITS && current !== undefined;
  return {
    inamiNumber: keepsNumber ? current.inamiNumber : inamiNumber,
    contractKind: need(record.contractKind),
    ssin,
    solidarity: need(record.solidarity),
    language,
    paymentReference,
  };
}

function readEnd(record: ContractRecord): ContractEnd {
  return { endOn: need(record.endOn), endReason: need(record.reason) as EndReason };
}

function refuse(
  code: "contractUnknown" | "contractCancelled" | "contractExists" | "contractPaid" | "contractTransferred",
  record: ContractRecord,
  details?: Trouble["details"],
): RecordEffect {
  const trouble = { code, field: "contractNumber", value: record.contractNumber };
  return { kind: "refused", trouble: details === undefined ? trouble : { ...trouble, details } };
}

function need<T>(value: T | null): T {
  if (value === null) throw new Error("a record whose form is sound lacks a field that its action needs");
  return value;
}
