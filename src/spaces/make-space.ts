import { randomInt } from "node:crypto";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { enterpriseCheckDigits } from "../identifiers/enterprise-number.ts";
import { grant } from "../identity/client-registry.ts";
import type { Actor } from "../identity/registry-error.ts";
import type { CandidateInsurer } from "../intake/candidate-insurer.ts";
import { seedNumbers } from "./numbers/seed-numbers.ts";
import { seedHolders } from "./seed-holders.ts";
import { seedPortfolio } from "./seed-portfolio.ts";
import { type FirstPhase, SpaceRefused, type Spaces } from "./spaces.ts";

const ACTOR: Actor = { account: "validation" };
/** The day matters to nobody: an account ends by its own date. */
const GRANTED_FROM = "2020-01-01";
/** Numbers 0990 to 0999 are no enterprise's. */
const LOWEST_BODY = 9_900_000;
const BODIES = 100_000;
const GROUPS = 999;
const ATTEMPTS = 20;
/** Of one account within a day: each holds a group of numbers. */
const MAXIMUM_OF_ACCOUNT = 20;

export interface NewSpace {
  readonly accountId: string;
  readonly clientId: string;
  readonly name: string;
  readonly phase: FirstPhase;
  /** The space that it takes the place of. */
  readonly replaces?: number;
  /** Writes what is committed together with the space, or not at all. */
  readonly alsoCommit?: (tx: TransactionSql, insurerId: number) => Promise<void>;
}

/**
 * Makes a space with its insurer, numbers and portfolio, and hands it to its account; until then nobody acts for it, and
 * whatever dies in between is removed like a space that has ended. The space that it replaces ends in the same moment:
 * what runs there goes on without it.
 */
export async function makeSpace(spaces: Spaces, made: NewSpace): Promise<number> {
  const { database, clock } = spaces.intake;
  const { group, insurer } = await insertSpace(database.institute, made);
  await seedNumbers(database.institute, { group, today: clock.today() });
  await seedHolders(database.institute, { group, today: clock.today() });
  await seedPortfolio(spaces.intake, { insurer, group, phase: made.phase });
  await runTransaction(database.institute, (tx) => handOver(tx, made, insurer));
  return insurer.insurerId;
}

/** It begins as ended: nobody may see it before it is whole. */
async function insertSpace(institute: Sql, { accountId, name }: NewSpace) {
  return await runTransaction(institute, async (tx) => {
    // One account at a time: two resets at once would both be allowed the last space.
    await tx`select from space_account where account_id = ${accountId} for no key update`;
    const [kept] = await tx<{ count: number }[]>`
      select count(*) as count from space where account_id = ${accountId} and made_at > now() - interval '1 day'`;
    if (kept!.count >= MAXIMUM_OF_ACCOUNT) {
      throw new SpaceRefused("tooManyResets", "This account was reset too often in the last hours. Try again later.");
    }
    const insurer = await insertInsurer(tx, name);
    return { insurer, group: await insertWithGroup(tx, insurer.insurerId, accountId) };
  });
}

async function insertInsurer(tx: TransactionSql, name: string): Promise<CandidateInsurer> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const body = `0${LOWEST_BODY + randomInt(BODIES)}`;
    const enterpriseNumber = `${body}${enterpriseCheckDigits(body)}`;
    const [row] = await tx<{ insurerId: number }[]>`
      insert into insurer (enterprise_number, name, phase) values (${enterpriseNumber}, ${name}, 'loading')
      on conflict do nothing returning insurer_id as "insurerId"`;
    if (row) return { insurerId: row.insurerId, enterpriseNumber };
  }
  throw new Error("no enterprise number is free for another space");
}

/** The group that was nobody's for longest, those that never were anybody's first. */
async function insertWithGroup(tx: TransactionSql, insurerId: number, accountId: string): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [row] = await tx<{ group: number }[]>`
      insert into space (insurer_id, account_id, number_group, ended_at)
      select ${insurerId}, ${accountId}, candidate, clock_timestamp() from generate_series(1, ${GROUPS}) as candidate
        left join lateral (select max(removed_at) as freed_at, bool_or(removed_at is null) as is_taken
          from space where number_group = candidate) held on true
      where is_taken is not true order by freed_at nulls first, candidate limit 1
      on conflict do nothing returning number_group as group`;
    if (row) return row.group;
  }
  throw new SpaceRefused("admissionsClosed", "No group of numbers is free at the moment. Try again later.");
}

async function handOver(
  tx: TransactionSql,
  { accountId, clientId, replaces, alsoCommit }: NewSpace,
  { insurerId, enterpriseNumber }: CandidateInsurer,
): Promise<void> {
  const [account] = await tx<{ isOpen: boolean; living: number | null }[]>`
    select a.ended_at is null as "isOpen",
      (select insurer_id from space s where s.account_id = a.account_id and s.ended_at is null) as living
    from space_account a where a.account_id = ${accountId} for no key update`;
  if (!account?.isOpen) throw new SpaceRefused("spaceEnded", "The account has ended meanwhile.");
  if (account.living !== (replaces ?? null)) {
    throw new SpaceRefused("resetUnderWay", "Another request has just made a new space of this account.");
  }
  if (replaces !== undefined) await endSpace(tx, clientId, replaces);
  await tx`update space set ended_at = null where insurer_id = ${insurerId}`;
  await grant(tx, ACTOR, { clientId, enterpriseNumber, validFrom: GRANTED_FROM });
  await alsoCommit?.(tx, insurerId);
}

/** Nobody acts for it from now on. Takes no lock of the insurer's: a load that runs there ends by itself. */
export async function endSpace(tx: TransactionSql, clientId: string, insurerId: number): Promise<void> {
  await tx`update space set ended_at = clock_timestamp() where insurer_id = ${insurerId} and ended_at is null`;
  await tx`
    update client_grant set revoked_at = now()
    where client_id = ${clientId} and insurer_id = ${insurerId} and revoked_at is null`;
}
