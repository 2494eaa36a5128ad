import { projectWhatIsDue } from "../advantage/keep-projected.ts";
import { SCOPES } from "../identity/scopes.ts";
import { type RepeatedWork, startRepeating } from "../repeated-work.ts";
import { listSpaceDays } from "../spaces/space-days.ts";
import { type AccountInsurer, listOpenAccounts, type SftpAccount } from "./accounts.ts";
import type { Exchange } from "./exchange.ts";
import { decideStatusFiles } from "./status-files.ts";

const INTERVAL_MS = 5_000;
const RETRY_MS = 60_000;

/** Decides the files of clients' status when a day has begun, and when a snapshot was asked for. Any process may do so. */
export function startKeepingStatusFiles(exchange: Exchange, intervalMs = INTERVAL_MS): RepeatedWork {
  const { log } = exchange.intake;
  return startRepeating({
    ...{ intervalMs, retryMs: RETRY_MS },
    work: (signal) => decideDueStatusFiles(exchange, signal),
    onTrouble: (err) =>
      log.warn({ code: "statusFilesFailed", err }, "files of status could not be made; tried again soon"),
  });
}

/**
 * Decides what is due for every open account whose client may consult the status of clients. What the day itself changes
 * is projected before: all insurers are told on the same day. Answers how many files there are more.
 */
export async function decideDueStatusFiles(exchange: Exchange, signal?: AbortSignal): Promise<number> {
  const { clock, database } = exchange.intake;
  const due = await listDue(exchange);
  if (due.length === 0) return 0;
  await projectWhatIsDue({ institute: database.institute, clock }, signal);
  let decided = 0;
  for (const { account, insurer } of due) {
    if (signal?.aborted) break;
    decided += await decideStatusFiles(exchange, account, insurer);
  }
  return decided;
}

async function listDue({ intake }: Exchange): Promise<{ account: SftpAccount; insurer: AccountInsurer }[]> {
  const { database, clock } = intake;
  const accounts = await listOpenAccounts(intake);
  const pairs = accounts.flatMap((account) =>
    account.insurers.flatMap((insurer) => (insurer.phase === "suspended" ? [] : [{ account, insurer }])),
  );
  if (pairs.length === 0) return [];
  const spaceDays = await listSpaceDays(database.institute);
  const days = pairs.map(({ insurer }) => spaceDays.get(insurer.insurerId) ?? clock.today());
  const rows = await database.institute<{ accountName: string; insurerId: number }[]>`
    select asked.account_name as "accountName", asked.insurer_id as "insurerId"
    from unnest(${pairs.map(({ account }) => account.accountName)}::text[], ${pairs.map(({ account }) => account.clientId)}::text[],
      ${pairs.map(({ insurer }) => insurer.insurerId)}::int[], ${days}::date[]) as asked (account_name, client_id, insurer_id, today)
    join client c using (client_id)
    where ${SCOPES.consultAdvantages} = any(c.scopes) and (
      not exists (select from status_file f where f.insurer_id = asked.insurer_id and f.account_name = asked.account_name
        and f.kind = 'changes' and f.day >= asked.today)
      or exists (select from status_file f where f.insurer_id = asked.insurer_id and f.account_name = asked.account_name
        and f.known_at is null))`;
  const due = new Set(rows.map(({ accountName, insurerId }) => `${accountName} ${insurerId}`));
  return pairs.filter(({ account, insurer }) => due.has(`${account.accountName} ${insurer.insurerId}`));
}
