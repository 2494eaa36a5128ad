import { hash } from "node:crypto";
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { type DossierInput, type Evaluation, evaluateDossier } from "./evaluate-dossier.ts";
import type { LoadedInput } from "./load-dossier-inputs.ts";
import type { PremiumYearRules } from "./premium-year-rules.ts";
import { parseRules, renderRules } from "./rules-text.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** Facts of many persons are much alike: level 1 leaves a tenth. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

const DIGEST_BYTES = 16;

/** An evaluation and what it was made from. */
export interface Evaluated {
  readonly input: LoadedInput;
  readonly evaluation: Evaluation;
}

export interface EvaluationMoment {
  readonly rules: PremiumYearRules;
  readonly businessDate: string;
  readonly movedAt: string;
}

/** Keeps what these evaluations were made from; answers the block, in which each has its place in the order given. */
export async function insertEvaluationBlock(
  tx: TransactionSql,
  { rules, businessDate, movedAt }: EvaluationMoment,
  evaluated: readonly Evaluated[],
): Promise<number> {
  const inputs = await compress(JSON.stringify(evaluated.map(({ input }) => input)), FAST);
  const digests = Buffer.concat(evaluated.map(({ evaluation }) => digestOf(evaluation)));
  const rulesId = await keepRules(tx, rules);
  const [row] = await tx<{ blockId: number }[]>`
    insert into evaluation_block (rules_id, business_date, evaluated_at, inputs, digests)
    values (${rulesId}, ${businessDate}, ${movedAt}, ${inputs}, ${digests}) returning block_id as "blockId"`;
  return row!.blockId;
}

export interface Reproduced {
  readonly input: Omit<DossierInput, "rules">;
  readonly rules: PremiumYearRules;
  /** Made now, from what was known then. */
  readonly evaluation: Evaluation;
  /** True when it is, byte by byte, what was evaluated then. */
  readonly isSame: boolean;
}

/** Evaluates anew what was evaluated then, with the facts, contracts, day and rules of then. `place` from 0. */
export async function reproduceEvaluation(
  sql: Sql | TransactionSql,
  block: number,
  place: number,
): Promise<Reproduced> {
  const [row] = await sql<{ businessDate: string; inputs: Buffer; digests: Buffer; content: Buffer }[]>`
    select business_date as "businessDate", inputs, digests, content
    from evaluation_block join evaluation_rules using (rules_id) where block_id = ${block}`;
  if (!row) throw new RangeError("there is no such evaluation");
  const inputs = JSON.parse((await decompress(row.inputs)).toString()) as LoadedInput[];
  const rules = parseRules((await decompress(row.content)).toString());
  const input = { ...inputs[place]!, businessDate: row.businessDate };
  const evaluation = evaluateDossier({ ...input, rules });
  const digest = row.digests.subarray(place * DIGEST_BYTES, (place + 1) * DIGEST_BYTES);
  return { input, rules, evaluation, isSame: digest.equals(digestOf(evaluation)) };
}

function digestOf(evaluation: Evaluation): Buffer {
  return hash("sha256", JSON.stringify(evaluation), "buffer").subarray(0, DIGEST_BYTES);
}

/** Rules are a few objects of a process, and as text they are long. */
const textOf = new WeakMap<PremiumYearRules, { readonly text: string; readonly sha256: Buffer }>();

async function keepRules(tx: TransactionSql, rules: PremiumYearRules): Promise<number> {
  let known = textOf.get(rules);
  if (!known) {
    const text = renderRules(rules);
    known = { text, sha256: hash("sha256", text, "buffer") };
    textOf.set(rules, known);
  }
  const find = () => tx<{ rulesId: number }[]>`
    select rules_id as "rulesId" from evaluation_rules where sha256 = ${known.sha256}`;
  const [found] = await find();
  if (found) return found.rulesId;
  const { premiumYear, version, fingerprint } = rules;
  await tx`
    insert into evaluation_rules (sha256, premium_year, rules_version, rules_fingerprint, content)
    values (${known.sha256}, ${premiumYear}, ${version}, ${fingerprint}, ${await compress(known.text)})
    on conflict (sha256) do nothing`;
  const [kept] = await find();
  return kept!.rulesId;
}
