import {
  applyTransfer,
  type ContractInConflict,
  type ContractTransfer,
  countStaged,
  keepLineage,
  type ListedContract,
  listConflicts,
  stageTransfer,
  type TransferConflict,
} from "../contracts/transfer-contracts.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import { parseEnterpriseNumber } from "../identifiers/enterprise-number.ts";
import type { Actor } from "../identity/registry-error.ts";
import { recordChange } from "../intake/complete-initial-load.ts";
import { type OperatorChange, OperatorError, type OperatorErrorCode } from "./operator-change.ts";
import { nameActor } from "./perform-act.ts";

export interface PortfolioTransfer {
  /** Enterprise numbers. */
  readonly from: string;
  readonly to: string;
  /** First day with the receiver, `yyyy-mm-dd`. */
  readonly on: string;
  /** Absent: all contracts that are not over by then. */
  readonly contracts?: readonly ListedContract[] | undefined;
  /** Kept with every version, and in the acts; absent: `transferred`. */
  readonly reason?: string | undefined;
  /** Move what has nothing in its way, and leave the others where they are. */
  readonly skipConflicts?: boolean | undefined;
}

export interface TransferPreview {
  readonly contracts: number;
  readonly conflicts: { readonly [conflict in TransferConflict]?: number };
  /** The first of those that cannot move. */
  readonly inConflict: readonly ContractInConflict[];
  /** Files of the sender that are not processed yet: what they say of a contract that has moved is rejected. */
  readonly waitingSubmissions: number;
}

const SHOWN_CONFLICTS = 100;

/** What a transfer would do now; writes nothing, but locks both insurers for as long. Role `infoss_institute`. */
export async function previewTransfer(institute: Sql, asked: PortfolioTransfer): Promise<TransferPreview> {
  return await runTransaction(institute, async (tx) => {
    const { transfer } = await prepare(tx, asked, "preview");
    return await asGateway(tx, async () => {
      await stageTransfer(tx, transfer, asked.contracts);
      return await describe(tx, transfer);
    });
  });
}

/**
 * Hands contracts over from one insurer to another, all that were asked for or none. Answers an act for each of the two,
 * so that either's audit trail has it. `today`: a transfer is made on its day or later, for until then the sender changes
 * its contracts. Throws OperatorError.
 */
export async function transferPortfolio(
  tx: TransactionSql,
  actor: Actor,
  asked: PortfolioTransfer,
  today: string,
): Promise<[OperatorChange, OperatorChange]> {
  const { transfer, sender, receiver } = await prepare(tx, asked, nameActor(actor));
  if (asked.on > today) {
    throw new OperatorError("transferTooEarly", `A transfer is made on its day or later: today is ${today}.`);
  }
  const { contracts, conflicts, recordedAt } = await asGateway(tx, async () => {
    await stageTransfer(tx, transfer, asked.contracts);
    const counts = await countStaged(tx);
    requireMovable(counts, asked.skipConflicts === true);
    const from = await recordChange(tx, transfer.fromInsurerId);
    const to = await recordChange(tx, transfer.toInsurerId);
    await applyTransfer(tx, transfer, { from, to });
    await tx`grant select on moving to infoss_institute`;
    return { ...counts, recordedAt: to };
  });
  await keepLineage(tx, transfer, { contracts, recordedAt });
  const { transferId, fromInsurerId, toInsurerId, transferredOn, reason } = transfer;
  const told = { transferId, fromInsurer: sender, toInsurer: receiver, transferredOn, contracts };
  await insertEvents(tx, [
    { insurerId: fromInsurerId, kind: "contractsTransferred", details: told },
    { insurerId: toInsurerId, kind: "contractsTransferred", details: told },
  ]);
  const details = { ...told, reason, left: Object.values(conflicts).reduce((sum, count) => sum + count, 0) };
  return [
    { act: "portfolioTransferred", actor, insurerId: fromInsurerId, details },
    { act: "portfolioReceived", actor, insurerId: toInsurerId, details },
  ];
}

interface Prepared {
  readonly transfer: ContractTransfer;
  readonly sender: string;
  readonly receiver: string;
}

