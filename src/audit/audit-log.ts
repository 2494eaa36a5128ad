import type { Sql } from "../database/sql.ts";
import { type AuditEvent, insertAuditRows, renderAuditRows } from "./audit-event.ts";

export type AuditFault = "queueFull" | "insertFailed" | "insertTooSlow";

/** The event is not on record: the caller must not give its answer, but a 503. */
export class AuditUnavailable extends Error {
  override readonly name = "AuditUnavailable";
  readonly code: AuditFault;

  constructor(code: AuditFault, cause?: unknown) {
    super(`the audit event could not be kept: ${code}`, { cause });
    this.code = code;
  }
}

export interface AuditLog {
  /**
   * Resolves once the row is committed. Rejects with AuditUnavailable when it is not (or not in time: the row may then
   * still appear, for an answer that was not given), with RangeError for an event that no row can hold.
   */
  append(event: AuditEvent): Promise<void>;
  /** Events that wait for their commit. */
  readonly waiting: number;
}

export interface AuditLogOptions {
  /** Events that may wait at once; more are refused. */
  readonly maximumWaiting?: number;
  /** Longest time that a group may take to commit. */
  readonly commitTimeoutMs?: number;
}

interface WaitingEvent {
  readonly rows: readonly string[];
  /** Characters of its rows. */
  readonly length: number;
  readonly resolve: () => void;
  readonly reject: (error: AuditUnavailable) => void;
}

const MAXIMUM_WAITING = 10_000;
const COMMIT_TIMEOUT_MS = 5_000;
/** Characters that all waiting rows together, and one group, may have: an event about many persons is long. */
const MAXIMUM_WAITING_LENGTH = 32 * 1024 ** 2;
const MAXIMUM_GROUP_LENGTH = 4 * 1024 ** 2;
const MAXIMUM_GROUP = 1_000;

/**
 * Appends events in groups: while one group is being committed the next one gathers, so the more there is to record the
 * fewer commits each event costs. `sql` needs a role that may insert into `audit_event`, nothing more.
 */
export function createAuditLog(sql: Sql, options: AuditLogOptions = {}): AuditLog {
  const { maximumWaiting = MAXIMUM_WAITING, commitTimeoutMs = COMMIT_TIMEOUT_MS } = options;
  let gathering: WaitingEvent[] = [];
  let waiting = 0;
  let waitingLength = 0;
  let committing = false;

  const leave = (events: readonly WaitingEvent[]) => {
    waiting -= events.length;
    for (const { length } of events) waitingLength -= length;
  };

  async function commitGroups(): Promise<void> {
    committing = true;
    while (gathering.length > 0) {
      const group = gathering.splice(0, sizeOfGroup(gathering));
      try {
        await insertInTime(sql, group, commitTimeoutMs);
        leave(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        // Whoever gathered meanwhile would meet the same trouble later: told now, a caller can answer at once.
        const refused = [...group, ...gathering];
        gathering = [];
        leave(refused);
        const reason = error instanceof AuditUnavailable ? error : new AuditUnavailable("insertFailed", error);
        for (const { reject } of refused) reject(reason);
      }
    }
    committing = false;
  }

  return {
    get waiting() {
      return waiting;
    },
    async append(event) {
      const rows = renderAuditRows(event);
      const length = rows.reduce((sum, row) => sum + row.length, 0);
      if (waiting >= maximumWaiting || waitingLength + length > MAXIMUM_WAITING_LENGTH) {
        throw new AuditUnavailable("queueFull");
      }
      waiting += 1;
      waitingLength += length;
      await new Promise<void>((resolve, reject) => {
        gathering.push({ rows, length, resolve, reject });
        if (!committing) void commitGroups();
      });
    },
  };
}

function sizeOfGroup(events: readonly WaitingEvent[]): number {
  let size = 0;
  let length = 0;
  while (size < events.length && size < MAXIMUM_GROUP) {
    length += events[size]!.length;
    if (size > 0 && length > MAXIMUM_GROUP_LENGTH) break;
    size += 1;
  }
  return size;
}

/** A driver that reconnects holds queries back for as long as it takes; a request cannot wait so long. */
async function insertInTime(sql: Sql, group: readonly WaitingEvent[], timeoutMs: number): Promise<void> {
  const tooSlow = Promise.withResolvers<never>();
  const timer = setTimeout(() => tooSlow.reject(new AuditUnavailable("insertTooSlow")), timeoutMs);
  const inserting = insertAuditRows(
    sql,
    group.flatMap(({ rows }) => rows),
  );
  try {
    await Promise.race([inserting, tooSlow.promise]);
  } finally {
    clearTimeout(timer);
    // Settles after everybody has stopped waiting, in whatever way.
    inserting.catch(() => {});
  }
}
