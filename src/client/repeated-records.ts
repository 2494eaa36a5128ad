import { type Finding, isBlocking } from "../findings/finding.ts";
import type { CheckedRecord } from "../formats/contract-file/check-record.ts";
import { DigestTable, digestWords } from "./digest-table.ts";
import { WordRows } from "./word-rows.ts";

/**
 * Finds what is twice in one file, as the gateway does: a sender reference names one record; in an initial load a contract
 * is declared once, and a second declaration with the same content is `unchanged`. Kept are digests, not the texts.
 */
export class RepeatedRecords {
  readonly #references = new DigestTable();
  /** Number of the record that has a reference first, in the order of the references. */
  readonly #firstRecords = new WordRows(1);
  readonly #contracts = new FirstDeclarations();

  /** The findings of the record in the gateway's order, those of repetition last; and whether it repeats another. */
  add(
    record: CheckedRecord,
    isInitialLoad: boolean,
  ): { readonly findings: readonly Finding[]; readonly isUnchanged: boolean } {
    const repeated = this.#findReference(record);
    const isMalformed = record.findings.some(isBlocking);
    const isBlocked = isMalformed || repeated !== undefined;
    const met = isInitialLoad && !isMalformed ? this.#findContract(record, isBlocked) : undefined;
    const found = [met?.finding, repeated].filter((finding) => finding !== undefined);
    const findings = found.length === 0 ? record.findings : [...record.findings, ...found];
    return { findings, isUnchanged: met !== undefined && met.finding === undefined && !isBlocked };
  }

  #findReference(record: CheckedRecord): Finding | undefined {
    const { senderReference, recordNumber } = record;
    if (senderReference === undefined || senderReference === "") return undefined;
    const { row, isNew } = this.#references.put(senderReference);
    if (!isNew)
      return describe(
        record,
        "senderReferenceRepeated",
        "senderReference",
        senderReference,
        this.#firstRecords.get(row),
      );
    this.#firstRecords.set(row, recordNumber);
    return undefined;
  }

  /** The first declaration that is not rejected counts. */
  #findContract(record: CheckedRecord, isBlocked: boolean): { readonly finding: Finding | undefined } | undefined {
    const { contractNumber = "", inamiNumber = "", recordNumber } = record;
    const key = `${inamiNumber.slice(0, 8)} ${contractNumber}`;
    const content = digestContent(record);
    const first = isBlocked
      ? this.#contracts.find(key)
      : this.#contracts.keep(key, recordNumber, content, competenceOf(inamiNumber));
    if (first === undefined || first.recordNumber === recordNumber) return undefined;
    // A number of 8 digits says nothing of the competence code.
    const isSame =
      first.content === content && (inamiNumber.length === 8 || first.competence === competenceOf(inamiNumber));
    if (isSame) return { finding: undefined };
    return { finding: describe(record, "contractRepeated", "contractNumber", contractNumber, first.recordNumber) };
  }
}

interface Declaration {
  readonly recordNumber: number;
  readonly content: number;
  readonly competence: number;
}

/** The first declaration of each contract, with what is to be compared of it. */
class FirstDeclarations {
  readonly #texts = new DigestTable();
  /** Record number, content, competence; a record number of 0 where no declaration counts yet. */
  readonly #declarations = new WordRows(3);

  keep(text: string, recordNumber: number, content: number, competence: number): Declaration {
    const { row } = this.#texts.put(text);
    const first = this.#read(row);
    if (first) return first;
    this.#declarations.set(row, recordNumber, content, competence);
    return { recordNumber, content, competence };
  }

  find(text: string): Declaration | undefined {
    return this.#read(this.#texts.put(text).row);
  }

  #read(row: number): Declaration | undefined {
    const recordNumber = this.#declarations.get(row);
    if (recordNumber === 0) return undefined;
    return { recordNumber, content: this.#declarations.get(row, 1), competence: this.#declarations.get(row, 2) };
  }
}

/** What makes two declarations of a contract differ, but for the competence code. */
function digestContent(record: CheckedRecord): number {
  const { startOn, endOn, reason, contractKind, ssin, solidarity, language, paymentReference } = record;
  const content = [startOn, endOn, reason, contractKind, ssin, solidarity, language, paymentReference].join("\n");
  return digestWords(content)[0];
}

/** 0 for none. */
function competenceOf(inamiNumber: string): number {
  return inamiNumber.length > 8 ? Number(inamiNumber.slice(8)) + 1 : 0;
}

function describe(
  { recordNumber, senderReference, line, byteOffset }: CheckedRecord,
  code: "senderReferenceRepeated" | "contractRepeated",
  field: string,
  value: string,
  firstRecordNumber: number,
): Finding {
  return {
    ...{ code, field, value, details: { firstRecordNumber }, recordNumber, line, byteOffset },
    ...(senderReference !== undefined && { senderReference }),
  };
}
