import { hash } from "node:crypto";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { compilePremiumYears, type LoadPremiumYears, readPremiumYearFiles } from "./load-premium-years.ts";
import type { PremiumYearRules } from "./premium-year-rules.ts";
import type { PremiumYearTexts } from "./premium-year-tables.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export type RulesByYear = ReadonlyMap<number, PremiumYearRules>;

/** What premium years say now, as files and as rules. */
export interface RulesInForce {
  readonly texts: PremiumYearTexts;
  readonly years: RulesByYear;
}

/** The same rules stay the same objects as long as they are in force. By digest of the set, and "" for what ships. */
const compiled = new LRUCache<string, RulesInForce>({ max: 8 });

/**
 * The rules of every premium year: of the set that operators loaded last, and of the files that ship with the product for
 * years that the set does not know. Roles `infoss_institute` and `infoss_gateway`.
 */
export async function loadRulesInForce(sql: Sql | TransactionSql): Promise<RulesInForce> {
  const [newest] = await sql<{ setId: number; sha256: Buffer }[]>`
    select set_id as "setId", sha256 from premium_year_set order by set_id desc limit 1`;
  const key = newest ? newest.sha256.toString("hex") : "";
  const known = compiled.get(key);
  if (known) return known;
  const inForce = newest ? compile(await readSet(sql, newest.setId)) : compileShipped();
  compiled.set(key, inForce);
  return inForce;
}

/** Asks for them again at each call: what operators load counts at once, in every process. */
export function createRulesInForce(sql: Sql): LoadPremiumYears {
  return async () => (await loadRulesInForce(sql)).years;
}

async function readSet(sql: Sql | TransactionSql, setId: number): Promise<PremiumYearTexts> {
  const [row] = await sql<{ files: Buffer }[]>`select files from premium_year_set where set_id = ${setId}`;
  return JSON.parse((await decompress(row!.files)).toString()) as PremiumYearTexts;
}

function compileShipped(): RulesInForce {
  const texts = readPremiumYearFiles();
  return { texts, years: compilePremiumYears(texts) };
}

/** Throws `PremiumYearFileError`. */
export function compile(texts: PremiumYearTexts): RulesInForce {
  return { texts, years: addShippedYears(compilePremiumYears(texts)) };
}

/** Names of professions and measures are those of all years together. */
function addShippedYears(own: RulesByYear): RulesByYear {
  const { years: shipped } = compileShipped();
  const later = [...shipped.values()].filter(({ premiumYear }) => !own.has(premiumYear));
  if (later.length === 0) return own;
  const all = [...own.values(), ...later].sort((one, other) => one.premiumYear - other.premiumYear);
  const knownProfessions = [...new Set(all.flatMap((rules) => rules.knownProfessions))];
  const measures = new Map(all.flatMap((rules) => [...rules.measures]));
  return new Map(all.map((rules) => [rules.premiumYear, { ...rules, knownProfessions, measures }]));
}

export interface NewSet {
  readonly texts: PremiumYearTexts;
  readonly reason?: string;
  readonly loadedBy: string;
  /** Versions that come with it. */
  readonly versions: readonly Pick<PremiumYearRules, "premiumYear" | "version" | "fingerprint">[];
}

/** Puts a set in force; it must have been checked under `lockPremiumYears`. */
export async function insertSet(tx: TransactionSql, { texts, reason, loadedBy, versions }: NewSet): Promise<number> {
  const text = JSON.stringify(texts);
  const [row] = await tx<{ setId: number }[]>`
    insert into premium_year_set (sha256, files, reason, loaded_by)
    values (${hash("sha256", text, "buffer")}, ${await compress(text)}, ${reason ?? null}, ${loadedBy})
    returning set_id as "setId"`;
  for (const { premiumYear, version, fingerprint } of versions) {
    await tx`
      insert into premium_year_version (premium_year, version, fingerprint, set_id)
      values (${premiumYear}, ${version}, ${fingerprint}, ${row!.setId})`;
  }
  return row!.setId;
}

/** One set at a time is compared with the one in force and put in its place. */
export async function lockPremiumYears(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('premium_year_set', 0))`;
}
