import { parseCalendarDate } from "../../formats/contract-file/calendar-date.ts";
import { parseEnterpriseNumber } from "../../identifiers/enterprise-number.ts";
import type { PeriodKind } from "../advantage-tables.ts";

/** Reads a field; undefined: it has another form. */
type Read<Value> = (value: unknown) => Value | undefined;

const day: Read<string> = (value) => (typeof value === "string" && parseCalendarDate(value) > 0 ? value : undefined);
const name: Read<string> = (value) =>
  typeof value === "string" && /^[A-Za-z][A-Za-z0-9]{0,49}$/.test(value) ? value : undefined;
const year: Read<number> = (value) =>
  Number.isInteger(value) && (value as number) >= 1950 && (value as number) <= 2099 ? (value as number) : undefined;
const days: Read<number> = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 366 ? (value as number) : undefined;
const yes: Read<boolean> = (value) => (value === true ? true : undefined);
const yesOrNo: Read<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
const competenceCode: Read<string> = (value) =>
  typeof value === "string" && /^\d{3}$/.test(value) ? value : undefined;
const enterpriseNumber: Read<string> = (value) =>
  typeof value === "string" ? parseEnterpriseNumber(value) : undefined;
const contractNumber: Read<string> = (value) =>
  typeof value === "string" && value.length >= 1 && value.length <= 50 ? value : undefined;
const record: Read<object> = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
const oneOf =
  <Value extends string>(...values: readonly Value[]): Read<Value> =>
  (value) =>
    values.find((known) => known === value);

/** Of whom a fact is: of the person, or of one profession of the person. */
type Of = "person" | "profession";

interface KindTraits {
  readonly of: Of;
  readonly required: Readonly<Record<string, Read<unknown>>>;
  readonly optional?: Readonly<Record<string, Read<unknown>>>;
}

const period = { required: { from: day }, optional: { to: day, withdrawn: yes } } as const;

/** Every kind of fact with its fields, as docs/facts.md lists them. Payments come in by files of their own. */
export const FACT_KINDS = {
  profession: {
    of: "profession",
    required: { profession: name, firstInamiNumberOn: day },
    optional: { specialty: name, competenceCode, practiceStartedOn: day },
  },
  convention: {
    of: "profession",
    required: { ...period.required, convention: oneOf("full", "partial") },
    optional: period.optional,
  },
  recognition: { of: "profession", ...period },
  training: { of: "profession", ...period },
  formalInactivity: { of: "profession", ...period },
  activity: { of: "profession", required: { year, measures: record } },
  inactivity: { of: "profession", required: { year, days } },
  attribute: { of: "profession", required: { year, attribute: name, holds: yesOrNo } },
  sanction: { of: "person", required: { ...period.required, sanction: name }, optional: period.optional },
  pension: { of: "person", required: {}, optional: { on: day, withdrawn: yes } },
  death: { of: "person", required: {}, optional: { on: day, withdrawn: yes } },
  reservedRight: { of: "person", required: {}, optional: { firstYear: year, withdrawn: yes } },
  choice: {
    of: "person",
    required: { premiumYear: year, on: day },
    optional: { enterpriseNumber, contractNumber, reservedRight: yes },
  },
  contest: { of: "person", required: { premiumYear: year, on: day } },
  revision: { of: "person", required: { premiumYear: year } },
} as const satisfies Record<string, KindTraits>;

export type FactKind = keyof typeof FACT_KINDS;

/** Kinds that are periods of a profession, by what the table of periods calls them. */
export const PERIOD_KIND_OF: Readonly<Record<string, PeriodKind>> = {
  "convention full": "fullConvention",
  "convention partial": "partialConvention",
  recognition: "recognised",
  training: "trainee",
  formalInactivity: "formallyInactive",
};

export function findTraits(kind: unknown): KindTraits | undefined {
  return typeof kind === "string" && Object.hasOwn(FACT_KINDS, kind) ? FACT_KINDS[kind as FactKind] : undefined;
}
