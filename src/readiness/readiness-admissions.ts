import type { Sql, TransactionSql } from "../database/sql.ts";

/** Why an insurer was let into the initial load: a statement, or a reason. */
export interface ReadinessAdmission {
  readonly statementId: string | null;
  readonly reason: string | null;
  readonly admittedBy: string;
  readonly admittedAt: Date;
}

export interface NewAdmission {
  readonly insurerId: number;
  readonly statement?: { readonly jws: string; readonly statementId: string };
  readonly reason?: string;
  readonly admittedBy: string;
}

/** As the institute's role. */
export async function insertAdmission(tx: TransactionSql, admission: NewAdmission): Promise<void> {
  const { insurerId, statement, reason, admittedBy } = admission;
  await tx`
    insert into readiness_admission (insurer_id, statement, statement_id, reason, admitted_by)
    values (${insurerId}, ${statement?.jws ?? null}, ${statement?.statementId ?? null}, ${reason ?? null}, ${admittedBy})`;
}

/** Oldest first; as the institute's role. */
export async function listAdmissions(
  sql: Sql | TransactionSql,
  enterpriseNumber: string,
): Promise<ReadinessAdmission[]> {
  return await sql<ReadinessAdmission[]>`
    select statement_id as "statementId", reason, admitted_by as "admittedBy", admitted_at as "admittedAt"
    from readiness_admission join insurer using (insurer_id)
    where enterprise_number = ${enterpriseNumber} order by admission_id`;
}

/** Of an insurer that was admitted. */
export async function findInsurerId(sql: Sql, enterpriseNumber: string): Promise<number> {
  const [row] = await sql<{ insurerId: number }[]>`
    select insurer_id as "insurerId" from insurer where enterprise_number = ${enterpriseNumber}`;
  return row!.insurerId;
}
