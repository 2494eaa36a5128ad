import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Notice, NoticeDetails, NoticeKind } from "./notice.ts";

const columns = (tx: TransactionSql) => tx`notice_id as "noticeId", kind, details, raised_at as "raisedAt"`;

export interface NoticePage {
  /** Only notices raised before this one. */
  readonly before?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listNotices(tenant: Tenant, { before, limit }: NoticePage): Promise<Notice[]> {
  return await tenant.run(
    (tx) => tx<Notice[]>`
      select ${columns(tx)} from notice
      where insurer_id = ${tenant.insurerId} ${before === undefined ? tx`` : tx`and notice_id < ${before}`}
      order by notice_id desc limit ${limit}`,
  );
}

/** `noticeId` must be a UUID. */
export async function findNotice(tenant: Tenant, noticeId: string): Promise<Notice | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<Notice[]>`
      select ${columns(tx)} from notice where insurer_id = ${tenant.insurerId} and notice_id = ${noticeId}`,
  );
  return row;
}

/** Gives each of the insurers the notice, and tells of it in their feeds; as the institute's role. */
export async function insertNotices(
  tx: TransactionSql,
  insurerIds: readonly number[],
  { kind, details }: { kind: NoticeKind; details: NoticeDetails },
): Promise<void> {
  await tx`
    insert into notice (insurer_id, kind, details, raised_at)
    select insurer_id, ${kind}, ${tx.json({ ...details })}, now() from unnest(${[...insurerIds]}::int[]) as insurer_id`;
  await insertEvents(
    tx,
    insurerIds.map((insurerId) => ({ insurerId, kind, details: { ...details } })),
  );
}
