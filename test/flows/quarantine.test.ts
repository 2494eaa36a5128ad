import { constants, zstdCompressSync } from "node:zlib";
import t from "tap";
import { replaySubmission } from "../../src/operator/quarantine.ts";
import { composeFile, composeNoise, composeRecord, composeRecords } from "./compose-file.ts";
import { type Insurer, LOG_LEVEL_ERROR, openIntake } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const ATTEMPTS = 2;

const flow = await openIntake(t, { processingAttempts: ATTEMPTS });
await loadTestRegister(t, flow.database);
const { owner: plain } = flow;

interface Chunk {
  readonly chunkNumber: number;
  readonly bytes: Buffer;
}

type Damage = (chunks: readonly Chunk[], file: string) => Chunk[];

/** A sound file of several stored chunks, of which one is damaged behind our back. */
async function receiveDamaged(insurer: Insurer, reference: string, damage: Damage) {
  const records = [...composeRecords(20, reference), ...composeNoise(30), composeRecord("R-LAST", { language: "fr" })];
  const file = composeFile({ sender: insurer.enterpriseNumber, reference, records, recordCount: 21 });
  const { submissionId } = await flow.receive(insurer, file);
  const chunks = await plain<Chunk[]>`
    select chunk_number as "chunkNumber", bytes from submission_payload where submission_id = ${submissionId}
    order by chunk_number`;
  if (chunks.length < 3) throw new Error("the file is too small for this test");
  await replaceChunks(insurer, submissionId, damage(chunks, file));
  return { submissionId, file, repair: () => replaceChunks(insurer, submissionId, chunks) };
}

async function replaceChunks({ insurerId }: Insurer, submissionId: string, chunks: readonly Chunk[]): Promise<void> {
  await plain`delete from submission_payload where submission_id = ${submissionId}`;
  for (const { chunkNumber, bytes } of chunks) {
    await plain`
      insert into submission_payload (insurer_id, submission_id, chunk_number, bytes)
      values (${insurerId}, ${submissionId}, ${chunkNumber}, ${bytes})`;
  }
}

const DAMAGES: Record<string, Damage> = {
  "garbage in place of the first chunk": ([first, ...others]) => [
    { ...first!, bytes: Buffer.from("garbage") },
    ...others,
  ],
  "the first chunk missing": (chunks) => chunks.slice(1),
  "all chunks missing": () => [],
  "a chunk in the middle missing": ([first, _second, ...others]) => [first!, ...others],
  "the last chunk missing": (chunks) => chunks.slice(0, -1),
  "the last byte missing": (chunks) => chunks.with(-1, cut(chunks.at(-1)!)),
  "one bit changed in the first chunk": (chunks) => chunks.with(0, flip(chunks[0]!, 0.9)),
  "one bit changed in the second chunk": (chunks) => chunks.with(1, flip(chunks[1]!, 0.5)),
  "one bit changed at the end": (chunks) => chunks.with(-1, flip(chunks.at(-1)!, 1)),
  "two chunks exchanged": ([first, second, third, ...others]) => [
    first!,
    { ...second!, bytes: third!.bytes },
    { ...third!, bytes: second!.bytes },
    ...others,
  ],
  "what is no longer well-formed, as its checksum tells at the end": (_chunks, file) => [
    spoil(file.replace("<new>", "<<new>")),
  ],
  "what lacks a record, as its checksum tells at the end": (_chunks, file) => [spoil(file.replace(/<record.*\n/, ""))],
};

