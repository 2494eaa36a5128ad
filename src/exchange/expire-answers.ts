import { runTransaction } from "../database/run-transaction.ts";
import { insertNotices } from "../operator/notices.ts";
import type { AccountInsurer, SftpAccount } from "./accounts.ts";
import { listUnfetched, markRemoved } from "./answers.ts";
import type { DropFolders } from "./drop-folders.ts";
import type { Exchange } from "./exchange.ts";

const DAY_MS = 86_400_000;
/** Of the notice before answers are removed. */
const NOTICE_DAYS = 7;
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
  if (!isTime(exchange, `${account.accountName} ${insurerId}`)) return;
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

/** When each account was looked at, by the gateways of this process. */
const lookedAt = new WeakMap<Exchange, Map<string, number>>();

/** Once an hour is enough for what is counted in days. */
function isTime(exchange: Exchange, key: string): boolean {
  const times = lookedAt.get(exchange) ?? new Map<string, number>();
  lookedAt.set(exchange, times);
  if (performance.now() < (times.get(key) ?? Number.NEGATIVE_INFINITY) + INTERVAL_MS) return false;
  times.set(key, performance.now());
  return true;
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
