import type { X509Certificate } from "node:crypto";
import { insertAuditEvent } from "../audit/audit-event.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { LANGUAGES } from "../findings/language.ts";
import { REFERENCE_LENGTH } from "../formats/contract-file/contract-file-vocabulary.ts";
import {
  isVerificationName,
  type NameFault,
  type NameLetter,
  parseInputName,
  splitInputName,
} from "../formats/exchange-file-name.ts";
import { type NotTaken, renderNotTakenXml } from "../formats/report/not-taken.ts";
import { renderReceiptXml, type TestedConnection } from "../formats/report/receipt.ts";
import { receiveSubmission, type StoredTransfer } from "../intake/receive-submission.ts";
import { cancelInTransaction, findByFileName } from "../intake/submission-queries.ts";
import { MAXIMUM_VERIFICATION_BYTES } from "../intake/verify-submission.ts";
import type { AccountInsurer, SftpAccount } from "./accounts.ts";
import { type AnswerSubject, type DueAnswer, insertAnswer, reviveAnswers } from "./answers.ts";
import type { SeenFile } from "./drop.ts";
import { settleDrop } from "./drops.ts";
import type { Exchange } from "./exchange.ts";
import type { Dismissal, Step } from "./plan-round.ts";
import { testConnection } from "./test-connection.ts";

/** What was decided is committed: these answers tell it. */
export interface Outcome {
  readonly insurerId: number;
  readonly answers: readonly DueAnswer[];
}

export type StepOf<Act extends Step["act"]> = Extract<Step, { readonly act: Act }>;

const FAULT_REASONS: Readonly<Record<Exclude<NameFault, "letter">, string>> = {
  parts: "nameParts",
  code: "nameCode",
  enterpriseNumber: "nameEnterpriseNumber",
  date: "nameDate",
  sequence: "nameSequence",
};

/** How the signature of the file is told from none, where the agreement asks for one. */
export interface SignatureCheck {
  /** Content of the FS file; absent: there is none. */
  readonly text?: string;
  readonly certificates: readonly X509Certificate[];
}

/**
 * Takes a file into durable storage by the same way as REST does. Receipt, answer and the word that its files may leave
 * IN are one transaction. Throws `TransferRefused`, and what `body` throws; then nothing is decided.
 */
export async function takeFile(
  exchange: Exchange,
  account: SftpAccount,
  step: StepOf<"take">,
  { body, signature }: { readonly body: AsyncIterable<Buffer>; readonly signature?: SignatureCheck },
): Promise<Outcome> {
  const fileName = step.main.name;
  let outcome: Outcome | undefined;
  await receiveSubmission(exchange.intake, {
    insurers: candidatesFor(account, fileName),
    channel: "sftp",
    body,
    fileName,
    refusals: [...checkName(account, fileName), ...(step.isStarted ? [] : [{ code: "goMissing" } as const])],
    ...(signature && { refuseBytes: (sha256) => checkSignature(signature, sha256) }),
    ...(isVerificationName(fileName) && describeVerification(exchange, account, fileName)),
    async alsoCommit(tx, stored) {
      const { insurer, sha256, submissionId, receipt } = stored;
      const { insurerId } = insurer;
      const isTest = receipt.receipt.state === "tested";
      const tested = isTest
        ? await testConnection(exchange, tx, account, { insurerId, submissionId, fileName, files: step.files })
        : undefined;
      const [answers] = await Promise.all([
        answerTransfer(exchange, account, tx, fileName, stored, tested),
        settleDrop(tx, account.accountName, step.name, { files: step.files, sha256 }),
        recordWrite(tx, account, insurerId, { route: "FI", requestSha256: sha256 }),
      ]);
      outcome = { insurerId, answers };
    },
  });
  return outcome!;
}

/** A verification has no root: its reference is its name, and the rest is what the name says. */
function describeVerification(exchange: Exchange, account: SftpAccount, fileName: string) {
  const [{ enterpriseNumber: sender } = { enterpriseNumber: "" }] = candidatesFor(account, fileName);
  const reference = fileName.slice(0, REFERENCE_LENGTH);
  const environment = letterOf(exchange, fileName);
  const header = { sender, reference, environment, kind: "inamiVerification" as const };
  return { header, maximumBytes: MAXIMUM_VERIFICATION_BYTES };
}

