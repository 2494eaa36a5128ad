import { readFileSync } from "node:fs";
import { compilePremiumYear, listPremiumYears } from "./compile-premium-year.ts";
import type { PremiumYearRules } from "./premium-year-rules.ts";
import {
  PREMIUM_YEAR_FILES,
  type PremiumYearFile,
  type PremiumYearTexts,
  parsePremiumYearTables,
} from "./premium-year-tables.ts";

const FOLDER = new URL("premium-years/", import.meta.url);

/** The files that the product ships with, by name. */
export function readPremiumYearFiles(folder: URL = FOLDER): PremiumYearTexts {
  const names = Object.keys(PREMIUM_YEAR_FILES) as PremiumYearFile[];
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")]),
  ) as PremiumYearTexts;
}

/** The rules of every premium year that the files know, by year. Throws `PremiumYearFileError`. */
export function compilePremiumYears(texts: PremiumYearTexts): Map<number, PremiumYearRules> {
  const tables = parsePremiumYearTables(texts);
  return new Map(listPremiumYears(tables).map((year) => [year, compilePremiumYear(tables, year)]));
}

/** The rules of every premium year that is known now. */
export type LoadPremiumYears = () => Promise<ReadonlyMap<number, PremiumYearRules>>;
