import { createHash } from "node:crypto";
import type { Sql, TransactionSql } from "../../src/database/sql.ts";
import { createTenant } from "../../src/database/tenant-scope.ts";
import { readPayload } from "../../src/intake/payload-store.ts";

/** What a database holds in the end, instants and generated ids left out; `digest` is over the sorted lines. */
export interface Outcome {
  readonly digest: string;
  readonly lines: readonly string[];
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** Their submissions use up no reference: a sender whose receipt was lost gets the same answer under a ticket of its own. */
const REPEATABLE = ["refused", "tested"];

/** Reads contracts, versions, outcomes of records, submissions and insurers, each named by what its sender calls it. */
export async function readOutcome(sql: Sql | TransactionSql): Promise<Outcome> {
  const rename = await nameIds(sql);
  const lines = [
    ...(await readContracts(sql)),
    ...(await readVersions(sql)),
    ...(await readRecordResults(sql)),
    ...(await readQuietResults(sql)),
    ...(await readSubmissions(sql)),
    ...(await sql`select 'insurer' as what, enterprise_number, phase, initial_load_completed_at is not null as completed from insurer`),
  ].map((row) => JSON.stringify(row).replace(UUID, rename));
  lines.sort();
  return { digest: createHash("sha256").update(lines.join("\n")).digest("hex"), lines };
}

/** Ids occur in findings (`contractExists`, `sameRecordsAsEarlier`): there they become what they name. */
async function nameIds(sql: Sql | TransactionSql): Promise<(id: string) => string> {
  const rows = await sql<{ id: string; name: string }[]>`
    select submission_id as id, 'submission ' || coalesce(reference, '-') as name from submission
    union all
    select contract_id, 'contract ' || contract_number || ' ' || inami_root from contract`;
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

const readContracts = (sql: Sql | TransactionSql) => sql`
  select 'contract' as what, i.enterprise_number, c.contract_number, c.inami_root, c.start_on, c.cancelled_at is not null as cancelled
  from contract c join insurer i using (insurer_id)`;

const readVersions = (sql: Sql | TransactionSql) => sql`
  select 'version' as what, i.enterprise_number, c.contract_number, c.inami_root, v.version, v.valid_from, v.valid_before,
    v.superseded_at is not null as superseded, v.inami_number, v.contract_kind, v.ssin, v.solidarity, v.language,
    v.payment_reference, v.end_on, v.end_reason, v.action, s.reference, v.record_number,
    v.reason, v.actor
  from contract_version v join contract c using (insurer_id, contract_id) join submission s using (insurer_id, submission_id)
    join insurer i using (insurer_id)`;

const readRecordResults = (sql: Sql | TransactionSql) => sql`
  select 'result' as what, i.enterprise_number, s.reference, r.record_number, r.sender_reference, r.outcome, r.findings,
    r.byte_offset, r.byte_length
  from record_result r join submission s using (insurer_id, submission_id) join insurer i using (insurer_id)`;

const readQuietResults = (sql: Sql | TransactionSql) => sql`
  select 'quiet' as what, i.enterprise_number, s.reference, q.outcome, q.block_number, q.record_count, q.record_numbers,
    q.sender_references
  from quiet_result_block q join submission s using (insurer_id, submission_id) join insurer i using (insurer_id)`;

async function readSubmissions(sql: Sql | TransactionSql): Promise<object[]> {
  const rows = await sql`
    select 'submission' as what, i.enterprise_number, s.reference, s.state, s.channel, s.environment, s.kind, s.sequence, s.held_reason, s.header,
      s.byte_length, encode(s.sha256, 'hex') as sha256, encode(s.records_sha256, 'hex') as records_sha256, s.bytes_read,
      s.records_read, s.accepted_count, s.accepted_with_warnings_count, s.unchanged_count, s.rejected_count, s.findings
    from submission s join insurer i using (insurer_id)`;
  const seen = new Set<string>();
  return rows.filter((row) => {
    if (!REPEATABLE.includes(row.state)) return true;
    const key = JSON.stringify(row).replace(UUID, "");
    return !seen.has(key) && seen.add(key);
  });
}

/** Outcomes by state or outcome, to see that the inputs made all of them occur. */
export async function countOutcomes(sql: Sql): Promise<Record<string, number>> {
  const rows = await sql<{ name: string; count: number }[]>`
    select outcome as name, count(*) as count from record_result group by 1
    union all select 'quiet ' || outcome, sum(record_count)::bigint from quiet_result_block group by 1
    union all select state, count(*) from submission group by 1`;
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** Submissions whose stored bytes are not those received, and stored bytes that belong to no submission. */
export async function findDamagedPayloads(sql: Sql): Promise<string[]> {
  const orphans = await sql<{ submissionId: string }[]>`
    select distinct submission_id as "submissionId" from submission_payload p where not exists (
      select 1 from submission s where s.insurer_id = p.insurer_id and s.submission_id = p.submission_id)`;
  const damaged = orphans.map(({ submissionId }) => `${submissionId} has bytes but no submission`);
  const submissions = await sql<{ insurerId: number; submissionId: string; sha256: Buffer }[]>`
    select insurer_id as "insurerId", submission_id as "submissionId", sha256 from submission`;
  for (const { insurerId, submissionId, sha256 } of submissions) {
    const hash = createHash("sha256");
    for await (const bytes of readPayload(createTenant(sql, sql, insurerId), submissionId)) hash.update(bytes);
    if (!hash.digest().equals(sha256)) damaged.push(`${submissionId} has other bytes than were received`);
  }
  return damaged;
}

/**
 * Submissions that somebody could see half merged at this moment: outcomes or versions before the end, or fewer
 * outcomes than records after it, or an accepted record that left no version (exchange.md section 1, guarantees 3 and 4). One statement, so one snapshot.
 */
export async function findHalfMerged(sql: Sql): Promise<string[]> {
  const rows = await sql<{ reference: string }[]>`
    with versions as (select submission_id, count(distinct record_number) as versions from contract_version group by 1),
      telling as (select submission_id, count(*) as telling from record_result group by 1),
      quiet as (select submission_id, sum(record_count) as quiet from quiet_result_block group by 1)
    select s.reference from submission s
      left join versions using (submission_id) left join telling using (submission_id) left join quiet using (submission_id)
    where case when s.state = 'processed'
      then coalesce(telling, 0) + coalesce(quiet, 0) <> s.records_read
        or coalesce(versions, 0) <> s.accepted_count + s.accepted_with_warnings_count
      else coalesce(versions, telling, quiet) is not null end`;
  return rows.map(({ reference }) => reference);
}