/** Other bytes than were received, under a checksum that is not theirs. */
function spoil(file: string): Chunk {
  const bytes = zstdCompressSync(file, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  return flip({ chunkNumber: 0, bytes }, 1);
}

const cut = (chunk: Chunk): Chunk => ({ ...chunk, bytes: chunk.bytes.subarray(0, -1) });

function flip(chunk: Chunk, place: number): Chunk {
  const bytes = Buffer.from(chunk.bytes);
  const index = Math.min(Math.floor(bytes.length * place), bytes.length - 1);
  bytes[index]! ^= 0x10;
  return { ...chunk, bytes };
}

async function lookUp(submissionId: string): Promise<{ state: string; attempts: number; retryAt: Date | null }> {
  const [row] = await plain<{ state: string; attempts: number; retryAt: Date | null }[]>`
    select state, attempts, retry_at as "retryAt" from submission where submission_id = ${submissionId}`;
  return row!;
}

/** Lets the pause after a failed attempt be over. */
async function endPause(submissionId: string): Promise<void> {
  await plain`update submission set retry_at = now() where submission_id = ${submissionId}`;
}

const errorsOf = (submissionId: string) =>
  flow.logLines.filter((line) => line.level >= LOG_LEVEL_ERROR && line.submissionId === submissionId);

t.test(
  "damage of ours is never the sender's fault: the file waits for another attempt, nothing is merged",
  async (t) => {
    for (const [index, [what, damage]] of Object.entries(DAMAGES).entries()) {
      const insurer = await flow.admit();
      const { submissionId, repair } = await receiveDamaged(insurer, `DAMAGED-${index}`, damage);
      await flow.processAll();
      t.match(await lookUp(submissionId), { state: "received", attempts: 1 }, what);
      t.match(errorsOf(submissionId), [{ code: "processingFailed" }]);
      t.same(await flow.versions(insurer), []);
      await repair();
      await endPause(submissionId);
      await flow.processAll();
      t.match(await lookUp(submissionId), { state: "processed", attempts: 2 }, `${what}, repaired`);
      t.equal((await flow.versions(insurer)).length, 21);
    }
  },
);

t.test(
  "a submission that fails again and again is paused longer and longer, then quarantined with an alarm",
  async (t) => {
    const insurer = await flow.admit();
    const damage = DAMAGES["garbage in place of the first chunk"]!;
    const { submissionId, file, repair } = await receiveDamaged(insurer, "POISON", damage);
    const receipt = await flow.receive(insurer, file);

    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      await flow.processAll();
      const { retryAt, ...row } = await lookUp(submissionId);
      t.same(row, { state: "received", attempts: attempt });
      const pauseMs = retryAt!.getTime() - errorsOf(submissionId).at(-1)!.time;
      const expectedMs = 1_000 * 4 ** (attempt - 1);
      t.ok(pauseMs >= expectedMs && pauseMs < expectedMs + 900, `a pause of ${expectedMs} ms, found ${pauseMs}`);
      await endPause(submissionId);
    }
    await flow.processAll();
    t.match(await lookUp(submissionId), { state: "quarantined" });
    const alarms = errorsOf(submissionId);
    t.match(alarms, [
      { code: "processingFailed", attempt: 1, insurerId: insurer.insurerId },
      { code: "processingFailed", attempt: 2 },
      { code: "submissionQuarantined", level: LOG_LEVEL_ERROR, insurerId: insurer.insurerId },
    ]);
    t.equal(alarms.length, ATTEMPTS + 1);
    t.same(await flow.versions(insurer), []);

    await flow.processAll();
    t.equal(errorsOf(submissionId).length, alarms.length, "it is left alone from then on");
    const { state, endedAt } = await flow.find(insurer, submissionId);
    t.same({ state, endedAt }, { state: "quarantined", endedAt: undefined }, "the sender sees that it has not ended");
    t.same(await flow.receive(insurer, file), receipt, "and gets the same receipt for the same bytes");

    await repair();
    // What `infoss submissions replay` does.
    await flow.database.institute.begin((tx) => replaySubmission(tx, { account: "test" }, { submissionId }));
    await flow.processAll();
    t.match(await flow.find(insurer, submissionId), { state: "processed", counts: { received: 21, accepted: 21 } });
    t.equal((await flow.versions(insurer)).length, 21);
  },
);

t.test("while a submission fails, those behind it go on, its own insurer's and others'", async (t) => {
  const [insurer, other] = [await flow.admit(), await flow.admit()];
  await receiveDamaged(insurer, "POISON", DAMAGES["all chunks missing"]!);
  const own = composeFile({ sender: insurer.enterpriseNumber, reference: "OWN" });
  const { submissionId } = await flow.receive(insurer, own);
  const others = composeFile({ sender: other.enterpriseNumber, reference: "OTHER" });
  t.equal((await flow.submit(other, others)).state, "processed");
  t.equal((await flow.find(insurer, submissionId)).state, "processed");
});

t.test("a submission that ended with its process too often is quarantined without another attempt", async (t) => {
  const insurer = await flow.admit();
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: "CRASHER" });
  const { submissionId } = await flow.receive(insurer, file);
  // What a process leaves that was killed during its last attempt.
  await plain`update submission set state = 'processing', attempts = ${ATTEMPTS} where submission_id = ${submissionId}`;
  await flow.processAll();
  t.match(await lookUp(submissionId), { state: "quarantined" });
  t.match(errorsOf(submissionId), [{ code: "submissionQuarantined" }]);
  t.same(await flow.versions(insurer), []);
});

t.test("a submission that a killed process left behind is taken up at once", async (t) => {
  const insurer = await flow.admit();
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: "LEFT" });
  const { submissionId } = await flow.receive(insurer, file);
  await plain`update submission set state = 'processing', attempts = 1 where submission_id = ${submissionId}`;
  await flow.processAll();
  t.match(await lookUp(submissionId), { state: "processed", attempts: 2 });
});
