import type { Database } from "../database/connection.ts";
import type { SftpAccount } from "./accounts.ts";
import type { Exchange } from "./exchange.ts";

/** What the database knows that a round over an account has to do. */
export interface PendingWork {
  /** Insurers of which answers are to be written, or reports to be decided. */
  readonly due: ReadonlySet<number>;
  /** Insurers of which answers stand in OUT, as far as we know. */
  readonly standing: ReadonlySet<number>;
  /** Names in IN are known of earlier rounds. */
  readonly hasDrops: boolean;
}

interface Question {
  readonly account: SftpAccount;
  readonly answer: PromiseWithResolvers<PendingWork>;
}

interface PendingRow {
  readonly accountName: string;
  readonly insurerId: number;
  readonly isDue: boolean;
  readonly isStanding: boolean;
  readonly hasDrops: boolean;
}

interface Line {
  readonly questions: Question[];
  isAsking: boolean;
}

/** Questions of the rounds of this process that wait for the one that is under way. */
const lines = new WeakMap<Database, Line>();

/**
 * Finds what there is to do for an account. Most rounds find nothing, and there are many at once: all that ask while a
 * query is under way share the next one, which begins after they asked.
 */
export async function findPendingWork({ intake }: Exchange, account: SftpAccount): Promise<PendingWork> {
  const { database } = intake;
  const line = lines.get(database) ?? { questions: [], isAsking: false };
  lines.set(database, line);
  const answer = Promise.withResolvers<PendingWork>();
  line.questions.push({ account, answer });
  if (!line.isAsking) void askAll(database, line);
  return await answer.promise;
}

async function askAll(database: Database, line: Line): Promise<void> {
  line.isAsking = true;
  while (line.questions.length > 0) {
    const asked = line.questions.splice(0);
    try {
      const rows = Map.groupBy(await ask(database, asked), ({ accountName }) => accountName);
      for (const { account, answer } of asked) answer.resolve(toWork(rows.get(account.accountName) ?? []));
    } catch (error) {
      for (const { answer } of asked) answer.reject(error);
    }
  }
  line.isAsking = false;
}

/** As the institute, who sees all insurers' rows: each account is asked about for the insurers that it acts for alone. */
async function ask({ institute }: Database, asked: readonly Question[]): Promise<readonly PendingRow[]> {
  const pairs = asked.flatMap(({ account: { accountName, insurers } }) =>
    insurers.map(({ insurerId }) => ({ accountName, insurerId })),
  );
  return await institute<PendingRow[]>`
    select account_name as "accountName", insurer_id as "insurerId",
      exists (select from exchange_answer a where a.insurer_id = asked.insurer_id and a.account_name = asked.account_name
        and fetched_at is null and removed_at is null and published_at is null and coalesce(not_before <= now(), true))
      or exists (select from exchange_answer a join submission s using (insurer_id, submission_id)
        where a.insurer_id = asked.insurer_id and a.account_name = asked.account_name and report_due
          and s.state not in ('received', 'processing', 'held', 'quarantined')) as "isDue",
      exists (select from exchange_answer a where a.insurer_id = asked.insurer_id and a.account_name = asked.account_name
        and fetched_at is null and removed_at is null and published_at is not null) as "isStanding",
      exists (select from exchange_drop d where d.account_name = asked.account_name) as "hasDrops"
    from unnest(${pairs.map(({ accountName }) => accountName)}::text[], ${pairs.map(({ insurerId }) => insurerId)}::int[])
      as asked (account_name, insurer_id)`;
}

function toWork(rows: readonly PendingRow[]): PendingWork {
  const insurersWhere = (isWanted: (row: PendingRow) => boolean) =>
    new Set(rows.filter(isWanted).map(({ insurerId }) => insurerId));
  return {
    due: insurersWhere(({ isDue }) => isDue),
    standing: insurersWhere(({ isStanding }) => isStanding),
    hasDrops: rows.some(({ hasDrops }) => hasDrops),
  };
}
