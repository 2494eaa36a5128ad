import { CONTRACT_FILE_NAMESPACE } from "../../formats/contract-file/contract-file-vocabulary.ts";
import { ask, type DemoCall, follow, sendFile } from "./client.ts";
import type { DemoStage } from "./stage.ts";

const EFFECTIVE_ON = "2026-07-01";
const END_ON = "2026-12-31";

/** A contract that the deltas changed, and the instant at which nothing of that was known yet. */
export interface ChangedContract {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly knownBefore: string;
}

/** Insurer Alpha ends its initial load and sends two deltas in the wrong order: one is held until the other is there. */
export async function sendDeltas({ call, say }: DemoStage): Promise<ChangedContract> {
  await call("POST", "/initialLoad/complete");
  const { contractId, contractNumber, inamiRoot, changedAt } = await pickContract(call);
  const key = `<contractNumber>${contractNumber}</contractNumber><inamiNumber>${inamiRoot}</inamiNumber>`;
  const close = `<close>${key}<endOn>${END_ON}</endOn><reason>terminated</reason></close>`;
  const modify =
    `<modify>${key}<effectiveOn>${EFFECTIVE_ON}</effectiveOn><contractKind>combined</contractKind>` +
    "<solidarity>true</solidarity></modify>";

  const second = await sendFile(call, composeDelta(2, close));
  const held = await ask(call, `/submissions/${second.submissionId}`);
  say(
    `the initial load has ended; delta 2 comes first (contract ${contractNumber} ends on ${END_ON}): state ${held.state}, ` +
      `${held.heldReason}, until ${held.heldUntil}`,
  );
  const first = await sendFile(call, composeDelta(1, modify));
  say(`delta 1 comes (another content from ${EFFECTIVE_ON} on): state ${first.state}`);
  for (const { submissionId } of [first, second]) {
    const { state, sequence, counts } = await follow(call, submissionId);
    say(`delta ${sequence}: state ${state}, ${counts?.accepted} of ${counts?.received} records accepted`);
    if (state !== "processed") throw new Error(`delta ${sequence} was not processed`);
  }
  return { contractId, contractNumber, knownBefore: changedAt };
}

/** One that held a single content all the time, begun before the day of the modification. */
async function pickContract(call: DemoCall) {
  const { items } = await ask(call, "/contracts/query", { contractKind: "socialPlci", state: "active" });
  const found = items.find(
    ({ startOn, endOn, periods }: { startOn: string; endOn?: string; periods: readonly unknown[] }) =>
      startOn < EFFECTIVE_ON && endOn === undefined && periods.length === 1,
  );
  if (!found) throw new Error("the initial load holds no such contract");
  return found;
}

function composeDelta(sequence: number, record: string): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<contractFile xmlns="${CONTRACT_FILE_NAMESPACE}" sender="0403019261" reference="ALPHA-DELTA-${sequence}" environment="S" kind="delta"
              sequence="${sequence}" createdAt="2026-11-22T12:00:00+01:00" recordCount="1">
  <record senderReference="D-1">${record}</record>
</contractFile>
`);
}
