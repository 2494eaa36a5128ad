import { randomUUID } from "node:crypto";
import type { Database } from "../database/connection.ts";

/** The right to serve an account, until it runs out or is given back. Times are the database's. */
export interface AccountLease {
  readonly accountName: string;
  readonly claim: string;
  /** Rounds in a row that failed before this one. */
  readonly failures: number;
  readonly failingSince?: Date;
}

/** How a round ended. */
export interface LeaseResult {
  /** Until the next round. */
  readonly dueInMs: number;
  /** Code of what went wrong; absent: nothing did. */
  readonly fault?: string;
  readonly isSlow: boolean;
  /** What the listing of IN showed; absent: there was none. */
  readonly listing?: { readonly oldestFileAt?: Date };
}

export interface AccountHealth {
  readonly accountName: string;
  readonly failures: number;
  readonly lastFault?: string;
  readonly lastContactAt?: Date;
  readonly oldestFileAt?: Date;
}

type Plain = Pick<Database, "plain">;

/** Makes accounts known that are not yet; they are due at once. */
export async function admitAccounts({ plain }: Plain, accountNames: readonly string[]): Promise<void> {
  await plain`
    insert into sftp_account_lease (account_name, due_at)
    select unnest(${[...accountNames]}::text[]), statement_timestamp() on conflict do nothing`;
}

export interface ClaimOptions {
  readonly accountNames: readonly string[];
  /** Those that failed or took long the last time, or all others. */
  readonly burdensome: boolean;
  readonly limit: number;
  readonly leaseMs: number;
  /** Of these whether or not they are due. */
  readonly atOnce: readonly string[];
}

/** Takes accounts that are due, or wanted at once, and that no process serves, longest due first. */
export async function claimAccounts({ plain }: Plain, options: ClaimOptions): Promise<AccountLease[]> {
  const { accountNames, burdensome, limit, leaseMs, atOnce } = options;
  const rows = await plain<(Omit<AccountLease, "failingSince"> & { failingSince: Date | null })[]>`
    update sftp_account_lease lease
    set claim = ${randomUUID()}, claimed_until = statement_timestamp() + ${leaseMs} * interval '1 ms'
    where account_name in (
      select account_name from sftp_account_lease
      where account_name = any(${[...accountNames]})
        and (due_at <= statement_timestamp() or account_name = any(${[...atOnce]}))
        and (claimed_until is null or claimed_until <= statement_timestamp())
        and (failures > 0 or is_slow) = ${burdensome}
      order by due_at limit ${limit} for update skip locked)
    returning account_name as "accountName", claim, failures, failing_since as "failingSince"`;
  return rows.map(({ failingSince, ...lease }) => ({ ...lease, ...(failingSince && { failingSince }) }));
}

/** Prolongs leases that still hold; answers the names of those. */
export async function renewLeases(
  { plain }: Plain,
  leases: readonly AccountLease[],
  leaseMs: number,
): Promise<readonly string[]> {
  const rows = await plain<{ accountName: string }[]>`
    update sftp_account_lease lease set claimed_until = statement_timestamp() + ${leaseMs} * interval '1 ms'
    from unnest(${leases.map(({ accountName }) => accountName)}::text[], ${leases.map(({ claim }) => claim)}::uuid[])
      as held (account_name, claim)
    where lease.account_name = held.account_name and lease.claim = held.claim
    returning lease.account_name as "accountName"`;
  return rows.map(({ accountName }) => accountName);
}

/** Gives a lease back and keeps how the round went. A lease that another process took over stays his. */
export async function releaseLease({ plain }: Plain, lease: AccountLease, result: LeaseResult): Promise<void> {
  const { fault, listing } = result;
  await plain`
    update sftp_account_lease
    set claim = null, claimed_until = null, due_at = statement_timestamp() + ${result.dueInMs} * interval '1 ms',
      failures = ${fault === undefined ? 0 : lease.failures + 1}, last_fault = ${fault ?? null}, is_slow = ${result.isSlow},
      failing_since = case when ${fault ?? null}::text is not null then coalesce(failing_since, statement_timestamp()) end,
      last_contact_at = case when ${listing !== undefined} then statement_timestamp() else last_contact_at end,
      oldest_file_at = case when ${listing !== undefined} then ${listing?.oldestFileAt ?? null}::timestamptz else oldest_file_at end
    where account_name = ${lease.accountName} and claim = ${lease.claim}`;
}

/** Accounts as whichever process served them last saw them; `accountNames` are those of today. */
export async function listAccountHealth({ plain }: Plain, accountNames: readonly string[]): Promise<AccountHealth[]> {
  const rows = await plain<
    {
      accountName: string;
      failures: number;
      lastFault: string | null;
      lastContactAt: Date | null;
      oldestFileAt: Date | null;
    }[]
  >`
    select account_name as "accountName", failures, last_fault as "lastFault", last_contact_at as "lastContactAt",
      oldest_file_at as "oldestFileAt"
    from sftp_account_lease where account_name = any(${[...accountNames]}) order by account_name`;
  return rows.map(({ accountName, failures, lastFault, lastContactAt, oldestFileAt }) => ({
    accountName,
    failures,
    ...(lastFault !== null && { lastFault }),
    ...(lastContactAt !== null && { lastContactAt }),
    ...(oldestFileAt !== null && { oldestFileAt }),
  }));
}
