import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import type { Finding } from "../findings/finding.ts";
import { FINDING_CODES } from "../findings/finding-codes.ts";
import type { SeenConnection } from "./connection-test.ts";

/** A connection test as it is kept. */
export interface ConnectionTest {
  readonly connectionTestId: string;
  readonly clientId: string;
  /** Of the file with the letter T, over SFTP. */
  readonly submissionId: string | null;
  readonly seen: SeenConnection;
  readonly findings: readonly Finding[];
  /** Nothing was found that blocks. */
  readonly isPassed: boolean;
  readonly testedAt: Date;
}

export interface NewConnectionTest {
  readonly clientId: string;
  readonly submissionId?: string;
  readonly seen: SeenConnection;
  readonly findings: readonly Finding[];
}

/** Kept of each insurer and door: older tests make room. */
export const TESTS_KEPT = 100;

const COLUMNS = `connection_test_id as "connectionTestId", client_id as "clientId", submission_id as "submissionId", seen, findings,
  is_passed as "isPassed", tested_at as "testedAt"`;

export function isPassed(findings: readonly Finding[]): boolean {
  return findings.every(({ code }) => FINDING_CODES[code].severity !== "blocking");
}

/** In the insurer's own transaction. */
export async function insertConnectionTest(
  tx: TransactionSql,
  insurerId: number,
  { clientId, submissionId, seen, findings }: NewConnectionTest,
): Promise<ConnectionTest> {
  const { channel } = seen;
  const [row] = await tx<ConnectionTest[]>`
    insert into connection_test (insurer_id, channel, client_id, submission_id, seen, findings, is_passed)
    values (${insurerId}, ${channel}, ${clientId}, ${submissionId ?? null}, ${tx.json(seen as never)},
      ${tx.json(findings as never)}, ${isPassed(findings)})
    returning ${tx.unsafe(COLUMNS)}`;
  // A passed one is what counts towards readiness: the last of them stays.
  await tx`
    delete from connection_test where insurer_id = ${insurerId} and channel = ${channel} and connection_test_id in (
      select connection_test_id from (
        select connection_test_id, row_number() over (order by connection_test_id desc) as place,
          row_number() over (partition by is_passed order by connection_test_id desc) as place_alike, is_passed
        from connection_test where insurer_id = ${insurerId} and channel = ${channel}) kept
      where place > ${TESTS_KEPT} and not (is_passed and place_alike = 1))`;
  return row!;
}

/** Newest first. */
export async function listConnectionTests(tenant: Tenant): Promise<ConnectionTest[]> {
  return await tenant.run(
    (tx) => tx<ConnectionTest[]>`
      select ${tx.unsafe(COLUMNS)} from connection_test where insurer_id = ${tenant.insurerId}
      order by connection_test_id desc limit ${TESTS_KEPT}`,
  );
}

export async function findConnectionTest(
  tenant: Tenant,
  connectionTestId: string,
): Promise<ConnectionTest | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<ConnectionTest[]>`
      select ${tx.unsafe(COLUMNS)} from connection_test
      where insurer_id = ${tenant.insurerId} and connection_test_id = ${connectionTestId}`,
  );
  return row;
}
