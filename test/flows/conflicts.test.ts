import t from "tap";
import { CONFLICT_ATTEMPTS } from "../../src/database/retry-conflicts.ts";
import type { RecordCall } from "../../src/intake/record-call.ts";
import { submitRecord } from "../../src/intake/submit-record.ts";
import { composeFile, composeRecord, GOOD_FIELDS } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const PROCESSING_ATTEMPTS = 3;
const ALWAYS = 1_000;
const flow = await openIntake(t, { processingAttempts: PROCESSING_ATTEMPTS });
await loadTestRegister(t, flow.database);

/** Numbers drawn from a sequence survive a rollback: so many of the next writes of versions meet another transaction. */
async function failNext(count: number, code = "40001"): Promise<void> {
  await flow.owner.unsafe(`
    create or replace function meet_another() returns trigger language plpgsql security definer as $$
    begin
      if nextval('met') <= ${ALWAYS} then raise exception 'met another transaction' using errcode = '${code}'; end if;
      return new;
    end $$`);
  await flow.owner`select setval('met', ${ALWAYS - count + 1}, false)`;
}

const countMet = async () => {
  const [row] = await flow.owner<{ tries: number }[]>`select last_value - ${ALWAYS} as tries from met`;
  return row!.tries;
};

t.before(async () => {
  await flow.owner`create sequence met`;
  await failNext(0);
  await flow.owner`create trigger met before insert on contract_version for each statement execute function meet_another()`;
});

async function admitLive(): Promise<Insurer> {
  const insurer = await flow.admit();
  await flow.owner`update insurer set phase = 'live', initial_load_completed_at = now()`;
  return insurer;
}

const declare = (insurer: Insurer, reference: string) => {
  const values = { ...GOOD_FIELDS, contractNumber: reference } as RecordCall["values"];
  const call: RecordCall = { reference, action: "new", values };
  return submitRecord(flow.intake, { insurer, actor: "test", alsoCommit: async () => {} }, call);
};

for (const code of ["40001", "40P01"]) {
  t.test(`a call whose transaction is given up (${code}) is made again, and counts once`, async (t) => {
    const insurer = await admitLive();
    await failNext(CONFLICT_ATTEMPTS - 1, code);
    const { result, repeated } = await declare(insurer, "K-1");
    t.same([result.outcome, repeated], ["accepted", false]);
    t.equal((await flow.versions(insurer)).length, 1);
    t.equal((await declare(insurer, "K-1")).repeated, true);
  });
}

t.test("it is made again so often and no more, and leaves its key free", async (t) => {
  const insurer = await admitLive();
  await failNext(CONFLICT_ATTEMPTS);
  await t.rejects(declare(insurer, "K-1"), { code: "40001" });
  t.equal(await countMet(), 0, "as often as it was to fail, not once more");
  t.equal((await flow.versions(insurer)).length, 0);
  t.equal((await declare(insurer, "K-1")).result.outcome, "accepted");
});

t.test("what is wrong otherwise is not tried again", async (t) => {
  const insurer = await admitLive();
  await failNext(CONFLICT_ATTEMPTS, "23P01");
  await t.rejects(declare(insurer, "K-1"), { code: "23P01" });
  t.equal(await countMet(), 1 - CONFLICT_ATTEMPTS);
  await failNext(0);
});

/** Sends a delta and has it processed as often as it is given back, without waiting in between. */
async function processDelta(insurer: Insurer): Promise<string> {
  const root = { sender: insurer.enterpriseNumber, kind: "delta", attributes: ' sequence="1"' };
  const { submissionId } = await flow.receive(
    insurer,
    composeFile({ ...root, reference: "D-1", records: [composeRecord("R-1")] }),
  );
  for (let attempt = 1; attempt <= PROCESSING_ATTEMPTS + 1; attempt += 1) {
    await flow.processAll();
    await flow.owner`update submission set retry_at = null where submission_id = ${submissionId}`;
  }
  return (await flow.find(insurer, submissionId)).state;
}

t.test("a delta is processed again, as often as a submission may be, then set aside", async (t) => {
  const [one, other] = [await admitLive(), await admitLive()];
  await failNext(PROCESSING_ATTEMPTS - 1);
  t.equal(await processDelta(one), "processed");
  t.equal((await flow.versions(one)).length, 1);
  await failNext(PROCESSING_ATTEMPTS);
  t.equal(await processDelta(other), "quarantined");
  t.equal(await countMet(), 0);
  t.equal((await flow.versions(other)).length, 0);
});
