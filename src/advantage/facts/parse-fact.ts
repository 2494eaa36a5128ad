import { isInamiNumber } from "../../identifiers/inami-number.ts";
import { isSsin } from "../../identifiers/ssin.ts";
import { parseScaled } from "../premium-year-cells.ts";
import type { FactFinding, FactFindingCode } from "./fact-findings.ts";
import { type FactKind, findTraits, PERIOD_KIND_OF } from "./fact-kinds.ts";

/** What the rules of all premium years know, and today: a fact is checked against it. */
export interface FactContext {
  readonly businessDate: string;
  readonly professions: ReadonlySet<string>;
  readonly premiumYears: ReadonlySet<number>;
  /** Decimals of each measure. */
  readonly measures: ReadonlyMap<string, number>;
}

/** A fact as it is staged: one row a fact, and one a measure of an activity. Absent: null. */
export interface StagedFact {
  readonly line: number;
  readonly kind: FactKind;
  readonly inamiRoot: string | null;
  readonly ssin: string | null;
  readonly profession: string | null;
  /** Year of activity, premium year, first year of a reserved right. */
  readonly year: number | null;
  /** Kind of period, measure, sanction, attribute, specialty. */
  readonly name: string | null;
  /** First day, or the day it happened. */
  readonly fromOn: string | null;
  /** Last day, or the day practice began. */
  readonly toOn: string | null;
  /** Units of a measure, days of inactivity, 1 where an attribute holds. */
  readonly amount: number | null;
  /** Competence code, or the insurer of a chosen contract. */
  readonly code: string | null;
  readonly contractNumber: string | null;
  readonly isWithdrawn: boolean;
}

