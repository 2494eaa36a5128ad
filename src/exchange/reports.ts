import { Readable } from "node:stream";
import { insertAuditEvent } from "../audit/audit-event.ts";
import type { TransactionSql } from "../database/sql.ts";
import { createTenantWithin, type Tenant } from "../database/tenant-scope.ts";
import { renderReportXml } from "../formats/report/render-report-xml.ts";
import { listNamedInResults } from "../intake/named-persons.ts";
import { iterateReportRecords } from "../intake/record-results.ts";
import type { RecordResult } from "../intake/submission.ts";
import { getSubmission } from "../intake/submission-queries.ts";
import type { AccountInsurer, SftpAccount } from "./accounts.ts";
import { insertAnswer } from "./answers.ts";
import { letterOf } from "./decide-outcome.ts";
import type { Exchange } from "./exchange.ts";
import { renderVerificationResult } from "./verification-results.ts";

interface EndedFile {
  readonly answerId: string;
  readonly answeredName: string;
  readonly submissionId: string;
}

const REPORTS_AT_ONCE = 20;

/** Decides the reports (FO.NOTI) and results of verification (FO.INVR) of submissions that have ended since, each in a transaction of its own. */
export async function decideReports(
  exchange: Exchange,
  account: SftpAccount,
  insurer: AccountInsurer,
): Promise<number> {
  const tenant = exchange.intake.database.asInsurer(insurer.insurerId);
  const ended = await listEnded(tenant, account.accountName);
  for (const file of ended) await tenant.run((tx) => decideReport(exchange, account, insurer, tx, file));
  return ended.length;
}

async function listEnded({ insurerId, run }: Tenant, accountName: string): Promise<EndedFile[]> {
  return await run(
    (tx) => tx<EndedFile[]>`
      select a.answer_id as "answerId", answered_name as "answeredName", a.submission_id as "submissionId"
      from exchange_answer a join submission s using (insurer_id, submission_id)
      where insurer_id = ${insurerId} and account_name = ${accountName} and report_due and s.ended_at is not null
      order by a.answer_id limit ${REPORTS_AT_ONCE}`,
  );
}

async function decideReport(
  exchange: Exchange,
  account: SftpAccount,
  { insurerId, enterpriseNumber }: AccountInsurer,
  tx: TransactionSql,
  { answerId, answeredName, submissionId }: EndedFile,
): Promise<void> {
  const { accountName, language } = account;
  const { count } = await tx`
    update exchange_answer set report_due = false
    where insurer_id = ${insurerId} and answer_id = ${answerId} and report_due`;
  if (count === 0) return;
  const submission = await getSubmission(tx, insurerId, submissionId);
  const isVerification = submission.kind === "inamiVerification";
  // On the same connection: a report that waited for a second one could wait for ever.
  const input = { submission: { ...submission, fileName: answeredName }, sender: enterpriseNumber, language };
  const parts = isVerification
    ? renderVerificationResult(exchange, account, tx, insurerId, input)
    : renderReportXml(input, iterateAudited(exchange, account, tx, insurerId, submissionId));
  const content = Readable.from(toBytes(parts), { objectMode: false });
  const day = await exchange.intake.clock.todayOf(insurerId);
  const subject = {
    insurerId,
    enterpriseNumber,
    accountName,
    day,
    letter: letterOf(exchange, answeredName),
    answeredName,
    submissionId,
  };
  await insertAnswer(tx, { ...subject, code: isVerification ? "INVR" : "NOTI", reportDue: false }, content);
}

/** Records of a report page by page; whom a page names is on record with it. */
async function* iterateAudited(
  { persons }: Exchange,
  { clientId }: SftpAccount,
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
): AsyncGenerator<RecordResult[]> {
  for await (const page of iterateReportRecords(createTenantWithin(tx, insurerId), submissionId)) {
    const named = listNamedInResults(persons, page);
    const event = { kind: "read" as const, insurerId, clientId, method: "SFTP", route: "NOTI", status: 200 };
    if (named.length > 0) await insertAuditEvent(tx, { ...event, persons: named });
    yield page;
  }
}

async function* toBytes(parts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield Buffer.from(part);
}
