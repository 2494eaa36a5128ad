import { withClient } from "../bench-database.ts";

export interface ReadStore {
  readonly insurerId: number;
  /** Of the insurer that asks. */
  readonly ownIds: readonly string[];
  /** Of another insurer. */
  readonly foreignIds: readonly string[];
}

/** Copies the one submission of a database `count` times for each insurer in it; the first insurer is the one that asks. */
export async function multiplySubmission(url: string, submissionId: string, count: number): Promise<ReadStore> {
  return await withClient(url, async (sql) => {
    const [own] = await sql<{ insurerId: number }[]>`
      select insurer_id as "insurerId" from submission where submission_id = ${submissionId}`;
    const copies = await sql<{ insurerId: number; submissionId: string }[]>`
      insert into submission
      select copy.* from submission s cross join insurer i cross join generate_series(1, ${count}::int) number
      cross join lateral jsonb_populate_record(s, jsonb_build_object('insurer_id', i.insurer_id,
        'submission_id', uuidv7(), 'reference', 'COPY-' || number)) copy
      where s.submission_id = ${submissionId}
      returning insurer_id as "insurerId", submission_id as "submissionId"`;
    await sql`vacuum analyze submission`;
    await sql`checkpoint`;
    const { insurerId } = own!;
    return {
      insurerId,
      ownIds: copies.filter((copy) => copy.insurerId === insurerId).map((copy) => copy.submissionId),
      foreignIds: copies.filter((copy) => copy.insurerId !== insurerId).map((copy) => copy.submissionId),
    };
  });
}
