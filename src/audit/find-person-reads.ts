import type { Sql } from "../database/sql.ts";
import { type AuditKind, INSTITUTE_CHAIN } from "./audit-event.ts";

/** Who dealt with a person's data, when and how. */
export interface PersonEvent {
  readonly eventId: string;
  readonly at: Date;
  readonly kind: AuditKind;
  readonly clientId?: string;
  /** Whose client's data it was; absent: the institute's own affair. */
  readonly insurerId?: number;
  readonly method: string;
  readonly route: string;
  readonly status: number;
}

interface PersonEventRow extends Omit<PersonEvent, "clientId" | "insurerId"> {
  readonly clientId: string | null;
  readonly chainId: number;
}

/**
 * All events about a person, oldest first, sealed or not: "who saw my data". `personHashes` are those of all numbers
 * the person had or has (`PersonHasher.hashPerson`). `sql` needs a role that may read the trail.
 */
export async function findPersonReads(sql: Sql, personHashes: readonly Buffer[]): Promise<PersonEvent[]> {
  const rows = await sql<PersonEventRow[]>`
    select event_id as "eventId", at, kind, client_id as "clientId", chain_id as "chainId", method, route, status
    from audit_event
    where persons && array(select decode(person, 'hex') from unnest(${personHashes.map((one) => one.toString("hex"))}::text[]) person)
    order by at, event_id`;
  return rows.map(({ clientId, chainId, ...event }) => ({
    ...event,
    ...(clientId !== null && { clientId }),
    ...(chainId !== INSTITUTE_CHAIN && { insurerId: chainId }),
  }));
}
