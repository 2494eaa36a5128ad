import type { TransactionSql } from "../database/sql.ts";
import { setTenant } from "../database/tenant-scope.ts";
import { relatedNumbers } from "../register/related-numbers.ts";

/** Why a contract cannot be handed over. */
export const TRANSFER_CONFLICTS = ["unknown", "cancelled", "transferred", "ended", "paid", "heldByReceiver"] as const;
export type TransferConflict = (typeof TRANSFER_CONFLICTS)[number];

export interface ListedContract {
  readonly contractNumber: string;
  /** 8 digits, under which the sender holds it; or of a number that it replaced, or that replaced it. */
  readonly inamiRoot: string;
}

export interface ContractTransfer {
  readonly transferId: string;
  readonly fromInsurerId: number;
  readonly toInsurerId: number;
  /** First day with the receiver, `yyyy-mm-dd`. */
  readonly transferredOn: string;
  readonly reason: string;
  readonly actor: string;
}

export interface ContractInConflict extends ListedContract {
  readonly conflict: TransferConflict;
}

/**
 * Gathers what a transfer would move into the table `moving` of this transaction, each contract with what is in its way.
 * `listed` absent: everything the sender holds that is not over by then. As role `infoss_gateway`: of either insurer it
 * sees that one's rows alone.
 */
export async function stageTransfer(
  tx: TransactionSql,
  { fromInsurerId, toInsurerId, transferredOn }: ContractTransfer,
  listed: readonly ListedContract[] | undefined,
): Promise<void> {
  await tx.unsafe(`
    create temporary table moving (
      record_number int not null, contract_number text collate "C" not null, inami_root text collate "C" not null,
      contract_id uuid, start_on date, conflict text, new_contract_id uuid not null default uuidv7()
    ) on commit drop`);
  await setTenant(tx, fromInsurerId);
  if (listed) await stageListed(tx, fromInsurerId, listed);
  else await stageAll(tx, fromInsurerId, transferredOn);
  await tx`analyze moving`;
  await tx`
    update moving m set conflict = 'ended' where conflict is null and exists (
      select from contract_version v where v.insurer_id = ${fromInsurerId} and v.contract_id = m.contract_id
        and v.superseded_at is null and v.end_on < ${transferredOn})`;
  await tx`
    update moving m set conflict = 'paid' where conflict is null and exists (
      select from contract_payment p where p.insurer_id = ${fromInsurerId} and p.contract_id = m.contract_id
        and p.premium_year >= extract(year from ${transferredOn}::date) and p.amount_cents > 0)`;
  await setTenant(tx, toInsurerId);
  await tx`
    update moving set conflict = 'heldByReceiver'
    from (
      select m.record_number, m.inami_root, c.inami_root as held_root from moving m
      join contract c on c.insurer_id = ${toInsurerId} and c.contract_number = m.contract_number
        and c.cancelled_at is null and c.transferred_on is null
      where m.conflict is null offset 0) same
    where moving.record_number = same.record_number and (same.held_root = same.inami_root
      or same.held_root in (${relatedNumbers(tx, tx`array[same.inami_root]`)}))`;
}

/** `offset 0`: by key, whatever the statistics know of the sender. */
async function stageAll(tx: TransactionSql, insurerId: number, transferredOn: string): Promise<void> {
  await tx`
    insert into moving (record_number, contract_number, inami_root, contract_id, start_on)
    select row_number() over (order by c.contract_id), c.contract_number, c.inami_root, c.contract_id, c.start_on
    from contract c
    where c.insurer_id = ${insurerId} and c.cancelled_at is null and c.transferred_on is null and not exists (
      select from contract_version v where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id
        and v.superseded_at is null and v.end_on < ${transferredOn} offset 0)`;
}

/**
 * As a record finds its contract (`ContractHoldings`): one that is held before one that is gone, under the number as listed
 * before the one that stands last in its chain of replacements, and that before others. Listed twice it is one.
 */