/** Checks what was asked and takes both insurers' locks, the lower id first: no merge of either runs meanwhile. */
async function prepare(tx: TransactionSql, asked: PortfolioTransfer, actor: string): Promise<Prepared> {
  const sender = readNumber(asked.from, "from", "invalidSender");
  const receiver = readNumber(asked.to, "to", "invalidReceiver");
  requireDay(asked.on);
  const reason = asked.reason ?? "transferred";
  if (!/^[^\p{Cc}]{1,200}$/u.test(reason) || reason.trim() !== reason) {
    throw new OperatorError("invalidReason", "A reason has 1 to 200 characters on one line, without spaces around it.");
  }
  if (sender === receiver) {
    throw new OperatorError("transferNotPossible", "Contracts are handed over to another insurer than they are with.");
  }
  const rows = await tx<{ insurerId: number; enterpriseNumber: string; isLoaded: boolean }[]>`
    select insurer_id as "insurerId", enterprise_number as "enterpriseNumber", initial_load_completed_at is not null as "isLoaded"
    from insurer where enterprise_number = any(${[sender, receiver]}::text[]) order by insurer_id for no key update`;
  const find = (number: string, field: string, code: OperatorErrorCode) => {
    const row = rows.find(({ enterpriseNumber }) => enterpriseNumber === number);
    if (!row) throw new OperatorError(code, `No insurer ${number}, named as "${field}", was admitted.`);
    return row;
  };
  const from = find(sender, "from", "senderNotFound");
  const to = find(receiver, "to", "receiverNotFound");
  if (!from.isLoaded) {
    const sentence = `Insurer ${sender} has not ended its initial load: what it holds is not known yet.`;
    throw new OperatorError("transferNotPossible", sentence);
  }
  const [drawn] = await tx<{ transferId: string }[]>`select uuidv7() as "transferId"`;
  const ids = { ...drawn!, fromInsurerId: from.insurerId, toInsurerId: to.insurerId };
  return { transfer: { ...ids, transferredOn: asked.on, reason, actor }, sender, receiver };
}

/** Each insurer's rows are read and written in its own scope, which the institute's role has none of. */
async function asGateway<T>(tx: TransactionSql, work: () => Promise<T>): Promise<T> {
  await tx`set local role infoss_gateway`;
  const result = await work();
  await tx`select set_config('infoss.insurer_id', '', true)`;
  await tx`set local role infoss_institute`;
  return result;
}

async function describe(tx: TransactionSql, transfer: ContractTransfer): Promise<TransferPreview> {
  const counts = await countStaged(tx);
  const inConflict = await listConflicts(tx, SHOWN_CONFLICTS);
  await tx`select set_config('infoss.insurer_id', ${String(transfer.fromInsurerId)}, true)`;
  const [waiting] = await tx<{ count: number }[]>`
    select count(*) as count from submission
    where insurer_id = ${transfer.fromInsurerId} and not dry_run and state in ('received', 'processing', 'held', 'quarantined')`;
  return { ...counts, inConflict, waitingSubmissions: waiting!.count };
}

function requireMovable(
  { contracts, conflicts }: Pick<TransferPreview, "contracts" | "conflicts">,
  skips: boolean,
): void {
  const found = Object.entries(conflicts).map(([conflict, count]) => `${count} ${conflict}`);
  if (found.length > 0 && !skips) {
    const sentence = `Contracts are in the way: ${found.join(", ")}. Look at the preview; nothing was moved.`;
    throw new OperatorError("transferInConflict", sentence);
  }
  if (contracts === 0) throw new OperatorError("transferEmpty", "There is no contract to hand over.");
}

function readNumber(text: string, field: string, code: OperatorErrorCode): string {
  const number = parseEnterpriseNumber(text);
  if (number !== undefined) return number;
  throw new OperatorError(code, `"${field}" is no enterprise number: one has ten digits, the last two check digits.`);
}

function requireDay(text: string): void {
  try {
    if (/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text) && Temporal.PlainDate.from(text)) return;
  } catch {
    // Said below.
  }
  throw new OperatorError("invalidDay", "The day of a transfer has the form yyyy-mm-dd, and is one of the calendar.");
}
