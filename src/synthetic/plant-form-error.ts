import { padDigits } from "../identifiers/digits.ts";
import { isInamiNumber } from "../identifiers/inami-number.ts";
import { isSsin, ssinCheckDigits } from "../identifiers/ssin.ts";
import { isStructuredCommunication } from "../identifiers/structured-communication.ts";
import { isoDate, parseDay } from "./calendar-day.ts";
import { findField, type GeneratedField, type GeneratedRecord, withField, withoutFields } from "./generated-record.ts";
import type { PlantableCode } from "./plantable-codes.ts";
import type { Planter } from "./planter.ts";
import type { Random } from "./random.ts";

const UNKNOWN_FIELDS: readonly GeneratedField[] = [
  ["premiumAmount", "1250.00"],
  ["holderName", "unknown"],
  ["ContractKind", "combined"],
];
const UNKNOWN_ACTIONS = ["update", "delete", "NEW", "contract"];
const IMPOSSIBLE_DATES = ["2023-02-30", "2021-13-01", "2019-02-29", "31/12/2020", "20190301", "2019-3-1", "yesterday"];
/** Beyond any contract that is already agreed, whatever the day of processing. */
const FAR_STARTS = ["2097-01-01", "2098-07-01", "2099-12-31"];

/** Errors that show in the record alone. */
export const FORM_PLANTERS = {
  requiredFieldMissing: ({ fields }, { random }) => ({
    fields: withoutFields(
      fields,
      random.pick(["contractNumber", "inamiNumber", "startOn", "contractKind", "solidarity"]),
    ),
  }),
  fieldNotKnown: ({ fields }, { random }) => ({ fields: [...fields, random.pick(UNKNOWN_FIELDS)] }),
  fieldRepeated: ({ fields }, { random }) => ({ fields: [...fields, random.pick(fields)] }),
  textNotExpected: (_record, { random }) => ({ looseText: random.pick(["see our letter", "-", "0"]) }),
  actionNotKnown: (_record, { random }) => ({ action: random.pick(UNKNOWN_ACTIONS) }),
  actionNotInInitialLoad: (record, { random }) => laterAction(record, random),
  valueTooLong: (record) => ({
    fields: withField(record.fields, "contractNumber", getField(record, "contractNumber").padEnd(36, "0")),
  }),
  valueNotInList: ({ fields }, { random }) => {
    const [name, value] = random.pick([
      ["contractKind", "plci"],
      ["contractKind", "SOCIALPLCI"],
      ["language", "en"],
    ]);
    return { fields: withField(fields, name!, value!) };
  },
  dateInvalid: ({ fields }, { random }) => ({ fields: withField(fields, "startOn", random.pick(IMPOSSIBLE_DATES)) }),
  inamiNumberInvalid: (record, { random }) => ({
    fields: withField(record.fields, "inamiNumber", spoilInamiNumber(getField(record, "inamiNumber"), random)),
  }),
  ssinInvalid: ({ fields }, { random }) => ({ fields: withField(fields, "ssin", invalidSsin(random)) }),
  paymentReferenceInvalid: ({ fields }, { random }) => ({
    fields: withField(fields, "paymentReference", invalidPaymentReference(random)),
  }),
  startOnOutOfRange: ({ fields }, { random }) => ({
    fields: withField(withoutFields(fields, "endOn", "reason"), "startOn", random.pick(FAR_STARTS)),
  }),
  endBeforeStart: (record, { random }) => {
    const endOn = isoDate(parseDay(getField(record, "startOn")) - 1 - random.below(400));
    return { fields: withField(withField(record.fields, "endOn", endOn), "reason", "terminated") };
  },
} as const satisfies Partial<Record<PlantableCode, Planter>>;

/** The value of a field that every good record has. */
export function getField(record: GeneratedRecord, name: string): string {
  const value = findField(record, name);
  if (value === undefined) throw new Error(`a generated record has no ${name}`);
  return value;
}

function laterAction(record: GeneratedRecord, random: Random): Partial<GeneratedRecord> {
  const action = random.pick(["modify", "close", "reopen", "cancel"]);
  const key = record.fields.filter(([name]) => name === "contractNumber" || name === "inamiNumber");
  const startOn = getField(record, "startOn");
  if (action === "modify") {
    const content = withoutFields(record.fields, "contractNumber", "inamiNumber", "startOn", "endOn", "reason");
    return { action, fields: [...key, ["effectiveOn", startOn], ...content] };
  }
  if (action === "close") return { action, fields: [...key, ["endOn", startOn], ["reason", "terminated"]] };
  return { action, fields: [...key, ["reason", "declared in error"]] };
}

/** Other check digits than any modulus gives, a lost leading digit, one digit too many, or a letter. */
function spoilInamiNumber(number: string, random: Random): string {
  const way = random.below(6);
  if (way === 0) return number.slice(1);
  if (way === 1) return `${number}0`;
  if (way === 2) return `${number.slice(0, 5)}O${number.slice(6)}`;
  for (;;) {
    const spoilt = `${number.slice(0, 6)}${padDigits(random.below(100), 2)}${number.slice(8)}`;
    if (!isInamiNumber(spoilt)) return spoilt;
  }
}

/** A birth day that does not exist with check digits that hold, or check digits that hold under neither century. */
function invalidSsin(random: Random): string {
  const serial = padDigits(700 + random.below(298), 3);
  if (random.chance(0.25)) return `850230${serial}${ssinCheckDigits(`850230${serial}`, false)}`;
  for (;;) {
    const ssin = `${random.pick(["850730", "710212", "991105"])}${serial}${padDigits(random.below(100), 2)}`;
    if (!isSsin(ssin)) return ssin;
  }
}

function invalidPaymentReference(random: Random): string {
  for (;;) {
    const digits = padDigits(random.below(1_000_000), 6) + padDigits(random.below(1_000_000), 6);
    if (!isStructuredCommunication(digits)) return digits;
  }
}
