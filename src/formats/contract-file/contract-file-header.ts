import { isEnterpriseNumber, validateEnterpriseNumber } from "../../identifiers/enterprise-number.ts";
import { parseCalendarDate } from "./calendar-date.ts";
import {
  CONTRACT_FILE_KINDS,
  type ContractFileKind,
  FILE_ENVIRONMENTS,
  type FileEnvironment,
  RECORD_COUNT_MAXIMUM,
  REFERENCE_LENGTH,
} from "./contract-file-vocabulary.ts";
import { collapseWhiteSpace, isLongerThan } from "./token-text.ts";
import { quoteValue, type Trouble } from "./trouble.ts";

/** What the root element says of the file; every value has been checked. */
export interface ContractFileHeader {
  /** Enterprise number of the insurer. */
  readonly sender: string;
  readonly reference: string;
  readonly environment: FileEnvironment;
  readonly kind: ContractFileKind;
  /** Deltas only. */
  readonly sequence: number | undefined;
  /** As sent: an xs:dateTime with an offset. */
  readonly createdAt: string;
  readonly recordCount: number;
  /** Initial loads only; false where it was not said. */
  readonly complete: boolean;
  /** Deltas only: the share (0 to 1) of the sender's contracts that this file is expected to close. */
  readonly expectedClosureShare: number | undefined;
}

const ATTRIBUTES = [
  "sender",
  "reference",
  "environment",
  "kind",
  "sequence",
  "createdAt",
  "recordCount",
  "complete",
  "expectedClosureShare",
] as const;
type HeaderAttribute = (typeof ATTRIBUTES)[number];
const REQUIRED: readonly HeaderAttribute[] = ["sender", "reference", "environment", "kind", "createdAt", "recordCount"];

const CREATED_AT =
  /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;

/** Reads the root's own attributes (name to value as sent), or says which is the first that is wrong, in the order of the schema. */
export function parseHeader(sent: ReadonlyMap<string, string>): ContractFileHeader | Trouble {
  const values = new Map<string, string>();
  for (const [name, value] of sent) {
    if (!ATTRIBUTES.some((known) => known === name)) return refuse(name, value, "notKnown");
    values.set(name, collapseWhiteSpace(value));
  }
  const missing = REQUIRED.find((name) => !values.has(name) || values.get(name) === "");
  if (missing !== undefined) return refuse(missing, undefined, "missing");
  return checkHeader((name) => values.get(name));
}

function checkHeader(read: (name: HeaderAttribute) => string | undefined): ContractFileHeader | Trouble {
  const text = (name: HeaderAttribute) => read(name) ?? "";
  const sender = text("sender");
  if (!isEnterpriseNumber(sender)) return refuse("sender", sender, validateEnterpriseNumber(sender) ?? "shape");
  const reference = text("reference");
  if (isLongerThan(reference, REFERENCE_LENGTH)) return refuse("reference", reference, "tooLong", "referenceForm");
  const environment = FILE_ENVIRONMENTS.find((letter) => letter === read("environment"));
  if (environment === undefined) {
    return { code: "environmentLetterInvalid", field: "environment", value: quoteValue(text("environment")) };
  }
  const kind = CONTRACT_FILE_KINDS.find((known) => known === read("kind"));
  if (kind === undefined) return refuse("kind", text("kind"), "notInList", CONTRACT_FILE_KINDS.join(", "));
  const createdAt = text("createdAt");
  if (!CREATED_AT.test(createdAt) || parseCalendarDate(createdAt.slice(0, 10)) === 0) {
    return refuse("createdAt", createdAt, "shape", "createdAtForm");
  }
  const recordCount = text("recordCount");
  if (!/^(?:0|[1-9]\d{0,7})$/.test(recordCount) || Number(recordCount) > RECORD_COUNT_MAXIMUM) {
    return refuse("recordCount", recordCount, "shape", "recordCountForm");
  }
  const trouble = kind === "delta" ? checkDelta(read) : checkInitialLoad(read);
  if (trouble !== undefined) return trouble;
  return {
    sender,
    reference,
    environment,
    kind,
    sequence: toNumber(read("sequence")),
    createdAt,
    recordCount: Number(recordCount),
    complete: read("complete") === "true" || read("complete") === "1",
    expectedClosureShare: toNumber(read("expectedClosureShare")),
  };
}

function checkDelta(read: (name: HeaderAttribute) => string | undefined): Trouble | undefined {
  const sequence = read("sequence");
  if (sequence === undefined || sequence === "") return refuse("sequence", undefined, "missing");
  if (!/^[1-9]\d{0,8}$/.test(sequence)) return refuse("sequence", sequence, "shape", "sequenceForm");
  const complete = read("complete");
  if (complete !== undefined) return refuse("complete", complete, "notWithThisKind");
  const share = read("expectedClosureShare");
  if (share !== undefined && !/^(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)$/.test(share)) {
    return refuse("expectedClosureShare", share, "shape", "shareForm");
  }
  return undefined;
}

const BOOLEANS = ["true", "false", "1", "0"];

function checkInitialLoad(read: (name: HeaderAttribute) => string | undefined): Trouble | undefined {
  for (const name of ["sequence", "expectedClosureShare"] as const) {
    const value = read(name);
    if (value !== undefined) return refuse(name, value, "notWithThisKind");
  }
  const complete = read("complete");
  if (complete === undefined || BOOLEANS.includes(complete)) return undefined;
  return refuse("complete", complete, "notInList", BOOLEANS.join(", "));
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** `form`: what the attribute should be, a word of ours or the values allowed; left out where `reason` says all. */
function refuse(field: string, value: string | undefined, reason: string, form?: string): Trouble {
  return {
    code: "headerInvalid",
    field: quoteValue(field),
    ...(value === undefined ? {} : { value: quoteValue(value) }),
    details: { reason, ...(form && { form }) },
  };
}