async function stageListed(tx: TransactionSql, insurerId: number, listed: readonly ListedContract[]): Promise<void> {
  const numbers = listed.map(({ contractNumber }) => contractNumber);
  const roots = listed.map(({ inamiRoot }) => inamiRoot);
  await tx`
    insert into moving (record_number, contract_number, inami_root, contract_id, start_on, conflict)
    select row_number() over (order by place), contract_number, coalesce(kept_root, inami_root), contract_id, start_on,
      case when contract_id is null then 'unknown' when transferred_on is not null then 'transferred'
        when cancelled_at is not null then 'cancelled' end
    from (
      select *, row_number() over (partition by contract_id order by place) as naming from (
        select contract_number, inami_root, min(place) as place
        from unnest(${numbers}::text[], ${roots}::text[]) with ordinality as sent (contract_number, inami_root, place)
        group by 1, 2) asked
      left join lateral (
        select contract_id, inami_root as kept_root, start_on, cancelled_at, transferred_on from contract c
        where insurer_id = ${insurerId} and contract_number = asked.contract_number collate "C"
          and inami_root = any(array(${relatedNumbers(tx, tx`array[asked.inami_root]`)}))
        order by cancelled_at is not null or transferred_on is not null, transferred_on is null, inami_root <> asked.inami_root,
          exists (select from provider p where p.inami_root = c.inami_root and p.replaced_by_root is not null),
          transferred_on desc nulls last, contract_id desc
        limit 1) known on true) found
    where contract_id is null or naming = 1`;
}

/** How many contracts would move, and how many cannot, by why. */
export async function countStaged(
  tx: TransactionSql,
): Promise<{ contracts: number; conflicts: { [conflict in TransferConflict]?: number } }> {
  const rows = await tx<{ conflict: TransferConflict | null; count: number }[]>`
    select conflict, count(*) as count from moving group by conflict order by conflict`;
  const conflicts: { [conflict in TransferConflict]?: number } = {};
  for (const { conflict, count } of rows) if (conflict !== null) conflicts[conflict] = count;
  return { contracts: rows.find(({ conflict }) => conflict === null)?.count ?? 0, conflicts };
}

/** The first contracts that cannot move, in the order in which they were named. */
export async function listConflicts(tx: TransactionSql, limit: number): Promise<ContractInConflict[]> {
  return await tx<ContractInConflict[]>`
    select contract_number as "contractNumber", inami_root as "inamiRoot", conflict from moving
    where conflict is not null order by record_number limit ${limit}`;
}

/**
 * Moves what is staged and has nothing in its way: with the sender every contract ends on the day before, with the receiver
 * another begins, with what holds from that day on. The instants are later than every change of either insurer's contracts
 * before (`recordChange`), under the locks of both.
 */
export async function applyTransfer(
  tx: TransactionSql,
  transfer: ContractTransfer,
  recordedAt: { readonly from: Date; readonly to: Date },
): Promise<void> {
  await tx`delete from moving where conflict is not null`;
  await setTenant(tx, transfer.fromInsurerId);
  await copyPeriods(tx, transfer);
  await endAtSender(tx, transfer, recordedAt.from);
  await setTenant(tx, transfer.toInsurerId);
  await beginAtReceiver(tx, transfer, recordedAt.to);
}

const CONTENT = "inami_number, contract_kind, ssin, solidarity, language, payment_reference";

/** What holds from the day on, period by period, into the table `moved_period` of this transaction. */
async function copyPeriods(tx: TransactionSql, { fromInsurerId, transferredOn }: ContractTransfer): Promise<void> {
  await tx`
    create temporary table moved_period on commit drop as
    select m.new_contract_id as contract_id, m.record_number, greatest(v.valid_from, ${transferredOn}::date) as valid_from,
      v.valid_before, ${tx.unsafe(CONTENT)}, v.end_on, v.end_reason,
      row_number() over (partition by m.new_contract_id order by v.valid_from) as place,
      count(*) over (partition by m.new_contract_id) as periods
    from moving m join contract_version v on v.insurer_id = ${fromInsurerId} and v.contract_id = m.contract_id
    where v.superseded_at is null and (v.valid_before is null or v.valid_before > ${transferredOn})`;
}

