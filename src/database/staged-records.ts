import type { Hash } from "node:crypto";
import type { PendingQuery, Row } from "postgres";
import { isBlocking } from "../findings/finding.ts";
import type { FindingCode } from "../findings/finding-codes.ts";
import type { CheckedRecord } from "../formats/contract-file/check-record.ts";
import type { TransactionSql } from "./sql.ts";

type Fragment = PendingQuery<Row[]>;

const STAGED_COLUMNS = `(
  record_number int not null, line int not null, byte_offset bigint not null, byte_length int not null,
  sender_reference text collate "C", action text, contract_number text collate "C", inami_root text collate "C",
  alias_roots text[] collate "C", inami_number text collate "C", start_on date, end_on date, reason text, contract_kind text, ssin text collate "C",
  solidarity boolean, language text, payment_reference text collate "C",
  findings jsonb, last_finding jsonb, malformed boolean not null default false, blocked boolean not null, met boolean not null default false, unchanged boolean not null default false,
  contract_id uuid not null default uuidv7()
)`;

/**
 * Records of the submission that this transaction processes. A temporary table of the transaction: never logged, gone
 * with it, seen by nobody else. `contract_id` is drawn here so that contract and version agree without a look-up;
 * `start_on` is the day from which a record holds: `startOn` of `new`, `effectiveOn` of `modify`. `malformed` records
 * failed the checks of their own form; `blocked` ones are rejected for whatever reason. `inami_root` and `alias_roots`
 * are the register's to correct: under which root the contract is known, and which others its provider had. `met` marks
 * records whose contract was there already; `last_finding` is told behind all others. A table that is made anew has its
 * statements planned anew too: for as many rows as it holds.
 */
export async function createStagingTable(tx: TransactionSql): Promise<void> {
  await tx.unsafe(`
    drop table if exists pg_temp.staged; create temporary table staged ${STAGED_COLUMNS} on commit drop`);
}

type Eleven<T> = [T, T, T, T, T, T, T, T, T, T, T];

/** Columns of a batch, in the order of the statement's parameters. Those from `sender_reference` to `payment_reference` are the content that is hashed. */
const TEXT_COLUMNS = [
  "senderReference",
  "action",
  "contractNumber",
  "inamiNumber",
  "startOn",
  "endOn",
  "reason",
  "contractKind",
  "ssin",
  "language",
  "paymentReference",
] as const;

/** Columns in which anything may stand; the values of the others passed a check that leaves nothing to quote. */
const FREE_TEXTS: ReadonlySet<string> = new Set(["senderReference", "contractNumber", "reason", "paymentReference"]);
const IS_FREE_TEXT = TEXT_COLUMNS.map((name) => FREE_TEXTS.has(name));

/**
 * Gathers checked records into batches and writes each with one statement. Columns travel as PostgreSQL array literals
 * of our own, which also the hash is taken of: the driver's array serializer costs several times as much.
 */
export class StagedBatch {
  readonly #texts: string[][] = TEXT_COLUMNS.map(() => []);
  readonly #numbers: number[] = [];
  readonly #lines: number[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #solidarities: (boolean | "NULL")[] = [];
  readonly #findings: string[] = [];
  readonly #blocked: boolean[] = [];
  #refusedValues = "";

  get size(): number {
    return this.#numbers.length;
  }

  add(record: CheckedRecord): void {
    const faulty = record.findings.length > 0;
    this.#numbers.push(record.recordNumber);
    this.#lines.push(record.line);
    this.#offsets.push(record.byteOffset);
    this.#lengths.push(record.byteLength);
    for (let column = 0; column < TEXT_COLUMNS.length; column += 1) {
      // A value that failed its check is undefined: it may not even be a date.
      const name = TEXT_COLUMNS[column]!;
      const value = name === "startOn" ? (record.startOn ?? record.effectiveOn) : record[name];
      this.#texts[column]!.push(value === undefined ? "NULL" : IS_FREE_TEXT[column] ? quote(value) : value);
    }
    this.#solidarities.push(record.solidarity ?? "NULL");
    this.#findings.push(faulty ? quote(JSON.stringify(record.findings)) : "NULL");
    this.#blocked.push(faulty && record.findings.some(isBlocking));
    if (faulty) this.#refusedValues += describeRefusedValues(record);
  }

