import type { Database } from "../database/connection.ts";
import type { TransactionSql } from "../database/sql.ts";
import { RECORD_ACTIONS, type RecordAction } from "../formats/contract-file/contract-file-vocabulary.ts";
import { READINESS_ITEMS, REFUSALS_TO_MEET, type ReadinessItem, SFTP_REFUSALS_TO_MEET } from "./readiness-items.ts";

/** One line of the checklist. */
export interface ReadinessLine {
  readonly item: ReadinessItem;
  readonly fulfilled: boolean;
  /** What is left of what has several parts: doors, actions, codes of findings. */
  readonly missing: readonly string[];
  /** Of `errorsFew`, in hundredths of a percent as counted; absent while nothing was sent. */
  readonly percent?: number;
  readonly maximumPercent?: number;
}

export interface Readiness {
  readonly ready: boolean;
  readonly lines: readonly ReadinessLine[];
}

export interface ReadinessSettings {
  /** Share of rejected records that is still few enough. */
  readonly errorPercent: number;
}

const ERROR_DAYS = 30;
/** Rejected records that are looked for among those accepted later, newest first. */
const CORRECTIONS_LOOKED_AT = 1_000;
/** As the audit trail names it. */
export const FEED_ROUTE = "/REST/digitalContracts/v1/events";

/** What an insurer has really done, by what is stored of it and by nothing else. */
export async function computeReadiness(
  database: Pick<Database, "asInsurer" | "auditor">,
  insurerId: number,
  { errorPercent }: ReadinessSettings,
): Promise<Readiness> {
  const done = await database.asInsurer(insurerId).run(async (tx) => ({
    connectionTested: list(await findUntestedDoors(tx, insurerId)),
    ...(await findLoad(tx, insurerId)),
    actionsUsed: list(await findUnusedActions(tx, insurerId)),
    refusalsMet: list(await findUnmetRefusals(tx, insurerId)),
    correctionSent: whether(await isCorrectionSent(tx, insurerId)),
    eventsConsumed: whether(await isWebhookDelivered(tx, insurerId)),
    errorsFew: await judgeErrors(tx, insurerId, errorPercent),
  }));
  const isRead = done.eventsConsumed.fulfilled || (await isFeedRead(database, insurerId));
  const found = { ...done, eventsConsumed: whether(isRead) };
  const lines = READINESS_ITEMS.map((item) => ({ item, ...found[item] }));
  return { ready: lines.every(({ fulfilled }) => fulfilled), lines };
}

type Judged = Omit<ReadinessLine, "item">;

function whether(fulfilled: boolean): Judged {
  return { fulfilled, missing: [] };
}

function list(missing: readonly string[]): Judged {
  return { fulfilled: missing.length === 0, missing };
}

/** Doors through which files were processed; REST where there were none. */
async function findUntestedDoors(tx: TransactionSql, insurerId: number): Promise<string[]> {
  const [row] = await tx<{ used: string[] | null; tested: string[] | null }[]>`
    select (select array_agg(distinct channel) from submission where insurer_id = ${insurerId} and state = 'processed') as used,
      (select array_agg(distinct channel) from connection_test where insurer_id = ${insurerId} and is_passed) as tested`;
  const { used, tested } = row!;
  return (used ?? ["rest"]).filter((door) => !tested?.includes(door));
}

async function findLoad(tx: TransactionSql, insurerId: number) {
  const [row] = await tx<{ hasEnded: boolean; hasDelta: boolean }[]>`
    select initial_load_completed_at is not null as "hasEnded", exists (
      select from submission where insurer_id = ${insurerId} and kind = 'delta' and state = 'processed' and not dry_run
        and ended_at > initial_load_completed_at and accepted_count + accepted_with_warnings_count > 0) as "hasDelta"
    from insurer where insurer_id = ${insurerId}`;
  return { initialLoadEnded: whether(row!.hasEnded), deltaAfterLoad: whether(row!.hasDelta) };
}

async function findUnusedActions(tx: TransactionSql, insurerId: number): Promise<RecordAction[]> {
  const used = await tx<{ action: RecordAction }[]>`
    select action from unnest(${[...RECORD_ACTIONS]}::text[]) as one (action)
    where exists (select from contract_version v where v.insurer_id = ${insurerId} and v.action = one.action)`;
  return RECORD_ACTIONS.filter((action) => !used.some((one) => one.action === action));
}

async function findUnmetRefusals(tx: TransactionSql, insurerId: number): Promise<string[]> {
  const [row] = await tx<{ met: string[] | null; usesSftp: boolean }[]>`
    select (select array_agg(distinct finding->>'code') from submission, jsonb_array_elements(findings) finding
        where insurer_id = ${insurerId} and state = 'refused') as met,
      exists (select from submission where insurer_id = ${insurerId} and channel = 'sftp') as "usesSftp"`;
  const { met, usesSftp } = row!;
  const toMeet = [...REFUSALS_TO_MEET, ...(usesSftp ? SFTP_REFUSALS_TO_MEET : [])];
  return toMeet.filter((code) => !met?.includes(code));
}

/** A record that was rejected came again under its reference in a later file, and was accepted there. */
async function isCorrectionSent(tx: TransactionSql, insurerId: number): Promise<boolean> {
  const [row] = await tx<{ isSent: boolean }[]>`
    with rejected as (
      select submission_id, sender_reference from record_result
      where insurer_id = ${insurerId} and outcome = 'rejected' and sender_reference is not null
      order by submission_id desc limit ${CORRECTIONS_LOOKED_AT})
    select exists (
      select from rejected r join record_result later on later.insurer_id = ${insurerId}
        and later.submission_id > r.submission_id and later.sender_reference = r.sender_reference
        and later.outcome = 'acceptedWithWarnings')
    or exists (
      select from rejected r join quiet_result_block later on later.insurer_id = ${insurerId}
        and later.submission_id > r.submission_id and later.outcome = 'accepted'
        and r.sender_reference = any (later.sender_references)) as "isSent"`;
  return row!.isSent;
}

async function isWebhookDelivered(tx: TransactionSql, insurerId: number): Promise<boolean> {
  const [row] = await tx<{ isDelivered: boolean }[]>`
    select exists (select from webhook_delivery
      where insurer_id = ${insurerId} and outcome = 'delivered' and cause <> 'ping') as "isDelivered"`;
  return row!.isDelivered;
}

/** By the audit trail, which holds every answer that was given. */
async function isFeedRead({ auditor }: Pick<Database, "auditor">, insurerId: number): Promise<boolean> {
  const [row] = await auditor<{ isRead: boolean }[]>`
    select exists (select from audit_event
      where chain_id = ${insurerId} and kind = 'read' and route = ${FEED_ROUTE} and status = 200) as "isRead"`;
  return row!.isRead;
}

async function judgeErrors(tx: TransactionSql, insurerId: number, maximumPercent: number): Promise<Judged> {
  const [row] = await tx<{ records: number; rejected: number }[]>`
    select coalesce(sum(records_read), 0)::float8 as records, coalesce(sum(rejected_count), 0)::float8 as rejected
    from submission where insurer_id = ${insurerId} and state = 'processed' and not dry_run
      and kind in ('initialLoad', 'delta') and ended_at > now() - make_interval(days => ${ERROR_DAYS})`;
  const { records, rejected } = row!;
  if (records === 0) return { fulfilled: false, missing: [], maximumPercent };
  const percent = Math.round((rejected / records) * 10_000) / 100;
  return { fulfilled: rejected * 100 <= maximumPercent * records, missing: [], percent, maximumPercent };
}
