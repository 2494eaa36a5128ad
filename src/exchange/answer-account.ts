import type { SftpAccount } from "./accounts.ts";
import { type DueAnswer, listDueAnswers, markFetched, markPublished, readAnswer } from "./answers.ts";
import { type DropFolders, SftpFault } from "./drop-folders.ts";
import type { Exchange } from "./exchange.ts";
import { expireAnswers } from "./expire-answers.ts";
import { isTime, putOffFirst } from "./now-and-then.ts";
import type { PendingWork } from "./pending-work.ts";
import { decideReports } from "./reports.ts";

/** Nobody waits for what is noted here: that answers were fetched. */
const OUT_LOOK_MS = 5_000;

/** Now and then marks what was fetched; decides the reports that are due, writes what is not in OUT yet; answers how many. */
export async function answerAccount(
  exchange: Exchange,
  account: SftpAccount,
  folders: DropFolders,
  { due, standing }: PendingWork,
  signal: AbortSignal,
): Promise<number> {
  const { database } = exchange.intake;
  const { accountName } = account;
  const looks = standing.size > 0 && isTime(exchange, outLook(accountName), OUT_LOOK_MS);
  const names = looks ? (await folders.list("OUT")).map(({ name }) => name) : [];
  let published = 0;
  for (const insurer of account.insurers) {
    const { insurerId } = insurer;
    const tenant = database.asInsurer(insurerId);
    if (looks && standing.has(insurerId)) {
      await markFetched(tenant, accountName, names);
      await expireAnswers(exchange, account, insurer, folders);
    }
    if (signal.aborted) break;
    if (!due.has(insurerId)) continue;
    await decideReports(exchange, account, insurer);
    published += await publishAll(exchange, account, folders, insurerId, await listDueAnswers(tenant, accountName));
  }
  return published;
}

/** Each answer, then its GO. Where one cannot be written the others wait too: most likely OUT is full. */
export async function publishAll(
  exchange: Exchange,
  { accountName }: Pick<SftpAccount, "accountName">,
  folders: DropFolders,
  insurerId: number,
  answers: readonly DueAnswer[],
): Promise<number> {
  const tenant = exchange.intake.database.asInsurer(insurerId);
  let published = 0;
  for (const { answerId, fileName, content, isHeldBack } of answers) {
    if (isHeldBack) continue;
    try {
      await folders.publish(fileName, content ? [content] : readAnswer(tenant, answerId));
      await folders.publish(`GO${fileName.slice(2)}`, []);
    } catch (error) {
      if (!(error instanceof SftpFault) || error.breaksSession) throw error;
      exchange.intake.log.warn(
        { code: "answerNotWritten", reason: error.code, insurerId, answerId },
        "an answer waits",
      );
      return published;
    }
    await markPublished(tenant, answerId);
    putOffFirst(exchange, outLook(accountName));
    published += 1;
  }
  return published;
}

const outLook = (accountName: string) => `look into OUT of ${accountName}`;
