import type { Finding } from "../findings/finding.ts";
import { type CheckContext, checkRecord } from "../formats/contract-file/check-record.ts";
import { type ContractFileRoot, createContractFileReader } from "../formats/contract-file/contract-file-reader.ts";
import type { RawRecord } from "../formats/contract-file/raw-record.ts";
import { RepeatedRecords } from "./repeated-records.ts";

/** What only the gateway can check, for it needs the register, what it holds, or how the file comes. */
export const CHECKS_NOT_MADE = {
  register: "that INAMI numbers exist and are valid on the day, that SSINs belong to them, competence codes",
  contracts: "what the gateway holds of the contracts (known, ended, cancelled, the same already)",
  submission: "sender and phase, environment of the host, whether reference, sequence or the same records came before",
  transport: "file name, size, signature",
} as const;

export const CHECKED_OUTCOMES = ["passed", "unchanged", "rejected"] as const;

/** `passed` as far as a record can be judged without the gateway. */
export interface CheckedOutcome {
  readonly recordNumber: number;
  readonly senderReference?: string;
  readonly outcome: (typeof CHECKED_OUTCOMES)[number];
  readonly findings: readonly Finding[];
}

export interface FileCheck {
  /** Absent where the file is refused before its root was read. */
  readonly root: ContractFileRoot | undefined;
  /** Why the gateway would refuse the whole file: then nothing of it would be taken up. */
  readonly refusal: Finding | undefined;
  readonly bytesRead: number;
  readonly counts: { readonly received: number } & Readonly<Record<CheckedOutcome["outcome"], number>>;
}

export interface FileCheckOptions {
  /** The business day in Europe/Brussels, yyyy-mm-dd. */
  readonly today: string;
  /** Records that are not plainly passed, in the order of the file, some at a time. */
  readonly onOutcomes: (outcomes: readonly CheckedOutcome[]) => Promise<void>;
  readonly onProgress?: (bytesRead: number) => void;
}

/**
 * Checks a contract file without a gateway: the same reader, rules and findings as its own, up to the checks named in
 * `CHECKS_NOT_MADE`, and what is twice in the file. Memory grows by some 50 bytes a record.
 */
export async function checkContractFile(bytes: AsyncIterable<Buffer>, options: FileCheckOptions): Promise<FileCheck> {
  const repeated = new RepeatedRecords();
  const counts = { received: 0, passed: 0, unchanged: 0, rejected: 0 };
  let context: CheckContext = { kind: "initialLoad", today: options.today };
  let outcomes: CheckedOutcome[] = [];
  const reader = createContractFileReader({
    onHeader({ kind }) {
      context = { ...context, kind };
      return undefined;
    },
    onRecord(raw) {
      const outcome = judge(raw, context, repeated);
      counts.received += 1;
      counts[outcome.outcome] += 1;
      if (outcome.outcome !== "passed") outcomes.push(outcome);
    },
  });
  let refusal: Finding | undefined;
  for await (const piece of bytes) {
    refusal = reader.write(piece);
    if (refusal) break;
    options.onProgress?.(reader.bytesRead);
    if (outcomes.length > 0) await options.onOutcomes(outcomes.splice(0));
  }
  refusal ??= reader.end();
  if (outcomes.length > 0) await options.onOutcomes(outcomes);
  outcomes = [];
  return { root: reader.header, refusal, bytesRead: reader.bytesRead, counts };
}

function judge(raw: RawRecord, context: CheckContext, repeated: RepeatedRecords): CheckedOutcome {
  const record = checkRecord(raw, context);
  const { recordNumber, senderReference } = record;
  const { findings, isUnchanged } = repeated.add(record, context.kind === "initialLoad");
  const outcome = findings.length > 0 ? "rejected" : isUnchanged ? "unchanged" : "passed";
  return { recordNumber, outcome, findings, ...(senderReference !== undefined && { senderReference }) };
}
