import { createHash } from "node:crypto";
import { isDatabaseTrouble } from "../database/database-trouble.ts";
import { listSigningCertificates } from "../identity/credentials-in-use.ts";
import { TransferRefused } from "../intake/receive-submission.ts";
import { MAXIMUM_VERIFICATION_BYTES } from "../intake/verify-submission.ts";
import type { SftpAccount } from "./accounts.ts";
import { answerAccount, publishAll } from "./answer-account.ts";
import { cancelTaken, dismiss, type Outcome, type SignatureCheck, takeFile } from "./decide-outcome.ts";
import type { KnownDrop, SeenFile } from "./drop.ts";
import { type DropFolders, type RemoteFile, SftpFault } from "./drop-folders.ts";
import {
  beginAttempt,
  deleteDrops,
  listDrops,
  PROCESS_ENDED,
  recordTrouble,
  takeAttemptBack,
  upsertDrops,
} from "./drops.ts";
import type { Exchange } from "./exchange.ts";
import { findPendingWork } from "./pending-work.ts";
import { isSame, planRound, type Step } from "./plan-round.ts";

/** What a round over an account did and left. */
export interface RoundResult {
  /** Files whose outcome was decided. */
  readonly decided: number;
  readonly published: number;
  /** Files that could not be handled this time. */
  readonly failed: number;
  /** There is more to do at once. */
  readonly more: boolean;
  /** Names in IN that have no outcome yet, and when the oldest of them was first seen. */
  readonly waiting: number;
  readonly oldestSeenAt?: Date;
}

/** Files that one round decides about at most, so that answers of the others do not wait for it. */
const FILES_PER_ROUND = 50;
const RETRY_BASE_MS = 2_000;
const RETRY_MAXIMUM_MS = 3_600_000;
/** A detached signature has a few kilobytes with its certificates. */
const MAXIMUM_SIGNATURE_BYTES = 256 * 1024;

/**
 * One round over an account: answers that are due go to OUT, then everything that the listing of IN asks for is decided,
 * one file after the other. One process at a time for an account. Throws `SftpFault` when the session is broken, and
 * what the database throws; the trouble of one file is kept with it, and the next one goes on.
 */
export async function serveAccount(
  exchange: Exchange,
  account: SftpAccount,
  folders: DropFolders,
  signal: AbortSignal,
): Promise<RoundResult> {
  const { accountName } = account;
  const sql = exchange.intake.database.plain;
  const pending = await findPendingWork(exchange, account);
  const published = await answerAccount(exchange, account, folders, pending, signal);

  const listed = await listIn(folders);
  if (listed.length === 0 && !pending.hasDrops) return { decided: 0, published, failed: 0, more: false, waiting: 0 };
  const known = await listDrops(sql, accountName);
  const { goTimeoutMs, settleMs, sameSecondMs, intake } = exchange;
  const steps = planRound(listed, known, Date.now(), {
    goTimeoutMs,
    settleMs,
    sameSecondMs,
    maximumBytes: intake.maximumBytes,
    maximumVerificationBytes: Math.min(intake.maximumBytes, MAXIMUM_VERIFICATION_BYTES),
  });
  const forgotten = steps.flatMap((step) => (step.act === "forget" ? [step.name] : []));
  const seen = steps.flatMap((step) => (step.act === "watch" ? [step.drop] : []));
  const due = steps.filter((step) => step.act !== "forget" && step.act !== "watch");
  const begun = seen.length === 1 && due.length === 1 && seen[0]!.name === due[0]!.name ? due[0]!.name : undefined;
  await deleteDrops(sql, accountName, forgotten);
  await upsertDrops(sql, accountName, seen, begun);

  const suspects = new Set(known.flatMap(({ name, attempts }) => (attempts > 0 ? [name] : [])));
  const round = { decided: 0, published, failed: 0 };
  const settled: DueStep[] = [];
  // Until its receipt stands in OUT, not only until it is taken.
  const isServed = due.some(({ act }) => act === "take") ? intake.transferSlots.announce() : () => {};
  try {
    for (const step of due.slice(0, FILES_PER_ROUND)) {
      if (signal.aborted) break;
      const work = () => attempt(exchange, account, folders, step, step.name === begun);
      const handling = suspects.has(step.name) ? await runAlone(exchange, work) : await work();
      if (handling === "busy") break;
      if (handling === "settled") settled.push(step);
      if (handling === "settled" && step.act !== "clear") round.decided += 1;
      if (handling === "failed") round.failed += 1;
    }
  } finally {
    isServed();
  }
  await leave(exchange, account, folders, settled);
  const more = due.length > FILES_PER_ROUND || (forgotten.length > 0 && listed.length > 0);
  return { ...round, more, ...describeWaiting(known, forgotten, seen, settled) };
}

