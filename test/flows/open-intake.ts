import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import type { Test } from "tap";
import { createFixedBusinessClock } from "../../src/clock.ts";
import type { Database } from "../../src/database/connection.ts";
import type { Sql } from "../../src/database/sql.ts";
import { enterpriseCheckDigits } from "../../src/identifiers/enterprise-number.ts";
import { generateSigningKeyPem } from "../../src/identity/issue-certificate.ts";
import { createFixedKeyRing } from "../../src/identity/signing-keys.ts";
import { createCallTurns } from "../../src/intake/call-turns.ts";
import type { Intake } from "../../src/intake/intake.ts";
import type { MassChangeLimits } from "../../src/intake/mass-change.ts";
import { createReceiptSigner } from "../../src/intake/receipt.ts";
import { receiveSubmission } from "../../src/intake/receive-submission.ts";
import { listRecordResults } from "../../src/intake/record-results.ts";
import type { Reception } from "../../src/intake/store-submission.ts";
import { RECORD_OUTCOMES, type RecordResult, type Submission } from "../../src/intake/submission.ts";
import { findSubmission } from "../../src/intake/submission-queries.ts";
import { createTransferSlots } from "../../src/intake/transfer-slots.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { createTestDatabase } from "../database.ts";
import { admitWithClient } from "../http/admit-with-client.ts";
import { TODAY } from "./test-register.ts";

export interface Insurer {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
}

export interface LogLine {
  readonly level: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly code?: string;
  readonly submissionId?: string;
  readonly msg: string;
}

export const LOG_LEVEL_ERROR = 50;

export interface IntakeOptions {
  readonly processingAttempts?: number;
  readonly transferSlots?: number;
  readonly massChange?: MassChangeLimits;
}

export type OpenIntake = Awaited<ReturnType<typeof openIntake>>;

/** The intake without a door, on a database of its own; nothing is processed before `processAll`. */
export async function openIntake(t: Test, options: IntakeOptions = {}) {
  const { url, database, owner } = await createTestDatabase(t);
  const logLines: LogLine[] = [];
  const intake: Intake = {
    database,
    clock: createFixedBusinessClock(TODAY),
    raiseAlarm: async (alarm) =>
      intake.log.error({ code: alarm.code, ...alarm.details, insurerId: alarm.insurerId }, "alarm"),
    log: pino({ level: "debug" }, { write: (line: string) => logLines.push(JSON.parse(line) as LogLine) }),
    signer: createReceiptSigner(await createFixedKeyRing(await generateSigningKeyPem())),
    environmentName: "validation",
    maximumBytes: 100_000_000,
    transferSlots: createTransferSlots(options.transferSlots ?? 16),
    callTurns: createCallTurns(),
    processingAttempts: options.processingAttempts ?? 5,
    verificationQuota: { perDay: 1_000_000, perDayInAccess: 1_000_000 },
    massChange: options.massChange ?? { percent: 5, minimum: 20 },
  };
  let admitted = 0;

  async function admit(): Promise<Insurer> {
    admitted += 1;
    const body = `0${7_000_000 + admitted}`;
    const enterpriseNumber = body + enterpriseCheckDigits(body);
    const name = `Synthetic Insurer ${admitted}`;
    const { insurerId } = await admitWithClient(database, enterpriseNumber, name);
    return { insurerId, enterpriseNumber };
  }

  const receive = (insurer: Insurer, file: string | Buffer, pieceBytes = 16_384): Promise<Reception> =>
    receiveSubmission(intake, { insurers: [insurer], channel: "rest", body: piecesOf(Buffer.from(file), pieceBytes) });

  async function find(insurer: Insurer, submissionId: string): Promise<Submission> {
    const found = await findSubmission(database.asInsurer(insurer.insurerId), submissionId);
    if (!found) throw new Error("there is no such submission");
    return found;
  }

  return {
    url,
    database,
    owner,
    intake,
    logLines,
    admit,
    receive,
    find,
    processAll: () => processAll(intake),
    /** Sends a file and processes whatever waits. */
    async submit(insurer: Insurer, file: string | Buffer): Promise<Submission> {
      const { submissionId } = await receive(insurer, file);
      await processAll(intake);
      return await find(insurer, submissionId);
    },
    results: (insurer: Insurer, submissionId: string): Promise<RecordResult[]> =>
      listRecordResults(database.asInsurer(insurer.insurerId), submissionId, {
        outcomes: RECORD_OUTCOMES,
        afterRecordNumber: 0,
        limit: 100_000,
      }),
    versions: (insurer: Insurer) => listVersions(owner, insurer),
  };
}

async function* piecesOf(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += pieceBytes) yield bytes.subarray(start, start + pieceBytes);
}

/** Runs a worker until nothing is left that it could take up. */
async function processAll(intake: Intake): Promise<void> {
  const worker = startWorker(intake, { concurrency: 1, pollIntervalMs: 10 });
  try {
    await until(async () => (await countWaiting(intake.database)) === 0);
  } finally {
    await worker.stop(10_000);
  }
}

async function countWaiting(database: Database): Promise<number> {
  const [row] = await database.institute<{ count: number }[]>`
    select count(submission_id) as count from submission
    where state in ('received', 'processing') and (retry_at is null or retry_at <= now())`;
  return row!.count;
}

/** Waits for something to become true; a test that waits in vain fails. */
export async function until(holds: () => Promise<boolean> | boolean, timeoutMs = 120_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("what was waited for did not happen");
    await sleep(5);
  }
}

export interface StoredContract {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly startOn: string;
}

export interface StoredVersion extends StoredContract {
  readonly version: number;
  readonly validFrom: string;
  readonly validBefore: string | null;
  readonly supersededAt: Date | null;
  readonly inamiNumber: string;
  readonly contractKind: string;
  readonly ssin: string | null;
  readonly solidarity: boolean;
  readonly language: string | null;
  readonly paymentReference: string | null;
  readonly endOn: string | null;
  readonly endReason: string | null;
  readonly action: string;
  readonly submissionId: string;
  readonly recordNumber: number;
}

/** Every version of an insurer's contracts, in the order in which they were sent; a contract without one is an error. */
async function listVersions(owner: Sql, { insurerId }: Insurer): Promise<StoredVersion[]> {
  const contracts = await owner<StoredContract[]>`
    select contract_id as "contractId", contract_number as "contractNumber", inami_root as "inamiRoot",
      start_on as "startOn"
    from contract where insurer_id = ${insurerId}`;
  const versions = await owner<Omit<StoredVersion, Exclude<keyof StoredContract, "contractId">>[]>`
    select contract_id as "contractId", version, valid_from as "validFrom", valid_before as "validBefore",
      superseded_at as "supersededAt", inami_number as "inamiNumber", contract_kind as "contractKind", ssin, solidarity,
      language, payment_reference as "paymentReference", end_on as "endOn", end_reason as "endReason", action,
      submission_id as "submissionId", record_number as "recordNumber"
    from contract_version where insurer_id = ${insurerId} order by submission_id, record_number, version`;
  const declared = new Map(contracts.map((contract) => [contract.contractId, contract]));
  const versioned = new Set(versions.map((version) => version.contractId));
  if (versioned.size !== declared.size) throw new Error("there is a contract without a version");
  return versions.map((version) => ({ ...declared.get(version.contractId)!, ...version }));
}
