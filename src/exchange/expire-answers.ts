import { runTransaction } from "../database/run-transaction.ts";
import { insertNotices } from "../operator/notices.ts";
import type { AccountInsurer, SftpAccount } from "./accounts.ts";
import { listUnfetched, markRemoved } from "./answers.ts";
import type { DropFolders } from "./drop-folders.ts";
import type { Exchange } from "./exchange.ts";
import { isTime } from "./now-and-then.ts";

const DAY_MS = 86_400_000;
/** Of the notice before answers are removed. */
const NOTICE_DAYS = 7;
/** Often enough for what is counted in days. */
const INTERVAL_MS = 3_600_000;

/**
 * Removes from OUT what nobody fetched in the time agreed, and gives the insurer a notice a week before: one for all
 * that wait then. What is removed is kept and can be published again.
 */
export async function expireAnswers(
  exchange: Exchange,
  account: SftpAccount,
  { insurerId }: AccountInsurer,
  folders: DropFolders,
): Promise<void> {
  if (!isTime(exchange, `expire ${account.accountName} ${insurerId}`, INTERVAL_MS)) return;
  const { answerRetentionMs, intake } = exchange;
  const tenant = intake.database.asInsurer(insurerId);
  const now = Date.now();
  await giveNotice(exchange, account, insurerId, new Date(now - answerRetentionMs + NOTICE_DAYS * DAY_MS));
  for (const { answerId, fileName } of await listUnfetched(
    tenant,
    account.accountName,
    new Date(now - answerRetentionMs),
  )) {
    await folders.remove("OUT", `GO${fileName.slice(2)}`);
    await folders.remove("OUT", fileName);
    await markRemoved(tenant, answerId);
    intake.log.info({ code: "answerRemoved", insurerId, answerId }, "an answer was not fetched in time");
  }
}

/** Once for each answer: those that get it together share it. */
async function giveNotice(
  { intake, answerRetentionMs }: Exchange,
  { accountName, clientId }: SftpAccount,
  insurerId: number,
  before: Date,
): Promise<void> {
  await runTransaction(intake.database.institute, async (tx) => {
    const noticed = await tx<{ publishedAt: Date }[]>`
      update exchange_answer set noticed_at = now()
      where insurer_id = ${insurerId} and account_name = ${accountName} and published_at < ${before}
        and noticed_at is null and fetched_at is null and removed_at is null
      returning published_at as "publishedAt"`;
    if (noticed.length === 0) return;
    const oldest = Math.min(...noticed.map(({ publishedAt }) => publishedAt.getTime()));
    const expiresAt = new Date(oldest + answerRetentionMs).toISOString();
    const details = { clientId, subject: accountName, expiresAt, daysBefore: NOTICE_DAYS };
    await insertNotices(tx, [insurerId], { kind: "answersExpire", details });
  });
}