/** The names that have no outcome yet. */
function describeWaiting(
  known: readonly KnownDrop[],
  forgotten: readonly string[],
  seen: readonly KnownDrop[],
  settled: readonly DueStep[],
): Pick<RoundResult, "waiting" | "oldestSeenAt"> {
  const open = [...known.filter(({ state }) => state !== "settled"), ...seen];
  const firstSeenAt = new Map(open.map((drop) => [drop.name, drop.firstSeenAt]));
  for (const name of [...forgotten, ...settled.map((step) => step.name)]) firstSeenAt.delete(name);
  const oldest = firstSeenAt.values().reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  return { waiting: firstSeenAt.size, ...(firstSeenAt.size > 0 && { oldestSeenAt: new Date(oldest) }) };
}

type DueStep = Exclude<Step, { act: "forget" | "watch" }>;

/** `settled`: the outcome is committed, the files may leave. `busy`: no room for transfers at this moment. */
type Handling = "settled" | "waits" | "failed" | "busy";

/** Exchanges in which a file is taken up that was tried before. */
const trying = new WeakSet<Exchange>();

/**
 * What was tried before may have ended the process, or have been there when another did: one such file at a time, so
 * that of two the one that ends the process again is found out.
 */
async function runAlone(exchange: Exchange, work: () => Promise<Handling>): Promise<Handling> {
  if (trying.has(exchange)) return "waits";
  trying.add(exchange);
  try {
    return await work();
  } finally {
    trying.delete(exchange);
  }
}

async function attempt(
  exchange: Exchange,
  account: SftpAccount,
  folders: DropFolders,
  step: DueStep,
  isBegun: boolean,
): Promise<Handling> {
  const { plain } = exchange.intake.database;
  const { accountName } = account;
  if (!isBegun && !(await beginAttempt(plain, accountName, step.name, exchange.attempts))) {
    await alarmSetAside(exchange, accountName, step.name, PROCESS_ENDED);
    return "failed";
  }
  let handling: Handling;
  try {
    handling = await handle(exchange, account, folders, step);
  } catch (error) {
    if (error instanceof SftpFault) await takeAttemptBack(plain, accountName, step.name);
    // Where even that cannot be written the attempt stays counted.
    if (isDatabaseTrouble(error)) await takeAttemptBack(plain, accountName, step.name).catch(() => {});
    throw error;
  }
  if (handling === "waits" || handling === "busy") await takeAttemptBack(plain, accountName, step.name);
  return handling;
}

async function handle(
  exchange: Exchange,
  account: SftpAccount,
  folders: DropFolders,
  step: DueStep,
): Promise<Handling> {
  try {
    const outcome = await decide(exchange, account, folders, step);
    if (!outcome) return "waits";
    await publishAll(exchange, account, folders, outcome.insurerId, outcome.answers);
    return "settled";
  } catch (error) {
    if (error instanceof TransferRefused && error.code === "tooManyTransfers") return "busy";
    if (error instanceof SftpFault) {
      if (error.breaksSession) throw error;
      // Written to or taken away while it was read: the next listing tells.
      if (error.code === "sizeChanged" || error.code === "fileMissing") return "waits";
    }
    // The round has failed, not the file: it is not set aside for a disk that was full.
    if (isDatabaseTrouble(error)) throw error;
    await keepTrouble(exchange, account, step, error);
    return "failed";
  }
}

