import type { Logger } from "pino";
import type { Database } from "../database/connection.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";

export interface NewAlarm {
  /** lowerCamelCase; docs/operations.md says what to do about each. */
  readonly code: string;
  readonly insurerId?: number;
  /** Ids and counts that tell one trouble from another, never personal data. */
  readonly details: Readonly<Record<string, string | number>>;
}

export interface Alarm extends NewAlarm {
  readonly alarmId: string;
  readonly raisedAt: Date;
  /** Later than `raisedAt` when the trouble lasted or came back while the alarm was open. */
  readonly lastRaisedAt: Date;
  readonly acknowledgedAt?: Date;
  /** Client id of the operator. */
  readonly acknowledgedBy?: string;
}

/** A counter of prom-client with the label `code`. */
export interface AlarmMetric {
  inc(labels: { readonly code: string }): void;
}

/**
 * Makes operators see: a row, an `error` line, a metric. An open alarm with the same code, insurer and details is
 * raised again only after an hour, on its own row. Never throws: where no row can be kept, line and metric remain.
 */
export async function raiseAlarm(
  database: Pick<Database, "institute">,
  log: Pick<Logger, "error">,
  metric: AlarmMetric,
  alarm: NewAlarm,
): Promise<void> {
  const { code, insurerId, details } = alarm;
  const subject = { code, ...(insurerId !== undefined && { insurerId }), details };
  try {
    if (!(await upsertAlarm(database.institute, alarm))) return;
    log.error(subject, "alarm: an operator must look at this; see docs/operations.md");
  } catch (error) {
    log.error({ ...subject, err: error }, "alarm, and its row could not be kept; see docs/operations.md");
  }
  metric.inc({ code });
}

/**
 * The same for a trouble that lasts until somebody elsewhere mends it: once operators have acknowledged it, it is not
 * raised again.
 */
export async function raiseUnlessSeen(
  database: Pick<Database, "institute">,
  raise: (alarm: NewAlarm) => Promise<void>,
  alarm: NewAlarm,
): Promise<void> {
  const { code, insurerId, details } = alarm;
  const [seen] = await database.institute`
    select 1 from alarm where code = ${code} and insurer_id is not distinct from ${insurerId ?? null}
      and details = ${database.institute.json(details)} and acknowledged_at is not null limit 1`;
  if (!seen) await raise(alarm);
}

/** False when the same alarm is open and less than an hour old. One statement: several processes notice one trouble. */
async function upsertAlarm(sql: Sql, { code, insurerId, details }: NewAlarm): Promise<boolean> {
  const rows = await sql`
    insert into alarm (code, insurer_id, details, raised_at, last_raised_at)
    values (${code}, ${insurerId ?? null}, ${sql.json(details)}, statement_timestamp(), statement_timestamp())
    on conflict (code, coalesce(insurer_id, 0), md5(details::text)) where acknowledged_at is null
      do update set last_raised_at = excluded.last_raised_at
        where alarm.last_raised_at <= excluded.last_raised_at - interval '1 hour'
    returning alarm_id`;
  return rows.length > 0;
}

export interface AlarmPage {
  /** Absent: open and acknowledged ones. */
  readonly open?: boolean;
  /** Only alarms raised before this one. */
  readonly before?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listAlarms(sql: Sql, { open, before, limit }: AlarmPage): Promise<Alarm[]> {
  const rows = await sql<AlarmRow[]>`
    select ${alarmColumns(sql)} from alarm
    where (${open ?? null}::boolean is null or (acknowledged_at is null) = ${open ?? null})
      and (${before ?? null}::uuid is null or alarm_id < ${before ?? null})
    order by alarm_id desc limit ${limit}`;
  return rows.map(toAlarm);
}

/** `alarmId` must be a UUID. */
export async function findAlarm(sql: Sql, alarmId: string): Promise<Alarm | undefined> {
  const [row] = await sql<AlarmRow[]>`select ${alarmColumns(sql)} from alarm where alarm_id = ${alarmId}`;
  return row && toAlarm(row);
}

/**
 * Records that the operator saw the alarm; undefined when there is none of that number. Once acknowledged it stays
 * the first one's: asking again changes nothing and answers the same.
 */
export async function acknowledgeAlarm(
  sql: Sql | TransactionSql,
  alarmId: string,
  operator: string,
): Promise<Alarm | undefined> {
  const [row] = await sql<AlarmRow[]>`
    update alarm set acknowledged_at = coalesce(acknowledged_at, statement_timestamp()),
      acknowledged_by = coalesce(acknowledged_by, ${operator})
    where alarm_id = ${alarmId} returning ${alarmColumns(sql)}`;
  return row && toAlarm(row);
}

interface AlarmRow {
  readonly alarmId: string;
  readonly code: string;
  readonly insurerId: number | null;
  readonly details: Record<string, string | number>;
  readonly raisedAt: Date;
  readonly lastRaisedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
}

function alarmColumns(sql: Sql | TransactionSql) {
  return sql`alarm_id as "alarmId", code, insurer_id as "insurerId", details, raised_at as "raisedAt",
    last_raised_at as "lastRaisedAt", acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy"`;
}

function toAlarm({ insurerId, acknowledgedAt, acknowledgedBy, ...alarm }: AlarmRow): Alarm {
  return {
    ...alarm,
    ...(insurerId !== null && { insurerId }),
    ...(acknowledgedAt !== null && { acknowledgedAt }),
    ...(acknowledgedBy !== null && { acknowledgedBy }),
  };
}
