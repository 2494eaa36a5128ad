import type { Sql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import type { InsurerPhase } from "../identity/identity-kinds.ts";
import { findLastSequence } from "../intake/delta-queue.ts";

/** A living account with the space that is its own now. */
export interface AccountSpace {
  readonly accountId: string;
  readonly clientId: string;
  readonly name: string;
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly phase: InsurerPhase;
  /** 1 to 999. */
  readonly numberGroup: number;
  readonly businessDaysAhead: number;
  /** Absent: it exchanges over REST alone. */
  readonly accountName: string | null;
  readonly admittedAt: Date;
  readonly madeAt: Date;
  readonly expiresAt: Date;
}

/** The space of a client; undefined for a client that has none. Role `infoss_institute`. */
export async function findSpaceOf(institute: Sql, clientId: string): Promise<AccountSpace | undefined> {
  const [found] = await listSpaces(institute, { clientId });
  return found;
}

/** Those of all living accounts, oldest first; also of accounts that have expired and are not cleaned up yet. */
export async function listSpaces(institute: Sql, only: { readonly clientId?: string } = {}): Promise<AccountSpace[]> {
  const { clientId = null } = only;
  return await institute<AccountSpace[]>`
    select a.account_id as "accountId", a.client_id as "clientId", a.name, s.insurer_id as "insurerId",
      i.enterprise_number as "enterpriseNumber", i.phase, s.number_group as "numberGroup",
      s.business_days_ahead as "businessDaysAhead", f.account_name as "accountName", a.made_at as "admittedAt",
      s.made_at as "madeAt", a.expires_at as "expiresAt"
    from space_account a join space s on s.account_id = a.account_id and s.ended_at is null
      join insurer i using (insurer_id) left join sftp_account f on f.client_id = a.client_id
    where a.ended_at is null and (${clientId}::text is null or a.client_id = ${clientId})
    order by a.account_id`;
}

/** Contracts that it holds, and the number of its next delta. */
export async function countSpace({ insurerId, run }: Tenant): Promise<{ contractCount: number; nextSequence: number }> {
  return await run(async (tx) => {
    const [row] = await tx<{ contractCount: number }[]>`
      select count(*) as "contractCount" from contract where insurer_id = ${insurerId}`;
    return { contractCount: row!.contractCount, nextSequence: (await findLastSequence(tx, insurerId)) + 1 };
  });
}
