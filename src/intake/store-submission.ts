import type { TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import { takeHoldOrder } from "../spaces/simulations/simulation-orders.ts";
import { type Admission, admitHeader } from "./admit-header.ts";
import type { CandidateInsurer } from "./candidate-insurer.ts";
import { lockDeltaQueue, placeArrival, settleDeltas } from "./delta-queue.ts";
import type { Intake } from "./intake.ts";
import { deletePayload } from "./payload-store.ts";
import { placeInRoot } from "./place-in-root.ts";
import { readReceipt, type SignedReceipt } from "./receipt.ts";
import type { SubmissionHeader } from "./root-peek.ts";
import type { Channel } from "./submission.ts";

export interface Reception {
  readonly submissionId: string;
  readonly receipt: SignedReceipt;
  /** True when the same reference with the same bytes was received before: this is its first ticket and receipt. */
  readonly repeated: boolean;
}

/** What is known of a file once its bytes are stored. */
export interface Arrival {
  readonly insurer: CandidateInsurer;
  readonly isOnlyCandidate: boolean;
  readonly channel: Channel;
  readonly actor: string | undefined;
  readonly fileName: string | undefined;
  readonly isDryRun: boolean;
  readonly refusals: readonly Finding[];
  readonly submissionId: string;
  readonly byteLength: number;
  readonly sha256: Buffer;
  readonly header: SubmissionHeader | undefined;
  readonly rootRefusal: Finding | undefined;
}

/**
 * Stores what arrived as a submission, or finds the one that it repeats: identity in the order of exchange.md section 1, a
 * known reference decides before anything else does.
 */
export async function storeSubmission(intake: Intake, tx: TransactionSql, arrival: Arrival): Promise<Reception> {
  const { header, refusals } = arrival;
  if (!header) {
    const findings = [...refusals, arrival.rootRefusal ?? ({ code: "emptyFile" } as const)];
    return (await insertSubmission(intake, tx, arrival, { state: "refused", findings }))!;
  }
  if (refusals.length > 0) {
    const { findings } = await admitHeader(intake, tx, arrival, header);
    return (await insertSubmission(intake, tx, arrival, { state: "refused", findings: [...refusals, ...findings] }))!;
  }
  if (arrival.isDryRun) return await storeDryRun(intake, tx, arrival, header);
  const { insurerId } = arrival.insurer;
  // Before its reference is looked for: of two transfers of one delta the second must find the first, not its number.
  if (header.kind === "delta") await lockDeltaQueue(tx, insurerId);
  // Asked together: nearly always both answers are needed.
  const [earlier, admitted] = await Promise.all([
    findEarlier(tx, arrival, header),
    admitHeader(intake, tx, arrival, header),
  ]);
  if (earlier) return await repeatOrRefuse(intake, tx, arrival, header, earlier);
  const receivedAt = new Date();
  const admission = await holdIfOrdered(
    intake,
    tx,
    arrival,
    await placeAdmitted(tx, arrival, header, admitted, receivedAt),
  );
  const inserted = await insertSubmission(intake, tx, arrival, admission, receivedAt);
  // It may be what others waited for.
  if (inserted && header.kind === "delta") await settleDeltas(tx, insurerId, receivedAt);
  if (inserted) return inserted;
  // Another transfer took the reference or the name a moment ago and has committed by now.
  const winner = await findEarlier(tx, arrival, header);
  // Missing only if it ended refused or cancelled between the two statements: the sender's retry will do.
  if (!winner) throw new Error("the submission that held the reference ended while the two were compared");
  return await repeatOrRefuse(intake, tx, arrival, header, winner);
}

/**
 * A dry run is told what would refuse the real one now; it takes no place itself. The file as it was sent before would
 * get its first receipt: then the dry run is of what it did.
 */
async function storeDryRun(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  header: SubmissionHeader,
): Promise<Reception> {
  const admission = await admitHeader(intake, tx, arrival, header);
  const earlier = await findEarlier(tx, arrival, header);
  const isAgain = earlier?.sha256.equals(arrival.sha256) === true;
  const findings: Finding[] = [...admission.findings];
  if (earlier && !isAgain) findings.push(referenceReused(header, earlier));
  else if (header.sequence !== undefined && !isAgain && admission.state === "received") {
    const placed = await placeArrival(tx, arrival.insurer.insurerId, header.sequence, new Date());
    if ("findings" in placed) findings.push(...placed.findings);
  }
  const state = findings.length > 0 ? "refused" : admission.state;
  return (await insertSubmission(intake, tx, arrival, { state, findings }))!;
}

function referenceReused({ reference }: SubmissionHeader, { submissionId }: Earlier): Finding {
  return { code: "referenceReused", field: "reference", value: reference, details: { submissionId } };
}

/** A delta that is admitted takes its place among the others. */
async function placeAdmitted(
  tx: TransactionSql,
  { insurer }: Arrival,
  { sequence }: SubmissionHeader,
  admission: Admission,
  receivedAt: Date,
): Promise<Admission> {
  if (admission.state !== "received" || sequence === undefined) return admission;
  return { findings: [], ...(await placeArrival(tx, insurer.insurerId, sequence, receivedAt)) };
}

/** In validation a simulation may have been ordered for the next submission that would run. */
async function holdIfOrdered(
  { environmentName }: Intake,
  tx: TransactionSql,
  { insurer }: Arrival,
  admission: Admission,
): Promise<Admission> {
  if (environmentName !== "validation" || admission.state !== "received") return admission;
  if (!(await takeHoldOrder(tx, insurer.insurerId))) return admission;
  return { state: "held", heldReason: "simulation", heldUntil: null, findings: admission.findings };
}

interface Earlier {
  readonly submissionId: string;
  readonly sha256: Buffer;
  readonly receiptJws: string;
  readonly sharesReference: boolean;
}

async function repeatOrRefuse(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  header: SubmissionHeader,
  earlier: Earlier,
): Promise<Reception> {
  if (earlier.sharesReference && earlier.sha256.equals(arrival.sha256)) {
    await deletePayload(tx, arrival.insurer.insurerId, arrival.submissionId);
    return { submissionId: earlier.submissionId, receipt: readReceipt(earlier.receiptJws), repeated: true };
  }
  const details = { submissionId: earlier.submissionId };
  const finding: Finding = earlier.sharesReference
    ? referenceReused(header, earlier)
    : { code: "fileNameReused", field: "fileName", value: arrival.fileName ?? "", details };
  return (await insertSubmission(intake, tx, arrival, { state: "refused", findings: [finding] }))!;
}

/** Inserts the row with its signed receipt; undefined when a submission that counts already has the reference. */
async function insertSubmission(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  admission: Admission,
  receivedAt = new Date(),
): Promise<Reception | undefined> {
  const { submissionId, channel, fileName, byteLength, sha256, header, isDryRun } = arrival;
  const findings = header
    ? admission.findings.map((finding) => placeInRoot(finding, header.place))
    : admission.findings;
  const { insurerId, enterpriseNumber } = arrival.insurer;
  const receipt = await intake.signer.sign({
    submissionId,
    sender: enterpriseNumber,
    ...(fileName !== undefined && { fileName }),
    ...(header && { reference: header.reference, environment: header.environment, kind: header.kind }),
    channel,
    byteLength,
    sha256: sha256.toString("hex"),
    receivedAt: receivedAt.toISOString(),
    state: admission.state,
    ...describeHolding(admission),
    durable: true,
    ...(isDryRun && { dryRun: true }),
    findings,
  });
  const rows = await tx`
    with inserted as (insert into submission (insurer_id, submission_id, channel, file_name, state, reference, environment, kind, sequence,
      held_reason, held_until, actor, dry_run, header, byte_length, sha256, findings, receipt_jws, received_at, ended_at)
    values (${insurerId}, ${submissionId}, ${channel}, ${fileName ?? null}, ${admission.state},
      ${isDryRun ? null : (header?.reference ?? null)}, ${header?.environment ?? null}, ${header?.kind ?? null},
      ${isDryRun ? null : (header?.sequence ?? null)}, ${admission.heldReason ?? null}, ${admission.heldUntil ?? null}, ${arrival.actor ?? null}, ${isDryRun},
      ${header ? tx.json(header as never) : null},
      ${byteLength}, ${sha256}, ${tx.json(findings as never)}, ${receipt.jws}, ${receivedAt},
      ${admission.state === "received" || admission.state === "held" ? null : receivedAt})
    on conflict do nothing returning state)
    select case when state = 'received' then pg_notify('submission_received', ${submissionId}) end from inserted`;
  if (rows.length === 0) return undefined;
  const details = { submissionId, reference: header?.reference ?? null };
  if (admission.state === "held") {
    const { heldUntil: _limit, ...held } = describeHolding(admission);
    await insertEvents(tx, [{ insurerId, kind: "submissionHeld", details: { ...details, ...held } }]);
  }
  if (admission.state === "refused") await insertEvents(tx, [{ insurerId, kind: "submissionRefused", details }]);
  return { submissionId, receipt, repeated: false };
}

/** What one that is held at once waits for, as the receipt tells it. */
function describeHolding({ heldReason, heldUntil, awaitedSequence }: Admission) {
  return {
    ...(heldReason && { heldReason }),
    ...(heldUntil && { heldUntil: heldUntil.toISOString() }),
    ...(awaitedSequence !== undefined && { awaitedSequence }),
  };
}

/** The submission that has used up the reference, else the one that has used up the file name. */
async function findEarlier(
  tx: TransactionSql,
  { insurer: { insurerId }, fileName }: Arrival,
  { environment, reference }: SubmissionHeader,
): Promise<Earlier | undefined> {
  const [row] = await tx<Earlier[]>`
    (select submission_id as "submissionId", sha256, receipt_jws as "receiptJws", true as "sharesReference" from submission
      where insurer_id = ${insurerId} and environment = ${environment} and reference = ${reference}
        and state not in ('refused', 'cancelled', 'tested'))
    union all
    (select submission_id, sha256, receipt_jws, false from submission
      where insurer_id = ${insurerId} and file_name = ${fileName ?? null} and state not in ('refused', 'cancelled', 'tested'))
    order by "sharesReference" desc limit 1`;
  return row;
}