export interface ParsedFact {
  readonly facts: readonly StagedFact[];
  readonly findings: readonly FactFinding[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads one line (JSON) of a fact file; a line with a blocking finding gives no facts. Pure. */
export function parseFact(text: string, line: number, context: FactContext): ParsedFact {
  const fields = parseObject(text);
  const traits = findTraits(fields?.kind);
  if (!fields || !traits) return refuse(line, "notAFact", fields && "kind");
  const findings: FactFinding[] = [];
  const find = (code: FactFindingCode, field: string) => findings.push({ line, code, field });
  const { required, optional = {} } = traits;
  for (const field in fields) {
    if (field === "kind" || field === "inamiNumber" || field === "ssin") continue;
    if (field === "profession" && traits.of === "profession" && !Object.hasOwn(required, field)) continue;
    const read = Object.hasOwn(required, field)
      ? required[field]
      : Object.hasOwn(optional, field)
        ? optional[field]
        : undefined;
    if (!read) find("fieldUnknown", field);
    else if (read(fields[field]) === undefined) find("fieldInvalid", field);
  }
  for (const field in required) if (fields[field] === undefined) find("fieldMissing", field);
  checkPerson(fields, find);
  if (findings.length === 0) checkMeaning(fields, context, find);
  if (findings.length > 0) return { facts: [], findings };
  return fields.kind === "activity"
    ? parseActivity(fields, line, context)
    : { facts: [toStaged(fields, line)], findings };
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(line: number, code: FactFindingCode, field?: string): ParsedFact {
  return { facts: [], findings: [{ line, code, field }] };
}

type Find = (code: FactFindingCode, field: string) => void;

/** By a number of the profession, by the national number, or by both. */
function checkPerson({ kind, inamiNumber, ssin, profession }: Fields, find: Find): void {
  if (inamiNumber === undefined && ssin === undefined) find("fieldMissing", "inamiNumber");
  if (inamiNumber !== undefined && (typeof inamiNumber !== "string" || !isInamiNumber(inamiNumber)))
    find("fieldInvalid", "inamiNumber");
  if (ssin !== undefined && (typeof ssin !== "string" || !isSsin(ssin))) find("fieldInvalid", "ssin");
  if (profession === undefined) {
    if (inamiNumber === undefined && findTraits(kind)?.of === "profession") find("fieldMissing", "profession");
  } else if (typeof profession !== "string") find("fieldInvalid", "profession");
}

function checkMeaning(fields: Fields, context: FactContext, find: Find): void {
  const { kind, profession, premiumYear, from, to, on } = fields as Fields & Record<"from" | "to" | "on", string>;
  if (profession !== undefined && !context.professions.has(profession as string))
    find("professionUnknown", "profession");
  if (premiumYear !== undefined && !context.premiumYears.has(premiumYear as number))
    find("premiumYearUnknown", "premiumYear");
  if (from !== undefined && to !== undefined && to < from) find("periodInverted", "to");
  if (on !== undefined && kind !== "pension" && on > context.businessDate) find("dayInFuture", "on");
  if (kind === "pension" || kind === "death" || kind === "reservedRight") {
    const field = kind === "reservedRight" ? "firstYear" : "on";
    if ((fields[field] === undefined) !== (fields.withdrawn === true)) find("fieldMissing", field);
  }
  if (kind === "choice") {
    const isContract = fields.enterpriseNumber !== undefined && fields.contractNumber !== undefined;
    const isNeither = fields.enterpriseNumber === undefined && fields.contractNumber === undefined;
    if (fields.reservedRight === true ? !isNeither : !isContract) find("fieldMissing", "contractNumber");
  }
}

/** A measure each row. `null` as its value: it is not known any more. */
function parseActivity(fields: Fields, line: number, { measures }: FactContext): ParsedFact {
  const findings: FactFinding[] = [];
  const facts: StagedFact[] = [];
  const find = (code: FactFindingCode, measure: string) =>
    findings.push({ line, code, field: `measures.${measure.slice(0, 50)}` });
  const base = toStaged(fields, line);
  for (const [measure, value] of Object.entries(fields.measures as object)) {
    const decimals = measures.get(measure);
    if (decimals === undefined) {
      find("measureUnknown", measure);
      continue;
    }
    const amount = value === null ? null : toUnits(value, decimals);
    if (amount === undefined)
      find(measure.endsWith("Cents") && isDecimal(value) ? "amountNotInCents" : "fieldInvalid", measure);
    else facts.push({ ...base, name: measure, amount });
  }
  if (facts.length === 0 && findings.length === 0) findings.push({ line, code: "fieldMissing", field: "measures" });
  return findings.length > 0 ? { facts: [], findings } : { facts, findings };
}

/** A number or its digits as units of the smallest kind. */
function toUnits(value: unknown, decimals: number): number | undefined {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1e10)
    return (value as number) * 10 ** decimals;
  return typeof value === "number" || typeof value === "string" ? parseScaled(String(value), decimals) : undefined;
}

function isDecimal(value: unknown): boolean {
  return /^\d+[.,]\d+$/.test(String(value));
}

function toStaged(fields: Fields, line: number): StagedFact {
  const text = (field: string) => (fields[field] as string | undefined) ?? null;
  const kind = fields.kind as FactKind;
  const periodKind = PERIOD_KIND_OF[kind === "convention" ? `convention ${fields.convention}` : kind];
  const year = fields.year ?? fields.premiumYear ?? fields.firstYear;
  return {
    line,
    kind,
    inamiRoot: text("inamiNumber")?.slice(0, 8) ?? null,
    ssin: text("ssin"),
    profession: text("profession"),
    year: (year as number | undefined) ?? null,
    name: periodKind ?? text("sanction") ?? text("attribute") ?? text("specialty"),
    fromOn: text("from") ?? text("on") ?? text("firstInamiNumberOn"),
    toOn: text("to") ?? text("practiceStartedOn"),
    amount: kind === "attribute" ? Number(fields.holds) : ((fields.days as number | undefined) ?? null),
    code: text("competenceCode") ?? (kind === "choice" ? text("enterpriseNumber") : null),
    contractNumber: text("contractNumber"),
    isWithdrawn: fields.withdrawn === true,
  };
}
