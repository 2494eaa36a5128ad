import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { ClientNoticeKind, Notice, NoticeContent, NoticeDetails } from "./notice.ts";

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

/** Gives each of the insurers a notice about something of a client, and tells of it in their feeds; as the institute's role. */
export async function insertNotices(
  tx: TransactionSql,
  insurerIds: readonly number[],
  { kind, details }: { kind: ClientNoticeKind; details: NoticeDetails },
): Promise<void> {
  for (const insurerId of insurerIds) await insertNotice(tx, insurerId, { kind, details });
  await insertEvents(
    tx,
    insurerIds.map((insurerId) => ({ insurerId, kind, details: { ...details } })),
  );
}

/** Gives an insurer a notice without telling of it in its feed; in its own transaction as in the institute's. */
export async function insertNotice(
  tx: TransactionSql,
  insurerId: number,
  { kind, details }: NoticeContent,
): Promise<void> {
  await tx`
    insert into notice (insurer_id, kind, details, raised_at)
    values (${insurerId}, ${kind}, ${tx.json({ ...details })}, now())`;
}