  /**
   * Writes the batch, once. `contentHash` is told at once what the records say, whatever the file around them: it recognises
   * the same records. Columns are unnested side by side in the select list: as a function of the `from` clause, each
   * would first be stored as a table of its own. Records of files are many: under `planOnce`.
   */
  async insert(tx: TransactionSql, contentHash?: Hash): Promise<void> {
    const array = (elements: readonly unknown[]) => `{${elements.join()}}`;
    const texts = this.#texts.map(array) as Eleven<string>;
    const solidarities = array(this.#solidarities);
    for (const told of [...texts, solidarities, this.#refusedValues]) contentHash?.update(told);
    const [
      senderReference,
      action,
      contractNumber,
      inamiNumber,
      startOn,
      endOn,
      reason,
      kind,
      ssin,
      language,
      payment,
    ] = texts;
    await tx`
      insert into staged (record_number, line, byte_offset, byte_length, sender_reference, action, contract_number,
        inami_root, inami_number, start_on, end_on, reason, contract_kind, ssin, solidarity, language, payment_reference,
        findings, malformed, blocked)
      select record_number, line, byte_offset, byte_length, sender_reference, action, contract_number,
        left(inami_number, 8), inami_number, start_on, end_on, reason, contract_kind, ssin, solidarity, language,
        payment_reference, findings, blocked, blocked
      from (select
        unnest(${array(this.#numbers)}::text::int[]) as record_number, unnest(${array(this.#lines)}::text::int[]) as line,
        unnest(${array(this.#offsets)}::text::bigint[]) as byte_offset, unnest(${array(this.#lengths)}::text::int[]) as byte_length,
        unnest(${senderReference}::text::text[]) as sender_reference, unnest(${action}::text::text[]) as action,
        unnest(${contractNumber}::text::text[]) as contract_number, unnest(${inamiNumber}::text::text[]) as inami_number,
        unnest(${startOn}::text::date[]) as start_on, unnest(${endOn}::text::date[]) as end_on,
        unnest(${reason}::text::text[]) as reason, unnest(${kind}::text::text[]) as contract_kind,
        unnest(${ssin}::text::text[]) as ssin, unnest(${solidarities}::text::boolean[]) as solidarity,
        unnest(${language}::text::text[]) as language, unnest(${payment}::text::text[]) as payment_reference,
        unnest(${array(this.#findings)}::text::jsonb[]) as findings, unnest(${array(this.#blocked)}::text::boolean[]) as blocked) u`.execute();
  }
}

/** What was sent and stands in no column, because it failed its check: other wrong values are other records. */
function describeRefusedValues(record: CheckedRecord): string {
  const isKept = (field: string | undefined) =>
    TEXT_COLUMNS.some((name) => name === field && record[name] !== undefined);
  const refused = record.findings.filter((finding) => finding.value !== undefined && !isKept(finding.field));
  return JSON.stringify([record.recordNumber, ...refused.map(({ field, value }) => [field, value])]);
}

const NEEDS_ESCAPE = /["\\]/;

function quote(value: string): string {
  return NEEDS_ESCAPE.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : `"${value}"`;
}

/** A finding about the staged record `s`, as a jsonb expression of a set-based check. */
export function stagedFinding(
  tx: TransactionSql,
  code: FindingCode,
  field: string,
  value: Fragment,
  details: Fragment = tx`null::jsonb`,
): Fragment {
  return tx`jsonb_strip_nulls(jsonb_build_object('code', ${code}::text, 'field', ${field}::text, 'value', ${value},
    'details', ${details}, 'recordNumber', s.record_number, 'senderReference', s.sender_reference, 'line', s.line,
    'byteOffset', s.byte_offset))`;
}
