import { randomUUID } from "node:crypto";
import type { PendingQuery, Row } from "postgres";
import { renewStatistics } from "../database/fresh-statistics.ts";
import type { TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import { listSpaceDays } from "../spaces/space-days.ts";
import { projectInsurerView, showsYear } from "./insurer-view.ts";
import type { PremiumYearRules } from "./premium-year-rules.ts";
import {
  isSameView,
  listViewedContracts,
  type StoredView,
  toColumns,
  type ViewedContract,
} from "./viewed-contracts.ts";

export interface Projection {
  readonly rules: PremiumYearRules;
  /** Today, as the business clock has it. */
  readonly businessDate: string;
}

/** Contracts read, projected and written at once. */
const BATCH_CONTRACTS = 5_000;
/** So many at once can make what the planner knows of their table untrue. */
const MANY_VIEWS = 1_000;

/**
 * Brings what insurers see of these persons' contracts in a premium year up to date, in the transaction of what moved
 * their dossiers; role `infoss_institute`. Writes what changed for an insurer, and an event for each such change, and
 * nothing else; what was paid on a contract (`contract_payment`) is to be written before. Answers how many. From here until
 * the commit no other transaction projects: do it last.
 */
export async function projectAdvantages(
  tx: TransactionSql,
  projection: Projection,
  personIds: readonly string[],
): Promise<number> {
  if (personIds.length === 0) return 0;
  const pass = await beginPass(tx, projection);
  return await projectContracts(tx, pass, tx`n.person_id = any(${[...personIds]}::uuid[])`);
}

/**
 * The same where dossiers came to be `evaluated`, which none does that was ever paid: before the day of the decision
 * nothing of it shows (`projectInsurerView`), and there is nothing to do.
 */
export async function projectEvaluated(
  tx: TransactionSql,
  projection: Projection,
  personIds: readonly string[],
): Promise<number> {
  const spaceDays = await listSpaceDays(tx);
  const days = [projection.businessDate, ...spaceDays.values()];
  const isHidden = [...projection.rules.calendars.values()].every(({ decisionOn }) =>
    days.every((day) => day < decisionOn),
  );
  return isHidden ? 0 : await projectAdvantages(tx, projection, personIds);
}

/** The same for every contract of every insurer: all of it becomes known with the one commit. */
export async function projectAllAdvantages(tx: TransactionSql, projection: Projection): Promise<number> {
  const pass = await beginPass(tx, projection);
  let changed = 0;
  for (let last: { insurerId: number; contractId: string } | undefined; ; ) {
    const behind = last && tx`where (insurer_id, contract_id) > (${last.insurerId}, ${last.contractId}::uuid)`;
    const keys = await tx<{ insurerId: number; contractId: string }[]>`
      select insurer_id as "insurerId", contract_id as "contractId" from contract ${behind ?? tx``}
      order by insurer_id, contract_id limit ${BATCH_CONTRACTS}`;
    if (keys.length === 0) return changed;
    last = keys.at(-1)!;
    // By their keys: what lies between two pairs of keys the planner takes for all that the insurer has.
    const insurerIds = [...new Set(keys.map(({ insurerId }) => insurerId))];
    const contractIds = keys.map(({ contractId }) => contractId);
    changed += await projectContracts(
      tx,
      pass,
      tx`c.insurer_id = any(${insurerIds}::int[]) and c.contract_id = any(${contractIds}::uuid[])`,
    );
  }
}

/** The same for some contracts of an insurer. */
export async function projectContractsOf(
  tx: TransactionSql,
  projection: Projection,
  insurerId: number,
  contractIds: readonly string[],
): Promise<number> {
  const pass = await beginPass(tx, projection);
  let changed = 0;
  // Some at a time, by their keys: what the planner knows of a portfolio that was just loaded is not true yet.
  for (let begin = 0; begin < contractIds.length; begin += BATCH_CONTRACTS) {
    const ids = contractIds.slice(begin, begin + BATCH_CONTRACTS);
    changed += await projectContracts(
      tx,
      pass,
      tx`c.insurer_id = ${insurerId} and c.contract_id = any(${ids}::uuid[])`,
    );
  }
  return changed;
}

/**
 * One transaction at a time projects, until it commits: what it reads afterwards is what the one before left, and
 * instants of recording grow in the order of the commits.
 */
export async function lockProjections(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('advantage projection', 0))`;
}

interface Pass extends Projection {
  /** In validation: of the insurers whose space is ahead. */
  readonly spaceDays: ReadonlyMap<number, string>;
  /** Of all that the pass changes, given when it changes something. */
  readonly recordedAt: () => Promise<Date>;
}

async function beginPass(tx: TransactionSql, projection: Projection): Promise<Pass> {
  await lockProjections(tx);
  const spaceDays = await listSpaceDays(tx);
  // A plan that is kept was made for ten contracts, whatever the number that is asked for.
  await tx`set local plan_cache_mode = force_custom_plan`;
  let given: Promise<Date> | undefined;
  return {
    ...projection,
    spaceDays,
    recordedAt() {
      given ??= recordProjection(tx, projection.rules.premiumYear);
      return given;
    },
  };
}

async function projectContracts(tx: TransactionSql, pass: Pass, where: PendingQuery<Row[]>): Promise<number> {
  const { premiumYear } = pass.rules;
  const viewed = await listViewedContracts(tx, premiumYear, where);
  const changes = viewed.flatMap((each) => findChange(pass, each));
  // By insurer and contract: the order of an insurer's events says nothing about whose dossiers moved.
  changes.sort((a, b) => a.insurerId - b.insurerId || (a.contractId < b.contractId ? -1 : 1));
  if (changes.length === 0) return 0;
  const recordedAt = await pass.recordedAt();
  for (let begin = 0; begin < changes.length; begin += BATCH_CONTRACTS) {
    await insertChanges(tx, premiumYear, recordedAt, changes.slice(begin, begin + BATCH_CONTRACTS));
  }
  if (changes.length >= MANY_VIEWS) await renewStatistics(tx);
  return changes.length;
}

interface ViewChange extends StoredView {
  readonly insurerId: number;
  readonly contractId: string;
  readonly socialAdvantageId: string;
  readonly version: number;
  readonly simulated: boolean | null;
}

function findChange({ rules, spaceDays, ...pass }: Pass, viewed: ViewedContract): readonly ViewChange[] {
  const { contract, isCancelled, dossier, stored } = viewed;
  const { insurerId, contractId } = contract;
  const spaceDay = spaceDays.get(insurerId);
  const businessDate = spaceDay ?? pass.businessDate;
  const isShown = !isCancelled && showsYear({ contract, rules });
  const view = toColumns(isShown ? projectInsurerView({ contract, rules, businessDate }, dossier) : undefined);
  if (stored ? isSameView(view, stored) : view.state === null) return [];
  const { socialAdvantageId = randomUUID(), version = 0 } = stored ?? {};
  return [
    { insurerId, contractId, socialAdvantageId, version: version + 1, simulated: spaceDay ? true : null, ...view },
  ];
}

/** In whole milliseconds, so that it survives as a `Date`, and later than every one before, whatever clocks say. */
async function recordProjection(tx: TransactionSql, premiumYear: number): Promise<Date> {
  const [row] = await tx<{ recordedAt: Date }[]>`
    insert into advantage_projection (premium_year, recorded_at)
    select ${premiumYear}, greatest(date_trunc('milliseconds', clock_timestamp()), max(recorded_at) + interval '1 millisecond')
    from advantage_projection
    on conflict (premium_year) do update set recorded_at = excluded.recorded_at
    returning recorded_at as "recordedAt"`;
  return row!.recordedAt;
}

async function insertChanges(
  tx: TransactionSql,
  premiumYear: number,
  recordedAt: Date,
  changes: readonly ViewChange[],
): Promise<void> {
  const later = changes.filter(({ version }) => version > 1);
  if (later.length > 0)
    await tx`
      update social_advantage s set superseded_at = ${recordedAt}
      from unnest(${later.map(({ insurerId }) => insurerId)}::int[], ${later.map(({ socialAdvantageId }) => socialAdvantageId)}::uuid[],
        ${later.map(({ version }) => version - 1)}::int[]) as r (insurer_id, social_advantage_id, version)
      where s.insurer_id = r.insurer_id and s.social_advantage_id = r.social_advantage_id and s.version = r.version`;
  await tx`
    insert into social_advantage (insurer_id, social_advantage_id, version, contract_id, premium_year, state, outcome,
      amount_cents, paid_cents, paid_on, next_step, next_step_on, reasons, simulated, recorded_at)
    select "insurerId", "socialAdvantageId", version, "contractId", ${premiumYear}, state, outcome, "amountCents",
      "paidCents", "paidOn", "nextStep", "nextStepOn", reasons, coalesce(simulated, is_simulation()), ${recordedAt}
    from jsonb_to_recordset(${tx.json(changes as never)}) as r ("insurerId" int, "socialAdvantageId" uuid, version int,
      "contractId" uuid, state text, outcome text, "amountCents" int, "paidCents" int, "paidOn" date, "nextStep" text,
      "nextStepOn" date, reasons text[], simulated boolean)`;
  await insertEvents(
    tx,
    changes.map(({ insurerId, socialAdvantageId, contractId, simulated }) => ({
      insurerId,
      ...(simulated && { simulated }),
      kind: "socialAdvantageChanged",
      details: { socialAdvantageId, contractId, premiumYear },
    })),
  );
}
