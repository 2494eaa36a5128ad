import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import type { NewAlarm } from "../operations/alarms.ts";
import type { ClientNoticeKind, NoticeDetails } from "./notice.ts";
import { insertNotices } from "./notices.ts";

export interface ExpiryWatch {
  /** Finishes the check at hand, then ends. */
  stop(): Promise<void>;
}

export interface ExpiryWatchOptions {
  /** The institute's role. */
  readonly sql: Sql;
  readonly log: Pick<Logger, "warn">;
  /** Called with the codes `certificateExpires`, `keyExpires` and `signingCertificateExpires`. */
  readonly raise: (alarm: NewAlarm) => Promise<unknown>;
  readonly intervalMs?: number;
}

/** Days before the expiry at which operators and insurers are warned. */
export const WARNING_DAYS = [60, 30, 14, 7, 1] as const;

const DAY_MS = 86_400_000;
const RETRY_MS = 600_000;

/**
 * Warns once a day, beginning now, of certificates and keys of clients that will expire. Any number of processes may
 * watch: each warning is given once.
 */
export function startExpiryWatch(options: ExpiryWatchOptions): ExpiryWatch {
  const { log, intervalMs = DAY_MS } = options;
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      let pauseMs = intervalMs;
      try {
        await warnOfExpiry(options);
      } catch (err) {
        log.warn({ code: "expiryCheckFailed", err }, "what expires soon could not be checked; tried again soon");
        pauseMs = Math.min(RETRY_MS, intervalMs);
      }
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

interface Expiring {
  readonly kind: ClientNoticeKind;
  readonly clientId: string;
  readonly subject: string;
  readonly expiresAt: Date;
}

/**
 * Gives the warnings that are due at `now` and were not given yet; answers how many. What is noticed late, or registered
 * late, gets the warning of the days that are left, not those it missed.
 */
export async function warnOfExpiry(
  { sql, raise }: Pick<ExpiryWatchOptions, "sql" | "raise">,
  now = new Date(),
): Promise<number> {
  let given = 0;
  for (const expiring of await listExpiring(sql, now)) {
    const daysLeft = (expiring.expiresAt.getTime() - now.getTime()) / DAY_MS;
    const daysBefore = WARNING_DAYS.findLast((days) => daysLeft <= days)!;
    const isNew = await runTransaction(sql, (tx) => warn(tx, raise, { ...expiring, daysBefore, warnedAt: now }));
    if (isNew) given += 1;
  }
  return given;
}

async function listExpiring(sql: Sql, now: Date): Promise<Expiring[]> {
  const until = new Date(now.getTime() + WARNING_DAYS[0] * DAY_MS);
  return await sql<Expiring[]>`
    select credential.kind, client_id as "clientId", subject, expires_at as "expiresAt" from (
      select 'certificateExpires' as kind, client_id, encode(thumbprint, 'hex') as subject, not_after as expires_at
      from client_certificate where revoked_at is null
      union all
      select 'signingCertificateExpires', client_id, encode(thumbprint, 'hex'), not_after
      from client_signing_certificate where revoked_at is null
      union all
      select 'keyExpires', client_id, kid, expires_at from client_key where revoked_at is null) credential
    join client using (client_id)
    where client.revoked_at is null and expires_at > ${now} and expires_at <= ${until}
    order by expires_at, client_id, subject`;
}

interface Warning extends Expiring {
  readonly daysBefore: number;
  readonly warnedAt: Date;
}

/** False when the warning was given before. The alarm is raised before the commit: rather twice than never. */
async function warn(tx: TransactionSql, raise: ExpiryWatchOptions["raise"], warning: Warning): Promise<boolean> {
  const { kind, clientId, subject, daysBefore, warnedAt } = warning;
  const { count } = await tx`
    insert into expiry_warning (kind, client_id, subject, days_before, warned_at)
    values (${kind}, ${clientId}, ${subject}, ${daysBefore}, ${warnedAt}) on conflict do nothing`;
  if (count === 0) return false;
  const grants = await tx<{ insurerId: number }[]>`
    select distinct insurer_id as "insurerId" from client_grant
    where client_id = ${clientId} and revoked_at is null and (valid_to is null or valid_to >= (${warnedAt}::timestamptz)::date)`;
  const insurerIds = grants.map(({ insurerId }) => insurerId);
  const details: NoticeDetails = { clientId, subject, expiresAt: warning.expiresAt.toISOString(), daysBefore };
  await insertNotices(tx, insurerIds, { kind, details });
  const [insurerId] = insurerIds.length === 1 ? insurerIds : [];
  await raise({ code: kind, details: { ...details }, ...(insurerId !== undefined && { insurerId }) });
  return true;
}
