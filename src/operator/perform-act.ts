import { createHash, randomUUID } from "node:crypto";
import { INSTITUTE_CHAIN, insertAuditEvent } from "../audit/audit-event.ts";
import type { PersonHasher } from "../audit/person-hash.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { hashPersons } from "./hash-persons.ts";
import type { OperatorChange } from "./operator-change.ts";

/** Who acts, and how the act came in. */
export interface Performer {
  readonly actor: Actor;
  /** HTTP method, or `CLI`. */
  readonly method: string;
  /** Template of the route, or the words of the command. */
  readonly route: string;
  /** Of the answer that follows when all goes well; 0 for a command. */
  readonly status: number;
  readonly tokenSha256?: Buffer;
  readonly traceId?: string;
  readonly relatedTraceId?: string;
  /** Of the audit event: an operator's act, unless told. */
  readonly kind?: "operatorAct" | "simulation";
  /** Hashes whom an act is about; an act about persons cannot be done without. */
  readonly persons?: () => PersonHasher | Promise<PersonHasher>;
}

export type Act<Change extends OperatorChange = OperatorChange> = (tx: TransactionSql, actor: Actor) => Promise<Change>;

/** Several acts that are done together. */
export type Acts<Changes extends readonly OperatorChange[]> = (tx: TransactionSql, actor: Actor) => Promise<Changes>;

/** Does an act and keeps its audit event in the same transaction: both are committed, or neither. */
export async function performAct<Change extends OperatorChange>(
  institute: Sql,
  performer: Performer,
  act: Act<Change>,
): Promise<Change> {
  const [change] = await performActs(institute, performer, async (tx, actor) => [await act(tx, actor)] as const);
  return change;
}

/** Several acts of one command, all done or none; each has an audit event of its own. */
export async function performActs<Changes extends readonly OperatorChange[]>(
  institute: Sql,
  performer: Performer,
  acts: Acts<Changes>,
): Promise<Changes> {
  return await runTransaction(institute, async (tx) => {
    const [begun] = await tx<{ xid: string }[]>`select pg_current_xact_id()::text as xid`;
    const changes = await acts(tx, performer.actor);
    for (const change of changes) await keep(tx, performer, change);
    // postgres.js can lose the reservation of `begin` (open issues 823, 1189, 1204): an act beside its audit is none.
    const [now] = await tx<{ xid: string | null }[]>`select pg_current_xact_id_if_assigned()::text as xid`;
    if (now?.xid !== begun!.xid) throw new Error("the transaction of an operator's act was lost");
    return changes;
  });
}

/** How the audit trail names who acts: a client by its id, an account of the command line by a name no client can have. */
export function nameActor({ clientId, account }: Actor): string {
  return clientId ?? `account:${account ?? "unknown"}`;
}

async function keep(tx: TransactionSql, performer: Performer, change: OperatorChange): Promise<void> {
  const { actor, method, route, status, kind = "operatorAct", persons: getHasher, ...proof } = performer;
  const { act, insurerId, clientId, details, about } = change;
  if (about && !getHasher) throw new Error("an act about persons has nothing to hash them with");
  const persons = about && getHasher && (await hashPersons(tx, await getHasher(), about));
  const actId = randomUUID();
  const by = nameActor(actor);
  const document = JSON.stringify({ actId, by, act, insurerId, clientId, details });
  await tx`
    insert into operator_act (act_id, chain_id, transaction_id, performed_at, document)
    values (${actId}, ${insurerId ?? INSTITUTE_CHAIN}, pg_current_xact_id(), clock_timestamp(), ${document})`;
  const requestSha256 = createHash("sha256").update(document).digest();
  await insertAuditEvent(tx, {
    kind,
    insurerId,
    clientId: by,
    method,
    route,
    status,
    requestSha256,
    persons,
    ...proof,
  });
}
