import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { createStagingTable } from "../../src/database/staged-records.ts";
import { insertRecordOutcomes } from "../../src/intake/record-outcomes.ts";
import { BLOCK_RECORDS, iterateReportRecords, listRecordResults } from "../../src/intake/record-results.ts";
import { RECORD_OUTCOMES, type RecordOutcome } from "../../src/intake/submission.ts";
import { composeFile } from "../flows/compose-file.ts";
import { openIntake } from "../flows/open-intake.ts";

const flow = await openIntake(t);
const insurer = await flow.admit();
const { insurerId } = insurer;

/** Whether the record has a finding: a rejected record always has one, an accepted one without warning never. */
type Kind = "accepted" | "acceptedWithWarnings" | "unchanged" | "unchangedWithWarning" | "rejected";
const KINDS: readonly Kind[] = ["accepted", "acceptedWithWarnings", "unchanged", "unchangedWithWarning", "rejected"];

interface Result {
  readonly recordNumber: number;
  readonly outcome: RecordOutcome;
  readonly senderReference: string;
  readonly codes: string;
}

let references = 0;

/** Writes the outcomes of a submission as processing does, one record of each kind given. */
async function writeOutcomes(kinds: readonly Kind[]): Promise<{ submissionId: string; results: Result[] }> {
  references += 1;
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: `OUTCOMES-${references}` });
  const { submissionId } = await flow.receive(insurer, file);
  const counts = await flow.database.asInsurer(insurerId).run(async (tx) => {
    await createStagingTable(tx);
    await tx`
      insert into staged (record_number, line, byte_offset, byte_length, sender_reference, blocked, unchanged, findings)
      select number, 1, 0, 1, 'S-' || number, kind = 'rejected', kind like 'unchanged%',
        case when kind not in ('accepted', 'unchanged') then '[{"code": "ssinMismatch"}]'::jsonb end
      from unnest(${[...kinds]}::text[]) with ordinality as sent (kind, number)`;
    return await insertRecordOutcomes(tx, insurerId, submissionId);
  });
  const results = kinds.map((kind, index) => ({
    recordNumber: index + 1,
    outcome: kind === "unchangedWithWarning" ? ("unchanged" as const) : kind,
    senderReference: `S-${index + 1}`,
    codes: kind === "accepted" || kind === "unchanged" ? "" : "ssinMismatch",
  }));
  const count = (outcome: RecordOutcome) => results.filter((result) => result.outcome === outcome).length;
  const expected = Object.fromEntries(RECORD_OUTCOMES.map((outcome) => [outcome, count(outcome)]));
  assert.deepEqual({ ...counts }, { received: kinds.length, ...expected });
  return { submissionId, results };
}

interface Page {
  readonly outcomes: readonly RecordOutcome[];
  readonly afterRecordNumber: number;
  readonly limit: number;
}

async function read(submissionId: string, page: Page): Promise<Result[]> {
  const found = await listRecordResults(flow.database.asInsurer(insurerId), submissionId, page);
  return found.map(({ recordNumber, outcome, senderReference, findings }) => ({
    recordNumber,
    outcome,
    senderReference: senderReference ?? "",
    codes: findings.map((finding) => finding.code).join(),
  }));
}

function pick(results: readonly Result[], { outcomes, afterRecordNumber, limit }: Page): Result[] {
  return results
    .filter((result) => outcomes.includes(result.outcome) && result.recordNumber > afterRecordNumber)
    .slice(0, limit);
}

/** A file as runs of records, each a short pattern of kinds repeated, long enough to fill blocks unevenly. */
const someRuns = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 3 }),
    fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 1_100 })),
  ),
  { minLength: 1, maxLength: 6 },
);

const somePage = fc.record({
  outcomes: fc.oneof(fc.constant(RECORD_OUTCOMES), fc.subarray([...RECORD_OUTCOMES], { minLength: 1 })),
  afterRecordNumber: fc.oneof(
    fc.constantFrom(0, BLOCK_RECORDS - 1, BLOCK_RECORDS, 2 * BLOCK_RECORDS - 1),
    fc.integer({ min: 0, max: 5_000 }),
  ),
  limit: fc.oneof(fc.constantFrom(1, 2, 500, BLOCK_RECORDS), fc.integer({ min: 1, max: 2_500 })),
});

t.test("any page of any outcomes is the part of all results that it asks for", async (t) => {
  const property = fc.asyncProperty(
    someRuns,
    fc.array(somePage, { minLength: 20, maxLength: 20 }),
    async (runs, pages) => {
      const kinds = runs.flatMap(([pattern, length]) => Array.from({ length }, (_, i) => pattern[i % pattern.length]!));
      const { submissionId, results } = await writeOutcomes(kinds);
      for (const page of pages) {
        const [found, wanted] = [await read(submissionId, page), pick(results, page)];
        if (JSON.stringify(found) !== JSON.stringify(wanted)) {
          throw new Error(`${JSON.stringify(page)}: ${found.length} results where ${wanted.length} were expected`);
        }
      }
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 16, interruptAfterTimeLimit: 20_000 }));
});

t.test("a page reaches every quiet outcome of a thousand records, not only the most frequent one", async (t) => {
  const kinds = Array.from({ length: 3_000 }, (_, index) => (index % 100 === 7 ? "unchanged" : "accepted") as Kind);
  const { submissionId, results } = await writeOutcomes(kinds);
  for (const limit of [1, 10, 600, 989, 1_000]) {
    const paged: Result[] = [];
    for (let afterRecordNumber = 0; ; afterRecordNumber = paged.at(-1)!.recordNumber) {
      const page = await read(submissionId, { outcomes: RECORD_OUTCOMES, afterRecordNumber, limit });
      paged.push(...page);
      if (page.length < limit || (limit < 10 && paged.length > 30)) break;
    }
    t.same(paged, results.slice(0, paged.length), `pages of ${limit}`);
    if (limit >= 10) t.equal(paged.length, results.length);
  }
});

t.test("a report goes through all records that are not plainly accepted, in order", async (t) => {
  const kinds = Array.from({ length: 2_600 }, (_, index) => KINDS[(index * index) % KINDS.length]!);
  const { submissionId, results } = await writeOutcomes(kinds);
  const reported: number[] = [];
  for await (const page of iterateReportRecords(flow.database.asInsurer(insurerId), submissionId)) {
    reported.push(...page.map((result) => result.recordNumber));
  }
  const wanted = results.filter((result) => result.outcome !== "accepted").map((result) => result.recordNumber);
  t.same(reported, wanted);
  t.ok(wanted.length > 1_000, "over several pages");
});

t.test("nobody sees the results of another insurer", async (t) => {
  const { submissionId } = await writeOutcomes(["accepted", "rejected"]);
  const other = await flow.admit();
  const page = { outcomes: RECORD_OUTCOMES, afterRecordNumber: 0, limit: 10 };
  t.same(await listRecordResults(flow.database.asInsurer(other.insurerId), submissionId, page), []);
});
