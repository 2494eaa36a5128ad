import { X509Certificate } from "node:crypto";
import type { Sql } from "../database/sql.ts";

/** Certificates that verify the signatures of a client's files; expired ones too: whoever verifies looks at the day. */
export async function listSigningCertificates(sql: Sql, clientId: string): Promise<X509Certificate[]> {
  const rows = await sql<{ certificate: Buffer }[]>`
    select certificate from client_signing_certificate where client_id = ${clientId} and revoked_at is null
    order by registered_at`;
  return rows.map(({ certificate }) => new X509Certificate(certificate));
}