/** What an account changes is on the audit trail with it, as over REST; the status is that of a file taken there. */
async function recordWrite(
  tx: TransactionSql,
  { clientId }: SftpAccount,
  insurerId: number,
  what: { readonly route: "FI" | "TD"; readonly requestSha256?: Buffer },
): Promise<void> {
  await insertAuditEvent(tx, { ...what, kind: "write", insurerId, clientId, method: "SFTP", status: 202 });
}

/** The insurer that the name says, if the account may act for it; else all, those that are not suspended first. */
function candidatesFor({ insurers }: SftpAccount, fileName: string): readonly AccountInsurer[] {
  const number = enterpriseNumberOf(fileName);
  const named = insurers.filter(({ enterpriseNumber }) => enterpriseNumber === number);
  if (named.length > 0) return named;
  return insurers.toSorted((one, other) => Number(one.phase === "suspended") - Number(other.phase === "suspended"));
}

function enterpriseNumberOf(fileName: string): string | undefined {
  const split = splitInputName(fileName);
  if (!split) return undefined;
  const parsed = parseInputName(split.rest);
  return parsed.fault === undefined ? parsed.name.enterpriseNumber : parsed.enterpriseNumber;
}

function checkName({ insurers }: SftpAccount, fileName: string): Finding[] {
  const parsed = parseInputName(splitInputName(fileName)?.rest ?? "");
  const value = fileName.slice(0, 100);
  if (parsed.fault === "letter")
    return [{ code: "environmentLetterInvalid", field: "fileName", value: value.slice(value.lastIndexOf(".") + 1) }];
  if (parsed.fault !== undefined) {
    return [{ code: "fileNameInvalid", field: "fileName", value, details: { reason: FAULT_REASONS[parsed.fault] } }];
  }
  const { enterpriseNumber } = parsed.name;
  const findings: Finding[] = [];
  if (!insurers.some((insurer) => insurer.enterpriseNumber === enterpriseNumber)) {
    findings.push({ code: "senderMismatch", field: "fileName", value: enterpriseNumber });
  }
  return findings;
}

async function checkSignature({ text, certificates }: SignatureCheck, sha256: Buffer): Promise<Finding[]> {
  if (text === undefined) return [{ code: "signatureMissing" }];
  const { verifyDetachedSignature } = await import("../formats/detached-signature.ts");
  const reason = verifyDetachedSignature(text, sha256, certificates, new Date());
  return reason === undefined ? [] : [{ code: "signatureInvalid", details: { reason } }];
}

async function answerTransfer(
  exchange: Exchange,
  { accountName }: SftpAccount,
  tx: TransactionSql,
  answeredName: string,
  { insurer, submissionId, receipt, repeated }: StoredTransfer<AccountInsurer>,
  tested?: TestedConnection,
): Promise<readonly DueAnswer[]> {
  const { insurerId } = insurer;
  if (repeated) {
    const again = await reviveAnswers(tx, { insurerId, submissionId, to: { accountName, answeredName } });
    if (again.length > 0) return again;
  }
  const { state } = receipt.receipt;
  // The receipt tells the name of the first file; this answer says which one it answers.
  const xml = renderReceiptXml({ ...receipt.receipt, fileName: answeredName }, LANGUAGES, receipt.jws, tested);
  const subject = { ...(await addressOf(exchange, accountName, insurer, answeredName)), answeredName, submissionId };
  const reportDue = state === "received" || state === "held";
  return [await insertReceipt(tx, { ...subject, code: "ACRF", reportDue }, xml)];
}

async function addressOf(exchange: Exchange, accountName: string, insurer: AccountInsurer, answeredName: string) {
  const { insurerId, enterpriseNumber } = insurer;
  return {
    insurerId,
    enterpriseNumber,
    accountName,
    day: await exchange.intake.clock.todayOf(insurerId),
    letter: letterOf(exchange, answeredName),
  };
}

/** The letter of the file, or the one that stands for this environment. */
export function letterOf({ intake }: Exchange, answeredName: string): NameLetter {
  const parsed = parseInputName(splitInputName(answeredName)?.rest ?? "");
  return parsed.fault === undefined ? parsed.name.letter : intake.environmentName === "production" ? "R" : "S";
}

