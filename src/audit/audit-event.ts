import type { Sql, TransactionSql } from "../database/sql.ts";

export const AUDIT_KINDS = ["login", "denial", "read", "write", "operatorAct", "simulation"] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** Chain of what concerns no insurer: operators, logins and denials before an insurer is known. */
export const INSTITUTE_CHAIN = 0;

/**
 * What happened, as its caller knows it. Number, instant and transaction are given by the database, which the caller
 * cannot choose.
 */
export interface AuditEvent {
  readonly kind: AuditKind;
  /** Whose data it concerned; absent: the institute's chain. */
  readonly insurerId?: number | undefined;
  readonly clientId?: string | undefined;
  readonly tokenSha256?: Buffer | undefined;
  /** HTTP method, or `CLI`. */
  readonly method: string;
  /** Template of the route, or the name of the command: never an address with values in it. */
  readonly route: string;
  /** HTTP status; of a command its exit status. */
  readonly status: number;
  readonly requestSha256?: Buffer | undefined;
  readonly responseSha256?: Buffer | undefined;
  readonly traceId?: string | undefined;
  readonly relatedTraceId?: string | undefined;
  /** Keyed hashes (person-hash.ts) of the persons it is about; of more than PERSONS_A_ROW the event takes several rows. */
  readonly persons?: readonly Buffer[] | undefined;
}

export const PERSONS_A_ROW = 1_000;
const MAXIMUM_TEXT = 300;
const HASH_BYTES = 32;

/**
 * The rows to insert, as JSON texts. Throws RangeError for a hash of a wrong length or a number out of range: mistakes of
 * the caller. Texts may come from a stranger, and one that PostgreSQL refuses would fail the events of others too: they
 * are cut and made storable.
 */
export function renderAuditRows(event: AuditEvent): string[] {
  const row = {
    chain_id: requireInteger(event.insurerId ?? INSTITUTE_CHAIN),
    kind: event.kind,
    client_id: storable(event.clientId),
    token_sha256: hashLiteral(event.tokenSha256),
    method: storable(event.method),
    route: storable(event.route),
    status: requireInteger(event.status),
    request_sha256: hashLiteral(event.requestSha256),
    response_sha256: hashLiteral(event.responseSha256),
    trace_id: storable(event.traceId),
    related_trace_id: storable(event.relatedTraceId),
  };
  const persons = [...new Set(event.persons?.map(hashLiteral))];
  if (persons.length === 0) return [JSON.stringify(row)];
  const rows: string[] = [];
  for (let from = 0; from < persons.length; from += PERSONS_A_ROW) {
    rows.push(JSON.stringify({ ...row, persons: persons.slice(from, from + PERSONS_A_ROW) }));
  }
  return rows;
}

/** Inserts rows of `renderAuditRows` with one statement; all or none. */
export async function insertAuditRows(sql: Sql | TransactionSql, rows: readonly string[]): Promise<void> {
  await sql`
    insert into audit_event (chain_id, kind, client_id, token_sha256, method, route, status, request_sha256,
      response_sha256, trace_id, related_trace_id, persons)
    select chain_id, kind, client_id, token_sha256, method, route, status, request_sha256,
      response_sha256, trace_id, related_trace_id, persons
    from json_to_recordset(${`[${rows.join(",")}]`}::text::json) as event (chain_id int, kind text, client_id text,
      token_sha256 bytea, method text, route text, status int, request_sha256 bytea, response_sha256 bytea,
      trace_id text, related_trace_id text, persons bytea[])`;
}

/** Records an event in the transaction of the act itself: both are committed, or neither. */
export async function insertAuditEvent(tx: TransactionSql, event: AuditEvent): Promise<void> {
  await insertAuditRows(tx, renderAuditRows(event));
}

function hashLiteral(hash: Buffer | undefined): string | undefined {
  if (hash === undefined) return undefined;
  if (hash.length !== HASH_BYTES) throw new RangeError(`a hash of ${hash.length} bytes is none of SHA-256`);
  return `\\x${hash.toString("hex")}`;
}

function requireInteger(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value;
  throw new RangeError("an audit event carries a number that is no 32-bit integer");
}

function storable(text: string | undefined): string | undefined {
  return text?.slice(0, MAXIMUM_TEXT).replaceAll("\0", "\uFFFD").toWellFormed();
}
