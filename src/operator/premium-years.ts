import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ChangedYear, checkPremiumYears, type PremiumYearsCheck } from "../advantage/check-premium-years.ts";
import { PremiumYearFileError } from "../advantage/premium-year-cells.ts";
import { PREMIUM_YEAR_FILES, type PremiumYearFile, type PremiumYearTexts } from "../advantage/premium-year-tables.ts";
import { type PremiumYearsPreview, previewPremiumYears } from "../advantage/preview-premium-years.ts";
import {
  compile,
  insertSet,
  loadRulesInForce,
  lockPremiumYears,
  type RulesInForce,
} from "../advantage/rules-in-force.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";
import { nameActor } from "./perform-act.ts";

/** Files that are to take the place of those in force; what is absent stays as it is. */
export type GivenFiles = Partial<PremiumYearTexts>;

export const PREMIUM_YEAR_FILE_NAMES = Object.keys(PREMIUM_YEAR_FILES) as [PremiumYearFile, ...PremiumYearFile[]];

/** The CSV files of a folder. Throws OperatorError where there is none, or one of a name that is not known. */
export async function readPremiumYearFolder(folder: string): Promise<GivenFiles> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".csv"));
  const unknown = names.filter((name) => !isFileName(name));
  if (names.length === 0 || unknown.length > 0) {
    throw refused(
      `A folder of premium years holds some of ${PREMIUM_YEAR_FILE_NAMES.join(", ")}; in ${folder} ${names.length === 0 ? "there is none" : `there is ${unknown.join(", ")}`}.`,
    );
  }
  const files = await Promise.all(
    names.filter(isFileName).map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
  );
  return Object.fromEntries(files);
}

function isFileName(name: string): name is PremiumYearFile {
  return (PREMIUM_YEAR_FILE_NAMES as readonly string[]).includes(name);
}

/** A premium year as it is in force. */
export interface YearInForce {
  readonly premiumYear: number;
  readonly version: number;
  readonly fingerprint: string;
  /** Absent: it ships with the product. */
  readonly loadedAt?: Date;
  readonly loadedBy?: string;
  readonly reason?: string;
}

/** Oldest first. */
export async function listYearsInForce(institute: Sql): Promise<YearInForce[]> {
  const { years } = await loadRulesInForce(institute);
  const loaded = await institute<
    { premiumYear: number; version: number; loadedAt: Date; loadedBy: string; reason: string | null }[]
  >`
    select premium_year as "premiumYear", version, loaded_at as "loadedAt", loaded_by as "loadedBy", reason
    from premium_year_version join premium_year_set using (set_id)`;
  return [...years.values()].map(({ premiumYear, version, fingerprint }) => {
    const found = loaded.find((one) => one.premiumYear === premiumYear && one.version === version);
    const { loadedAt, loadedBy, reason } = found ?? {};
    return {
      ...{ premiumYear, version, fingerprint },
      ...(loadedAt && { loadedAt }),
      ...(loadedBy !== undefined && { loadedBy }),
      ...(typeof reason === "string" && { reason }),
    };
  });
}

export interface FilesPreview extends PremiumYearsPreview, Omit<PremiumYearsCheck, "changed"> {
  readonly years: readonly (Pick<YearInForce, "premiumYear" | "version" | "fingerprint"> & {
    readonly versionBefore?: number;
  })[];
}

/** What loading the files would be refused for, and whose outcome it would change; writes nothing. Throws OperatorError. */
export async function previewPremiumYearFiles(
  institute: Sql,
  given: GivenFiles,
  { today, limit }: { readonly today: string; readonly limit: number },
): Promise<FilesPreview> {
  const inForce = await loadRulesInForce(institute);
  const { changed, refusals, doubts } = checkPremiumYears(inForce, compileGiven(inForce, given), today);
  const preview = await previewPremiumYears(institute, changed, { businessDate: today, limit });
  return { years: changed.map(describeYear), refusals, doubts, ...preview };
}

function describeYear({ premiumYear, rules, before }: ChangedYear) {
  const { version, fingerprint } = rules;
  return { premiumYear, version, fingerprint, ...(before && { versionBefore: before.version }) };
}

/**
 * Puts the files in force, all or none; dossiers are evaluated anew by a worker. Throws OperatorError: `invalidPremiumYears`,
 * and `premiumYearsDoubtful` where something can hardly be meant and no reason is given.
 */
export async function loadPremiumYearFiles(
  tx: TransactionSql,
  actor: Actor,
  {
    files,
    reason,
    today,
  }: { readonly files: GivenFiles; readonly reason?: string | undefined; readonly today: string },
): Promise<OperatorChange> {
  await lockPremiumYears(tx);
  const inForce = await loadRulesInForce(tx);
  const wanted = compileGiven(inForce, files);
  const { changed, refusals, doubts } = checkPremiumYears(inForce, wanted, today);
  if (refusals.length > 0) throw refused(refusals.join("\n"));
  if (doubts.length > 0 && reason === undefined) {
    throw new OperatorError(
      "premiumYearsDoubtful",
      [...doubts, "If this is meant, load it with a reason: it stays on record."].join("\n"),
    );
  }
  const versions = changed.map(({ rules }) => rules);
  const loadedBy = nameActor(actor);
  const setId = await insertSet(tx, {
    texts: wanted.texts,
    versions,
    loadedBy,
    ...(reason !== undefined && { reason }),
  });
  const years = changed.map(({ premiumYear, rules }) => `${premiumYear} version ${rules.version} ${rules.fingerprint}`);
  return { act: "premiumYearsLoaded", actor, details: { setId, years, doubts, reason: reason ?? null } };
}

function compileGiven(inForce: RulesInForce, given: GivenFiles): RulesInForce {
  try {
    return compile({ ...inForce.texts, ...given });
  } catch (error) {
    if (error instanceof PremiumYearFileError) throw refused(`${capitalize(error.message)}.`);
    throw error;
  }
}

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function refused(sentence: string): OperatorError {
  return new OperatorError("invalidPremiumYears", sentence);
}