async function insertReceipt(tx: TransactionSql, subject: AnswerSubject, xml: string): Promise<DueAnswer> {
  const content = Buffer.from(xml);
  return { ...(await insertAnswer(tx, subject, content)), content };
}

/** Refuses what need not be read, or takes back what was not taken yet. */
export async function dismiss(
  exchange: Exchange,
  account: SftpAccount,
  step: StepOf<"dismiss" | "cancel">,
): Promise<Outcome> {
  const answeredName = step.files.at(-1)!.name;
  const findings = step.act === "dismiss" ? [findingOf(exchange, step.files.at(-1)!, step.reason)] : [];
  const state = step.act === "dismiss" ? "refused" : "cancelled";
  const [insurer] = candidatesFor(account, answeredName);
  return await decideNotTaken(exchange, account, insurer!, step, { fileName: answeredName, state, findings });
}

function findingOf({ intake }: Exchange, { name, size }: SeenFile, reason: Dismissal): Finding {
  const value = name.slice(0, 100);
  switch (reason) {
    case "tooLarge":
      return { code: "fileTooLarge", details: { byteLength: size, maximum: maximumOf(intake.maximumBytes, name) } };
    case "fileMissing":
      return { code: "goWithoutFile", field: "fileName", value };
    case "nothingToCancel":
      return { code: "nothingToCancel", field: "fileName", value };
    case "nameUnknown":
      return { code: "fileNameInvalid", field: "fileName", value, details: { reason: "nameNotKnown" } };
  }
}

function maximumOf(maximumBytes: number, fileName: string): number {
  return isVerificationName(fileName) ? Math.min(maximumBytes, MAXIMUM_VERIFICATION_BYTES) : maximumBytes;
}

/**
 * TD of a file that has left IN: takes its submission back if no worker has it yet; its report tells. Undefined where
 * there is none of that name: its file may come yet.
 */
export async function cancelTaken(
  exchange: Exchange,
  account: SftpAccount,
  step: StepOf<"cancelTaken">,
): Promise<Outcome | undefined> {
  const [insurer] = candidatesFor(account, step.name);
  const { insurerId } = insurer!;
  return await exchange.intake.database.asInsurer(insurerId).run(async (tx) => {
    const submissionId = await findByFileName(tx, insurerId, step.name);
    if (submissionId === undefined) return undefined;
    const fileName = step.files.at(-1)!.name;
    if ((await cancelInTransaction(tx, insurerId, submissionId)) === "cancelled") {
      await settleDrop(tx, account.accountName, step.name, step);
      await recordWrite(tx, account, insurerId, { route: "TD" });
      return { insurerId, answers: [] };
    }
    const findings: Finding[] = [
      { code: "cancelTooLate", field: "fileName", value: fileName, details: { submissionId } },
    ];
    return await writeNotTaken(exchange, account, insurer!, tx, step, { fileName, state: "refused", findings });
  });
}

type Decision = Omit<NotTaken, "decidedAt">;

async function decideNotTaken(
  exchange: Exchange,
  account: SftpAccount,
  insurer: AccountInsurer,
  step: Pick<StepOf<"dismiss">, "name" | "files">,
  decision: Decision,
): Promise<Outcome> {
  const tenant = exchange.intake.database.asInsurer(insurer.insurerId);
  return await tenant.run((tx) => writeNotTaken(exchange, account, insurer, tx, step, decision));
}

async function writeNotTaken(
  exchange: Exchange,
  { accountName }: SftpAccount,
  insurer: AccountInsurer,
  tx: TransactionSql,
  step: Pick<StepOf<"dismiss">, "name" | "files">,
  decision: Decision,
): Promise<Outcome> {
  const xml = renderNotTakenXml({ ...decision, decidedAt: new Date().toISOString() });
  const answeredName = decision.fileName;
  const subject = { ...(await addressOf(exchange, accountName, insurer, answeredName)), answeredName };
  const answer = await insertReceipt(tx, { ...subject, code: "ACRF", reportDue: false }, xml);
  await settleDrop(tx, accountName, step.name, step);
  return { insurerId: insurer.insurerId, answers: [answer] };
}