/** Undefined: it is not to be decided now. */
async function decide(
  exchange: Exchange,
  account: SftpAccount,
  folders: DropFolders,
  step: DueStep,
): Promise<Outcome | undefined> {
  switch (step.act) {
    case "take": {
      const signature = account.signatureRequired && (await readSignature(exchange, account, folders, step.signature));
      const body = folders.read(step.main.name);
      return await takeFile(exchange, account, step, { body, ...(signature && { signature }) });
    }
    case "dismiss":
    case "cancel":
      return await dismiss(exchange, account, step);
    case "cancelTaken":
      return await cancelTaken(exchange, account, step);
    case "clear": {
      if (await hasBytes(folders, step.files.at(-1)!.name, step.sha256)) return { insurerId: 0, answers: [] };
      // Another file with the same size in the same second: it is looked at anew.
      await deleteDrops(exchange.intake.database.plain, account.accountName, [step.name]);
      return undefined;
    }
  }
}

async function hasBytes(folders: DropFolders, name: string, sha256: Buffer | undefined): Promise<boolean> {
  if (!sha256) return true;
  const hash = createHash("sha256");
  for await (const bytes of folders.read(name)) hash.update(bytes);
  return hash.digest().equals(sha256);
}

async function readSignature(
  { intake }: Exchange,
  { clientId }: SftpAccount,
  folders: DropFolders,
  file: SeenFile | undefined,
): Promise<SignatureCheck> {
  const certificates = await listSigningCertificates(intake.database.plain, clientId);
  if (!file) return { certificates };
  // What is too large to be one is none.
  const pieces: Buffer[] = [];
  if (file.size <= MAXIMUM_SIGNATURE_BYTES) for await (const bytes of folders.read(file.name)) pieces.push(bytes);
  return { certificates, text: Buffer.concat(pieces).toString("latin1") };
}

/**
 * Takes away the files whose outcome is committed, each only as it was then, by a look right before: what was written over
 * it meanwhile stays for the next round. The main file goes last (see planRound).
 */
async function leave(
  exchange: Exchange,
  { accountName }: SftpAccount,
  folders: DropFolders,
  settled: readonly DueStep[],
): Promise<void> {
  for (const { files } of settled) {
    const found = await folders.find(files.map(({ name }) => name));
    const isAsDecided = files.map((file, index) => {
      const now = found[index];
      return now !== undefined && isSame(seeFile(now), file);
    });
    // The others are those of whatever the main file is now.
    if (!isAsDecided.at(-1)) continue;
    for (const [index, { name }] of files.entries()) if (isAsDecided[index]) await folders.remove("IN", name);
  }
  const names = settled.map(({ name }) => name);
  await deleteDrops(exchange.intake.database.plain, accountName, names);
}

async function listIn(folders: DropFolders): Promise<SeenFile[]> {
  const listed = await folders.list("IN");
  return listed.map(seeFile);
}

function seeFile({ name, size, modifiedAt }: RemoteFile): SeenFile {
  return { name, size, modifiedAt: modifiedAt.getTime() };
}

/** What goes wrong with one file is tried again, ever later, and in the end set aside for an operator. */
async function keepTrouble(exchange: Exchange, account: SftpAccount, step: DueStep, error: unknown): Promise<void> {
  const { intake, attempts: maximumAttempts } = exchange;
  const { accountName } = account;
  const trouble = error instanceof SftpFault ? error.code : "processingFailed";
  intake.log.error(
    { code: "dropFailed", accountName, reason: trouble, err: error },
    "a file could not be taken; tried again",
  );
  const isQuarantined = await recordTrouble(intake.database.plain, accountName, step.name, {
    trouble,
    maximumAttempts,
    retryBaseMs: RETRY_BASE_MS,
    retryMaximumMs: RETRY_MAXIMUM_MS,
  });
  if (isQuarantined) await alarmSetAside(exchange, accountName, step.name, trouble);
}

async function alarmSetAside({ intake }: Exchange, accountName: string, fileName: string, reason: string) {
  await intake.raiseAlarm({ code: "dropQuarantined", details: { accountName, fileName, reason } });
}
