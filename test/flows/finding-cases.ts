import type { FindingCode } from "../../src/findings/finding-codes.ts";
import type { InsurerPhase } from "../../src/identity/identity-kinds.ts";
import { composeRecord, composeRecords, type Fields, type FileParts } from "./compose-file.ts";
import { FOREIGN_SSIN, PROVIDERS, UNKNOWN_INAMI_NUMBER } from "./test-register.ts";

/** A file of an insurer; the sender is the insurer itself unless it says so. */
export type CaseFile = Omit<FileParts, "sender"> & {
  readonly sender?: string;
  /** The phase the insurer is in when the file comes; `loading` unless told. */
  readonly phase?: InsurerPhase;
  /** Time that passes before what becomes of the file is looked at. */
  readonly hoursPass?: number;
  /** An operator hands what the insurer has to another one from this day on, before the file comes. */
  readonly handedOverOn?: string;
  /** Cents that were received on all contracts of the insurer, less what was taken back, before the file comes. */
  readonly paidCents?: number;
  /** It is held for what it changes, and an operator refuses it. */
  readonly isRefusedByOperator?: true;
};

/** A file that raises a finding, and one that is as close as can be and does not, after files processed before. */
export interface FlowFindingCase {
  readonly earlier?: readonly CaseFile[];
  readonly raises: CaseFile;
  readonly justNot: CaseFile;
}

const SOUND: CaseFile = { reference: "SOUND" };
const OTHER: CaseFile = { reference: "OTHER" };

/** A file with one record that is sound but for the fields given. */
function withFields(fields: Fields): CaseFile {
  return { ...OTHER, records: [composeRecord("R-1", fields)] };
}

function withRecords(...records: readonly string[]): CaseFile {
  return { ...OTHER, records };
}

const { current, recent, expiredYesterday, expiringToday, replaced, replacing } = PROVIDERS;
const root = current.inamiNumber.slice(0, 8);

/** The load that the deltas below change: its one contract, from 2019-03-01 on. */
const LOADED: CaseFile = { ...SOUND, complete: true };
const KEY: Fields = { contractNumber: "C-1", inamiNumber: PROVIDERS.current.inamiNumber };
const COMBINED: Fields = { contractKind: "combined", solidarity: "true" };

function deltaOf(sequence: number, record: string, reference = `DELTA-${sequence}`): CaseFile {
  return { reference, kind: "delta", attributes: ` sequence="${sequence}"`, records: [record] };
}

const modified = (effectiveOn: string, fields: Fields = {}) =>
  composeRecord("R-1", { ...KEY, effectiveOn, ...COMBINED, ...fields }, "modify");
const closed = (endOn: string) => composeRecord("R-1", { ...KEY, endOn, reason: "terminated" }, "close");
const cancelled = composeRecord("R-1", { ...KEY, reason: "declared in error" }, "cancel");

const LOADED_MANY: CaseFile = { ...SOUND, complete: true, records: composeRecords(20) };
const closingMany = (count: number): CaseFile => ({
  ...deltaOf(1, ""),
  records: Array.from({ length: count }, (_, index) =>
    closed("2020-12-31")
      .replace("C-1", `C-${index + 1}`)
      .replace("R-1", `R-${index + 1}`),
  ),
});

