import type { Sql } from "../database/sql.ts";
import type { OperatorAct } from "./operator-change.ts";

/** What an operator did. */
export interface PerformedAct {
  readonly actId: string;
  readonly performedAt: Date;
  /** Client id of the operator, or `account:` and the account of the command line. */
  readonly by: string;
  readonly act: OperatorAct;
  readonly insurerId?: number;
  readonly clientId?: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether the audit trail holds this act, word for word. */
  readonly isAudited: boolean;
}

interface ActRow {
  readonly actId: string;
  readonly performedAt: Date;
  readonly document: string;
  readonly isAudited: boolean;
}

/** Newest first; as the auditor's role. */
export async function listOperatorActs(auditor: Sql, { limit }: { limit: number }): Promise<PerformedAct[]> {
  const rows = await auditor<ActRow[]>`
    select act_id as "actId", performed_at as "performedAt", document, exists (
      select from audit_event e
      where e.chain_id = a.chain_id and e.transaction_id = a.transaction_id and e.kind in ('operatorAct', 'simulation')
        and e.request_sha256 = sha256(convert_to(a.document, 'UTF8'))) as "isAudited"
    from operator_act a order by performed_at desc, act_id limit ${limit}`;
  return rows.map(({ document, ...row }) => ({ ...readDocument(document), ...row }));
}

type ActDocument = Omit<PerformedAct, "actId" | "performedAt" | "isAudited">;

function readDocument(text: string): ActDocument {
  const { by, act, insurerId, clientId, details } = JSON.parse(text) as ActDocument;
  return {
    by,
    act,
    details,
    ...(insurerId !== undefined && { insurerId }),
    ...(clientId !== undefined && { clientId }),
  };
}
