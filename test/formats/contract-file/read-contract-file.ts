import type { Finding } from "../../../src/findings/finding.ts";
import { type CheckedRecord, checkRecord } from "../../../src/formats/contract-file/check-record.ts";
import {
  type ContractFileRoot,
  createContractFileReader,
} from "../../../src/formats/contract-file/contract-file-reader.ts";
import type { RawRecord } from "../../../src/formats/contract-file/raw-record.ts";
import type { ReaderLimits } from "../../../src/formats/contract-file/reader-limits.ts";

/** The business day of these tests. */
export const TODAY = "2026-11-22";

export interface ReadFile {
  readonly refusal: Finding | undefined;
  readonly header: ContractFileRoot | undefined;
  readonly records: readonly RawRecord[];
  readonly checked: readonly CheckedRecord[];
  /** The refusal, then what was found in each record. */
  readonly findings: readonly Finding[];
}

/** Reads and checks a whole file that comes in pieces of `pieceLength` bytes. */
export function readContractFile(
  content: string | Buffer,
  pieceLength: number = Number.MAX_SAFE_INTEGER,
  limits: Partial<ReaderLimits> = {},
): ReadFile {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const records: RawRecord[] = [];
  const checked: CheckedRecord[] = [];
  const reader = createContractFileReader({
    limits,
    onRecord: (record) => {
      records.push(record);
      checked.push(checkRecord(record, { kind: reader.header?.kind ?? "initialLoad", today: TODAY }));
    },
  });
  let refusal: Finding | undefined;
  for (let from = 0; from < bytes.length && refusal === undefined; from += pieceLength) {
    // A copy that is wiped afterwards, as a reader of files would use its buffer again.
    const piece = Buffer.from(bytes.subarray(from, from + pieceLength));
    refusal = reader.write(piece);
    piece.fill(0);
  }
  refusal ??= reader.end();
  const found = checked.flatMap((record) => record.findings);
  const findings = refusal === undefined ? found : [refusal, ...found];
  return { refusal, header: reader.header, records, checked, findings };
}