/** Every finding that takes more than one file to see: the sender, other files, other records, register, contracts. */
export const FLOW_FINDING_CASES = {
  environmentMismatch: { raises: { ...OTHER, environment: "R" }, justNot: { ...OTHER, environment: "T" } },
  senderMismatch: { raises: { ...OTHER, sender: "0428759497" }, justNot: OTHER },
  insurerSuspended: {
    raises: { ...OTHER, environment: "T", phase: "suspended" },
    justNot: { ...OTHER, environment: "T", phase: "access" },
  },
  phaseNotAllowed: { raises: { ...OTHER, phase: "access" }, justNot: { ...OTHER, environment: "T", phase: "access" } },
  referenceReused: { earlier: [SOUND], raises: { ...SOUND, records: [] }, justNot: SOUND },
  initialLoadClosed: {
    earlier: [{ ...SOUND, complete: true }],
    raises: OTHER,
    // The circuit is tested at any time.
    justNot: { ...OTHER, environment: "T" },
  },
  sameRecordsAsEarlier: {
    earlier: [SOUND],
    raises: OTHER,
    justNot: withRecords(composeRecord("R-2")),
  },
  senderReferenceRepeated: {
    raises: withRecords(composeRecord("R-1"), composeRecord("R-1", { contractNumber: "C-2" })),
    justNot: withRecords(composeRecord("R-1"), composeRecord("r-1", { contractNumber: "C-2" })),
  },
  inamiNumberUnknown: {
    raises: withFields({ inamiNumber: UNKNOWN_INAMI_NUMBER }),
    justNot: withFields({ inamiNumber: PROVIDERS.another.inamiNumber }),
  },
  inamiNumberNotValidOn: {
    raises: withFields({ inamiNumber: recent.inamiNumber, startOn: "2019-02-28" }),
    justNot: withFields({ inamiNumber: recent.inamiNumber, startOn: "2019-03-01" }),
  },
  ssinMismatch: { raises: withFields({ ssin: FOREIGN_SSIN }), justNot: withFields({ ssin: current.ssin }) },
  contractRepeated: {
    raises: withRecords(composeRecord("R-1"), composeRecord("R-2", { inamiNumber: root, language: "fr" })),
    justNot: withRecords(composeRecord("R-1"), composeRecord("R-2", { inamiNumber: root })),
  },
  contractExists: {
    earlier: [SOUND],
    raises: withFields({ language: "fr" }),
    justNot: withFields({ inamiNumber: root, solidarity: "1" }),
  },
  sequenceUsed: {
    earlier: [LOADED, deltaOf(1, closed("2027-12-31"))],
    raises: deltaOf(1, modified("2020-01-01"), "OTHER"),
    justNot: deltaOf(2, modified("2020-01-01"), "OTHER"),
  },
  sequenceGapExpired: {
    earlier: [LOADED],
    raises: { ...deltaOf(2, modified("2020-01-01")), hoursPass: 24.1 },
    justNot: { ...deltaOf(2, modified("2020-01-01")), hoursPass: 23.9 },
  },
  massChange: { earlier: [LOADED_MANY], raises: closingMany(20), justNot: closingMany(19) },
  massChangeRefused: {
    earlier: [LOADED_MANY],
    raises: { ...closingMany(20), isRefusedByOperator: true },
    justNot: closingMany(19),
  },
  contractUnknown: {
    earlier: [LOADED],
    raises: deltaOf(1, modified("2020-01-01", { contractNumber: "c-1" })),
    justNot: deltaOf(1, modified("2020-01-01")),
  },
  contractCancelled: {
    earlier: [LOADED, deltaOf(1, cancelled)],
    raises: deltaOf(2, closed("2020-01-01")),
    // What counts as never declared can be declared, and then closed.
    justNot: {
      ...deltaOf(2, composeRecord("R-1")),
      records: [composeRecord("R-1"), closed("2020-01-01").replace("R-1", "R-2")],
    },
  },
  contractPaid: {
    earlier: [LOADED],
    raises: { ...deltaOf(1, cancelled), paidCents: 1 },
    // All of it was taken back.
    justNot: { ...deltaOf(1, cancelled), paidCents: 0 },
  },
  contractTransferred: {
    earlier: [LOADED, deltaOf(1, closed("2023-12-31"))],
    raises: { ...deltaOf(2, modified("2023-12-31")), handedOverOn: "2023-12-31" },
    // The contract is over by then: it stays.
    justNot: { ...deltaOf(2, modified("2023-12-31")), handedOverOn: "2024-01-01" },
  },
  contractEndedBefore: {
    earlier: [LOADED, deltaOf(1, closed("2020-12-31"))],
    raises: deltaOf(2, modified("2021-01-01")),
    justNot: deltaOf(2, modified("2020-12-31")),
  },
  effectiveBeforeStart: {
    earlier: [LOADED],
    raises: deltaOf(1, modified("2019-02-28")),
    justNot: deltaOf(1, modified("2019-03-01")),
  },
  laterModificationReplaced: {
    earlier: [LOADED, deltaOf(1, modified("2021-01-01"))],
    raises: deltaOf(2, modified("2020-12-31", { solidarity: "false" })),
    justNot: deltaOf(2, modified("2021-01-01", { solidarity: "false" })),
  },
  inamiNumberExpired: {
    raises: withFields({ inamiNumber: expiredYesterday.inamiNumber }),
    justNot: withFields({ inamiNumber: expiringToday.inamiNumber }),
  },
  inamiNumberReplaced: {
    raises: withFields({ inamiNumber: replaced.inamiNumber }),
    justNot: withFields({ inamiNumber: replacing.inamiNumber }),
  },
  competenceCodeUnknown: {
    raises: withFields({ inamiNumber: `${root}990` }),
    justNot: withFields({ inamiNumber: `${root}000` }),
  },
} as const satisfies Partial<Record<FindingCode, FlowFindingCase>>;
