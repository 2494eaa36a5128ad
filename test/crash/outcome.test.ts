import t from "tap";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { openIntake } from "../flows/open-intake.ts";
import { loadTestRegister, PROVIDERS } from "../flows/test-register.ts";
import { readOutcome } from "./outcome.ts";

/** What a crash could damage, and the digest must show. */
const DAMAGES: readonly string[] = [
  "update contract set start_on = start_on + 1 where contract_number = 'C-1'",
  "update contract set cancelled_at = now() where contract_number = 'C-1'",
  "update contract_version set solidarity = not solidarity where record_number = 1",
  "update contract_version set superseded_at = now() where record_number = 1",
  "delete from contract_version where record_number = 1",
  `insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind,
     solidarity, action, submission_id, record_number)
   select insurer_id, contract_id, 2, valid_from, recorded_at, inami_number, contract_kind, solidarity, action,
     submission_id, record_number from contract_version where record_number = 1`,
  "update record_result set outcome = 'accepted' where outcome = 'rejected'",
  "update record_result set findings = '[]' where outcome = 'rejected'",
  "delete from record_result where outcome = 'rejected'",
  "update quiet_result_block set sender_references = sender_references || sender_references",
  "delete from quiet_result_block",
  "update submission set state = 'quarantined' where state = 'processed'",
  "update submission set accepted_count = accepted_count + 1, rejected_count = rejected_count - 1 where state = 'processed'",
  "update submission set findings = '[]' where state = 'processed' and findings <> '[]'",
  "update submission set reference = 'ANOTHER' where reference = 'FIRST'",
  "update insurer set phase = 'live'",
];

/** What differs from run to run although nothing is wrong. */
const DIFFERENCES: readonly string[] = [
  "update submission set received_at = now(), ended_at = now(), attempts = attempts + 3, retry_at = now(), receipt_jws = ''",
  "update contract_version set recorded_at = now()",
  `insert into submission (insurer_id, submission_id, channel, state, reference, environment, kind, header, byte_length,
     sha256, records_sha256, bytes_read, records_read, findings, receipt_jws, received_at, ended_at)
   select insurer_id, gen_random_uuid(), channel, state, reference, environment, kind, header, byte_length,
     sha256, records_sha256, bytes_read, records_read, findings, receipt_jws, now(), now() from submission where state = 'refused'`,
];

t.test("the digest shows every damage, and nothing that differs by itself", async (t) => {
  const flow = await openIntake(t);
  await loadTestRegister(t, flow.database);
  const insurer = await flow.admit();
  const sender = insurer.enterpriseNumber;
  const records = [
    composeRecord("R-1"),
    composeRecord("R-2", { contractNumber: "C-2", inamiNumber: PROVIDERS.replaced.inamiNumber }),
    composeRecord("R-3", { contractNumber: "C-3", contractKind: "unheardOf" }),
    composeRecord("R-4", { contractNumber: "C-4" }),
  ];
  await flow.submit(insurer, composeFile({ sender, reference: "FIRST", records }));
  await flow.submit(insurer, composeFile({ sender, reference: "AGAIN", records }));
  await flow.submit(insurer, composeFile({ sender, reference: "REFUSED", recordCount: 7 }));
  const { digest } = await readOutcome(flow.owner);

  const digestAfter = async (statement: string): Promise<string | undefined> => {
    let changed: string | undefined;
    const leaveNothing = new Error("rolled back");
    await runTransaction(flow.owner, async (tx) => {
      // Damage that the guards of the database refuse could still be done with the files of the database itself.
      await tx`set local session_replication_role = replica`;
      const { count } = await tx.unsafe(statement);
      t.ok(count > 0, "it changes something");
      changed = (await readOutcome(tx)).digest;
      throw leaveNothing;
    }).catch((error: unknown) => {
      if (error !== leaveNothing) throw error;
    });
    return changed;
  };
  for (const damage of DAMAGES) t.not(await digestAfter(damage), digest, damage);
  for (const difference of DIFFERENCES) t.equal(await digestAfter(difference), digest, difference);
});
