import type { Sql } from "../database/connection.ts";
import type { InsurerPhase } from "./identity-tables.ts";

/** Whom a registered client certificate speaks for. */
export interface CertificateHolder {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly name: string;
  readonly phase: InsurerPhase;
}

/** The holder of a certificate by the SHA-256 of its DER, unless it was revoked or never registered. */
export async function findCertificateHolder(sql: Sql, thumbprint: Buffer): Promise<CertificateHolder | undefined> {
  const [row] = await sql<CertificateHolder[]>`
    select i.insurer_id as "insurerId", i.enterprise_number as "enterpriseNumber", i.name, i.phase
    from client_certificate c join client_grant g using (client_id) join insurer i using (insurer_id)
    where c.thumbprint = ${thumbprint} and c.revoked_at is null`;
  return row;
}

export interface NewInsurer {
  readonly enterpriseNumber: string;
  readonly name: string;
  /** SHA-256 of the DER of its first client certificate. */
  readonly thumbprint: Buffer;
}

/** Admits an insurer to its initial load and registers its certificate; what is there already stays as it is. */
export async function upsertInsurer(sql: Sql, insurer: NewInsurer): Promise<number> {
  const clientId = `insurer-${insurer.enterpriseNumber}`;
  const now = new Date();
  const [row] = await sql<{ insurerId: number }[]>`
    with admitted as (
      insert into insurer (enterprise_number, name, phase) values (${insurer.enterpriseNumber}, ${insurer.name}, 'loading')
      on conflict (enterprise_number) do update set enterprise_number = excluded.enterprise_number
      returning insurer_id),
    known as (
      insert into client (client_id, name, kind, scopes, created_at)
      values (${clientId}, ${insurer.name}, 'insurer', '{}', ${now}) on conflict (client_id) do nothing),
    granted as (
      insert into client_grant (client_id, insurer_id, valid_from, granted_at)
      select ${clientId}, insurer_id, '2020-01-01', ${now} from admitted on conflict do nothing),
    registered as (
      insert into client_certificate (thumbprint, client_id, not_after, registered_at)
      values (${insurer.thumbprint}, ${clientId}, '2099-01-01', ${now}) on conflict (thumbprint) do nothing)
    select insurer_id as "insurerId" from admitted`;
  return row!.insurerId;
}
