import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { renderCopyValue } from "../../database/copy-text.ts";
import type { TransactionSql } from "../../database/sql.ts";
import type { StagedFact } from "./parse-fact.ts";

const COLUMNS = [
  ...["line", "kind", "inami_root", "ssin", "profession", "year", "name", "from_on", "to_on", "amount", "code"],
  ...["contract_number", "is_withdrawn"],
].join(", ");

/** Facts of one file, in tables of the transaction: `staged_fact` as read, `fact` with whose they are, `fact_found` findings. */
export async function createFactTables(tx: TransactionSql): Promise<void> {
  await tx`
    create temporary table staged_fact (line int not null, kind text not null, inami_root text collate "C",
      ssin text collate "C", profession text, year int, name text, from_on date, to_on date, amount bigint,
      code text collate "C", contract_number text collate "C", is_withdrawn boolean not null) on commit drop`;
  await tx`create temporary table fact_found (line int not null, code text not null, field text) on commit drop`;
  await tx`create temporary table changed_person (person_id uuid primary key) on commit drop`;
}

/** Streams facts into `staged_fact`. */
export async function stageFacts(tx: TransactionSql, facts: AsyncIterable<readonly StagedFact[]>): Promise<void> {
  const copy = await tx.unsafe(`copy staged_fact (${COLUMNS}) from stdin`).writable();
  await pipeline(Readable.from(renderBatches(facts), { objectMode: true, highWaterMark: 2 }), copy);
}

async function* renderBatches(facts: AsyncIterable<readonly StagedFact[]>): AsyncGenerator<string> {
  for await (const batch of facts) {
    let text = "";
    for (const fact of batch) text += renderRow(fact);
    if (text !== "") yield text;
  }
}

/** A line of COPY. Only a contract number may hold what must be escaped; all else was checked to be words, digits and days. */
function renderRow(fact: StagedFact): string {
  const { line, kind, inamiRoot, ssin, profession, year, name, fromOn, toOn, amount, code } = fact;
  const number = renderCopyValue(fact.contractNumber);
  const own = `${line}\t${kind}\t${inamiRoot ?? NULL}\t${ssin ?? NULL}\t${profession ?? NULL}\t${year ?? NULL}\t${name ?? NULL}`;
  return `${own}\t${fromOn ?? NULL}\t${toOn ?? NULL}\t${amount ?? NULL}\t${code ?? NULL}\t${number}\t${fact.isWithdrawn ? "t" : "f"}\n`;
}

const NULL = "\\N";

/** Makes `fact` of `staged_fact`: whose each one is, and of which profession. */
export async function resolvePersons(tx: TransactionSql): Promise<void> {
  await tx`
    create temporary table fact on commit drop as
    select s.line, s.kind, coalesce(n.person_id, i.person_id) as person_id, n.person_id <> i.person_id as is_mismatch,
      case when s.kind not in ('sanction', 'pension', 'death', 'reservedRight', 'choice', 'contest', 'revision')
        then coalesce(s.profession, given.profession, n.profession) end as profession,
      s.inami_root, s.year, s.name, s.from_on, s.to_on, s.amount, s.code, s.contract_number, s.is_withdrawn
    from staged_fact s
    left join person_number n on n.inami_root = s.inami_root
    left join person_ssin i on i.ssin = s.ssin
    left join (select inami_root, min(profession) as profession from staged_fact
      where kind = 'profession' and inami_root is not null group by inami_root) given on given.inami_root = s.inami_root`;
}
