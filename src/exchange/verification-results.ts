import { insertAuditEvent } from "../audit/audit-event.ts";
import type { TransactionSql } from "../database/sql.ts";
import { createTenantWithin } from "../database/tenant-scope.ts";
import { renderResultXml } from "../formats/verification/render-result-xml.ts";
import type { AnsweredRow } from "../formats/verification/verification-answer.ts";
import type { VerificationResult } from "../formats/verification/verification-result.ts";
import { listNamedPersons } from "../verification/named-persons.ts";
import { findVerification, iterateAnsweredRows } from "../verification/verification-queries.ts";
import type { SftpAccount } from "./accounts.ts";
import type { Exchange } from "./exchange.ts";

/** The result of a verification (FO.INVR) as text, on the caller's connection; whom it names is on record with it. */
export async function* renderVerificationResult(
  { persons }: Exchange,
  { clientId }: SftpAccount,
  tx: TransactionSql,
  insurerId: number,
  input: Omit<VerificationResult, "verification">,
): AsyncGenerator<string> {
  const { submissionId } = input.submission;
  const tenant = createTenantWithin(tx, insurerId);
  const verification = await findVerification(tenant, submissionId);
  async function* audited(): AsyncGenerator<readonly AnsweredRow[]> {
    for await (const page of iterateAnsweredRows(tenant, submissionId)) {
      const named = listNamedPersons(persons, page);
      const event = { kind: "read" as const, insurerId, clientId, method: "SFTP", route: "INVR", status: 200 };
      if (named.length > 0) await insertAuditEvent(tx, { ...event, persons: named });
      yield page;
    }
  }
  yield* renderResultXml({ ...input, verification }, audited());
}