/** As a `close` does: every version known now is written anew with the end. */
async function endAtSender(
  tx: TransactionSql,
  { fromInsurerId, transferId, transferredOn, reason, actor }: ContractTransfer,
  recordedAt: Date,
): Promise<void> {
  await tx`
    update contract_version v set superseded_at = ${recordedAt} from moving m
    where v.insurer_id = ${fromInsurerId} and v.contract_id = m.contract_id and v.superseded_at is null`;
  await tx`
    insert into contract_version (insurer_id, contract_id, version, valid_from, valid_before, recorded_at,
      ${tx.unsafe(CONTENT)}, end_on, end_reason, action, submission_id, record_number, reason, actor)
    select insurer_id, contract_id, last_version + row_number() over (partition by contract_id order by valid_from),
      valid_from, valid_before, ${recordedAt}, ${tx.unsafe(CONTENT)}, ${transferredOn}::date - 1, 'transferred', 'transfer',
      ${transferId}::uuid, record_number, ${reason}, ${actor}
    from (
      select v.insurer_id, v.contract_id, v.valid_from, v.valid_before, v.superseded_at, ${tx.unsafe(CONTENT)}, m.record_number,
        max(v.version) over (partition by v.contract_id) as last_version
      from moving m join contract_version v on v.insurer_id = ${fromInsurerId} and v.contract_id = m.contract_id) known
    where superseded_at = ${recordedAt}`;
  await tx`
    update contract c set transferred_on = ${transferredOn} from moving m
    where c.insurer_id = ${fromInsurerId} and c.contract_id = m.contract_id`;
}

/**
 * A first version stands alone until it is superseded (docs/adr/0009): where several periods begin at once, they are the
 * second and the next ones, and the first did not outlive the transfer.
 */
async function beginAtReceiver(
  tx: TransactionSql,
  { toInsurerId, transferId, transferredOn, reason, actor }: ContractTransfer,
  recordedAt: Date,
): Promise<void> {
  await tx`
    insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
    select ${toInsurerId}::int, new_contract_id, contract_number, inami_root, greatest(start_on, ${transferredOn}::date)
    from moving`;
  const columns = tx.unsafe(`insurer_id, contract_id, version, valid_from, valid_before, recorded_at, superseded_at,
    ${CONTENT}, end_on, end_reason, action, submission_id, record_number, reason, actor`);
  const origin = tx`'transfer', ${transferId}::uuid, record_number, ${reason}::text, ${actor}::text`;
  await tx`
    insert into contract_version (${columns})
    select ${toInsurerId}::int, contract_id, 1, valid_from, null, ${recordedAt}::timestamptz,
      case when periods > 1 then ${recordedAt}::timestamptz end, ${tx.unsafe(CONTENT)}, end_on, end_reason, ${origin}
    from moved_period where place = 1`;
  await tx`
    insert into contract_version (${columns})
    select ${toInsurerId}::int, contract_id, place + 1, valid_from, valid_before, ${recordedAt}::timestamptz, null,
      ${tx.unsafe(CONTENT)}, end_on, end_reason, ${origin}
    from moved_period where periods > 1`;
}

/** Keeps which contract became which; as role `infoss_institute`, to which `moving` is shown. */
export async function keepLineage(
  tx: TransactionSql,
  transfer: ContractTransfer,
  { contracts, recordedAt }: { readonly contracts: number; readonly recordedAt: Date },
): Promise<void> {
  const { transferId, fromInsurerId, toInsurerId, transferredOn, reason, actor } = transfer;
  await tx`
    insert into portfolio_transfer (transfer_id, from_insurer_id, to_insurer_id, transferred_on, contract_count, reason, actor, recorded_at)
    values (${transferId}, ${fromInsurerId}, ${toInsurerId}, ${transferredOn}, ${contracts}, ${reason}, ${actor}, ${recordedAt})`;
  await tx`
    insert into transferred_contract (to_insurer_id, to_contract_id, from_insurer_id, from_contract_id, origin_insurer_id,
      origin_contract_id, transferred_on, transfer_id)
    select ${toInsurerId}::int, m.new_contract_id, ${fromInsurerId}::int, m.contract_id,
      coalesce(earlier.origin_insurer_id, ${fromInsurerId}::int), coalesce(earlier.origin_contract_id, m.contract_id),
      ${transferredOn}::date, ${transferId}::uuid
    from moving m left join transferred_contract earlier
      on earlier.to_insurer_id = ${fromInsurerId} and earlier.to_contract_id = m.contract_id`;
}
