import type { TransactionSql } from "../../database/sql.ts";
import { contestDossier, DossierError, reviseDossier } from "../dossier-acts.ts";
import { lockDossiers } from "../list-dossiers.ts";
import type { PremiumYearRules } from "../premium-year-rules.ts";
import { syncPersons } from "../sync-persons.ts";
import { applyFacts } from "./apply-facts.ts";
import { checkFacts } from "./check-facts.ts";
import { type FactReceipt, receiptColumns } from "./fact-files.ts";
import { BLOCKING_FACT_FINDINGS, type FactFinding } from "./fact-findings.ts";
import type { FactContext } from "./parse-fact.ts";
import { createReading, type FactReading, KEPT_FINDINGS, readFacts } from "./read-facts.ts";
import { createFactTables, resolvePersons, stageFacts } from "./stage-facts.ts";

export interface FactLoad {
  /** Bytes of the file: JSON objects, one a line. */
  readonly body: AsyncIterable<Buffer>;
  /** How the operator calls the file. */
  readonly name: string;
  readonly years: ReadonlyMap<number, PremiumYearRules>;
  readonly businessDate: string;
  readonly loadedBy: string;
  readonly loadedAt: Date;
  /** First eight digits of the only INAMI numbers that the file names, all of their holders; absent: it may name any. */
  readonly only?: readonly string[];
  /** The operator has made sure that small amounts of money are cents. */
  readonly amountsAreCents: boolean;
}

/** The whole file cannot be used; nothing was loaded. The message is a sentence for the operator. */
export class FactFileError extends Error {
  override readonly name = "FactFileError";
}

/**
 * Loads a fact file in the transaction of the caller (role `infoss_institute`): lines that something speaks against are left
 * out, the others become what is known, all at once. Whoever it concerns is evaluated anew soon. Throws `FactFileError`.
 */
export async function loadFacts(tx: TransactionSql, load: FactLoad): Promise<FactReceipt> {
  // Whatever the file fills was never counted: joined by hash, a first file of everybody costs no more than the next one.
  // One file at a time is loaded: its sorts and hashes need not go to the disk.
  if (!load.only) await Promise.all([tx`set local enable_nestloop = off`, tx`set local work_mem = '64MB'`]);
  await createFactTables(tx);
  const reading = createReading();
  await stageFacts(tx, readFacts(load.body, describeContext(load), reading));
  // Behind the last byte: nobody waits for a slow sender.
  await syncPersons(tx, load.only);
  const before = await findReceipt(tx, reading.sha256);
  if (before) return { ...before, isRepeated: true };
  if (reading.looksLikeEuros && !load.amountsAreCents)
    throw new FactFileError(
      "Amounts of money in this file are so small that they look like euros: they must be cents. Nothing was loaded.",
    );
  await resolvePersons(tx);
  await checkFacts(tx, load.years);
  const changed = await applyFacts(tx);
  await tx`set local enable_nestloop = on`;
  await moveByFacts(tx, load);
  return await keepReceipt(tx, load, reading, changed);
}

function describeContext({ years, businessDate }: FactLoad): FactContext {
  const all = [...years.values()];
  return {
    businessDate,
    professions: new Set(all.flatMap((rules) => rules.knownProfessions)),
    premiumYears: new Set(years.keys()),
    measures: new Map(all.flatMap((rules) => [...rules.measures])),
  };
}

/** Contests and revisions: few, each a move of its own. */
async function moveByFacts(tx: TransactionSql, { years, businessDate, loadedBy, loadedAt }: FactLoad): Promise<void> {
  const rows = await tx<{ line: number; kind: string; personId: string; year: number; on: string }[]>`
    select distinct on (kind, person_id, year) line, kind, person_id as "personId", year, from_on as on from fact
    where kind in ('contest', 'revision') order by kind, person_id, year, line`;
  // All of them before the first moves: behind a move nothing may be waited for.
  for (const [year, ofYear] of [...Map.groupBy(rows, (row) => row.year)].sort(([a], [b]) => a - b))
    await lockDossiers(
      tx,
      year,
      ofYear.map(({ personId }) => personId),
    );
  for (const { line, kind, personId, year, on } of rows) {
    const run = { rules: years.get(year)!, businessDate, movedAt: loadedAt.toISOString(), movedBy: loadedBy };
    try {
      if (kind === "contest") await contestDossier(tx, { ...run, cause: "contest" }, { personId, on });
      else await reviseDossier(tx, { ...run, cause: "revision" }, { personId });
    } catch (error) {
      if (!(error instanceof DossierError)) throw error;
      await tx`insert into fact_found (line, code, field) values (${line}, ${error.code}, 'premiumYear')`;
    }
  }
}

async function findReceipt(tx: TransactionSql, sha256: Buffer): Promise<Omit<FactReceipt, "isRepeated"> | undefined> {
  const [row] = await tx<Omit<FactReceipt, "isRepeated">[]>`
    select ${receiptColumns(tx)} from fact_file where sha256 = ${sha256}`;
  return row;
}

async function keepReceipt(
  tx: TransactionSql,
  load: FactLoad,
  reading: FactReading,
  changed: number,
): Promise<FactReceipt> {
  const found = await tx<
    FactFinding[]
  >`select line, code, field from fact_found order by line, code limit ${KEPT_FINDINGS}`;
  const [counts] = await tx<{ refused: number; count: number; persons: number }[]>`
    select count(distinct line) filter (where code = any(${BLOCKING_FACT_FINDINGS})) as refused,
      count(*) as count, (select count(*) from changed_person) as persons from fact_found`;
  const rejected = reading.refused + counts!.refused;
  const { name, loadedAt, loadedBy, businessDate } = load;
  const [receipt] = await tx<Omit<FactReceipt, "isRepeated">[]>`
    insert into fact_file (sha256, name, byte_count, loaded_at, loaded_by, business_date, lines, accepted, rejected, findings, changed, persons)
    values (${reading.sha256}, ${name}, ${reading.bytes}, ${loadedAt}, ${loadedBy}, ${businessDate}, ${reading.lines},
      ${reading.lines - rejected}, ${rejected}, ${reading.findingCount + counts!.count}, ${changed}, ${counts!.persons})
    returning ${receiptColumns(tx)}`;
  const findings = [...reading.findings, ...found].sort((a, b) => a.line - b.line).slice(0, KEPT_FINDINGS);
  await tx`
    insert into fact_finding (file_id, number, line, code, field)
    select ${receipt!.fileId}, number, line, code, field
    from jsonb_to_recordset(${tx.json(findings.map((finding, number) => ({ ...finding, number })) as never)})
      as f (number int, line int, code text, field text)`;
  return { ...receipt!, isRepeated: false };
}
