import t from "tap";
import { listEvents } from "../../src/events/feed.ts";
import { settleOverdueDeltas } from "../../src/intake/delta-queue.ts";
import { insertNotices } from "../../src/operator/notices.ts";
import { replaySubmission } from "../../src/operator/quarantine.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { type Insurer, openIntake } from "../flows/open-intake.ts";
import { loadTestRegister } from "../flows/test-register.ts";

const flow = await openIntake(t, { processingAttempts: 1 });
const { database, owner } = flow;
await loadTestRegister(t, database);

const delta = (insurer: Insurer, sequence: number) =>
  composeFile({
    sender: insurer.enterpriseNumber,
    reference: `D-${sequence}`,
    kind: "delta",
    attributes: ` sequence="${sequence}"`,
    records: [composeRecord("R-1", { contractNumber: `C-${sequence}` })],
  });

async function openLive(): Promise<Insurer> {
  const insurer = await flow.admit();
  const load = { sender: insurer.enterpriseNumber, reference: "LOAD", records: [], complete: true };
  await flow.submit(insurer, composeFile(load));
  return insurer;
}

async function told({ insurerId }: Insurer): Promise<string[]> {
  const events = await listEvents(database.asInsurer(insurerId), { after: 0, limit: 100 });
  return events.map(({ kind, details }) =>
    [kind, details.reference, details.heldReason, details.awaitedSequence].filter(Boolean).join(" "),
  );
}

t.test("a submission is told of when it is held, released, processed", async (t) => {
  const insurer = await openLive();
  await flow.receive(insurer, delta(insurer, 2));
  await flow.submit(insurer, delta(insurer, 1));
  await flow.processAll();
  t.same(await told(insurer), [
    "submissionProcessed LOAD",
    "submissionHeld D-2 sequenceGap 1",
    "submissionReleased D-2",
    "submissionProcessed D-1",
    "submissionProcessed D-2",
  ]);
});

t.test("when it is refused: at once, after reading it, and after a gap that was not filled", async (t) => {
  const insurer = await openLive();
  await flow.receive(insurer, delta(insurer, 1).replace("</", "<<"));
  await flow.processAll();
  await flow.receive(insurer, delta(insurer, 5));
  await flow.receive(insurer, delta(insurer, 5).replaceAll("D-5", "D-5B"));
  await settleOverdueDeltas(flow.intake, new Date(Date.now() + 25 * 3_600_000));
  t.same(await told(insurer), [
    "submissionProcessed LOAD",
    "submissionRefused D-1",
    "submissionHeld D-5 sequenceGap 1",
    "submissionRefused D-5B",
    "submissionRefused D-5",
  ]);
});

t.test("when it is quarantined, and released by its replay", async (t) => {
  const insurer = await openLive();
  const { submissionId } = await flow.receive(insurer, delta(insurer, 1));
  await owner`update submission set attempts = 1 where submission_id = ${submissionId}`;
  await flow.processAll();
  await database.institute.begin((tx) => replaySubmission(tx, { account: "test" }, { submissionId }));
  await flow.processAll();
  t.same(await told(insurer), [
    "submissionProcessed LOAD",
    "submissionQuarantined D-1",
    "submissionReleased",
    "submissionProcessed D-1",
  ]);
});

t.test("a notice of what expires is in the feed too", async (t) => {
  const insurer = await flow.admit();
  const details = { clientId: "c", subject: "ab", expiresAt: "2027-01-21T09:00:00.000Z", daysBefore: 60 };
  await database.institute.begin((tx) =>
    insertNotices(tx, [insurer.insurerId], { kind: "certificateExpires", details }),
  );
  const [event] = await listEvents(database.asInsurer(insurer.insurerId), { after: 0, limit: 100 });
  t.match(event, { kind: "certificateExpires", details, position: 1 });
});
