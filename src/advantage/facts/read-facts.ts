import { createHash } from "node:crypto";
import { type FactFinding, isBlockingFact } from "./fact-findings.ts";
import { type FactContext, parseFact, type StagedFact } from "./parse-fact.ts";

const BATCH_FACTS = 2_000;
/** Facts are short; what is longer is no line of this file. */
const LONGEST_LINE = 16_384;
/** Findings that are kept; the others are counted. */
export const KEPT_FINDINGS = 10_000;
/** From so many amounts of money on, their middle tells whether they are cents. */
const TELLING_AMOUNTS = 20;
/** 5,000 euro: half of all providers are reimbursed many times as much. */
const LOWEST_MEDIAN_CENTS = 500_000;

/** What was read of a fact file; complete when the generator has ended. */
export interface FactReading {
  bytes: number;
  lines: number;
  /** Of lines that were left out. */
  refused: number;
  findingCount: number;
  readonly findings: FactFinding[];
  sha256: Buffer;
  /** True when amounts of money are so small that they can only be euros. */
  looksLikeEuros: boolean;
}

export function createReading(): FactReading {
  return {
    bytes: 0,
    lines: 0,
    refused: 0,
    findingCount: 0,
    findings: [],
    sha256: Buffer.alloc(0),
    looksLikeEuros: false,
  };
}

/** Reads a fact file (UTF-8, one JSON object a line) into batches, and into `reading` what it found. Empty lines count as lines only. */
export async function* readFacts(
  body: AsyncIterable<Buffer>,
  context: FactContext,
  reading: FactReading,
): AsyncGenerator<StagedFact[]> {
  const hash = createHash("sha256");
  const decoder = new TextDecoder("utf-8");
  const amounts: number[] = [];
  let rest = "";
  let batch: StagedFact[] = [];
  const take = (text: string) => {
    reading.lines += 1;
    if (text.trim() === "") return;
    const { facts, findings } = parseFact(text.length > LONGEST_LINE ? "" : text, reading.lines, context);
    note(reading, findings);
    for (const fact of facts) {
      batch.push(fact);
      if (fact.amount !== null && fact.amount > 0 && fact.name?.endsWith("Cents") === true) amounts.push(fact.amount);
    }
  };
  for await (const chunk of body) {
    hash.update(chunk);
    reading.bytes += chunk.length;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
    if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE + 1);
    if (batch.length < BATCH_FACTS) continue;
    yield batch;
    batch = [];
  }
  rest += decoder.decode();
  if (rest !== "") take(rest);
  yield batch;
  reading.sha256 = hash.digest();
  const middle = amounts.sort((a, b) => a - b)[amounts.length >> 1];
  reading.looksLikeEuros = amounts.length >= TELLING_AMOUNTS && middle! < LOWEST_MEDIAN_CENTS;
}

function note(reading: FactReading, findings: readonly FactFinding[]): void {
  if (findings.length === 0) return;
  reading.findingCount += findings.length;
  if (findings.some(isBlockingFact)) reading.refused += 1;
  if (reading.findings.length < KEPT_FINDINGS) reading.findings.push(...findings);
}
