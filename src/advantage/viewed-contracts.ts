import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import type { DossierState } from "./dossier-states.ts";
import type { Outcome } from "./evaluate-dossier.ts";
import type { Dossier, InsurerView } from "./insurer-view.ts";
import { selectOrigin } from "./load-dossier-inputs.ts";
import type { ContractFacts } from "./person-facts.ts";
import type { Reason } from "./reasons.ts";

type Fragment = PendingQuery<Row[]>;

/** What an insurer sees of a contract in a year, as it is stored; without state: the year is not shown. */
export interface StoredView {
  readonly state: string | null;
  readonly outcome: string | null;
  readonly amountCents: number | null;
  readonly paidCents: number | null;
  readonly paidOn: string | null;
  readonly nextStep: string | null;
  readonly nextStepOn: string | null;
  readonly reasons: readonly string[];
}

/** A contract with what a view of it in a premium year is made from, and the view that is stored now. */
export interface ViewedContract {
  readonly contract: ContractFacts;
  /** Or another insurer still had it in that year. */
  readonly isCancelled: boolean;
  /** Absent: there is none, or nobody has evaluated it yet. */
  readonly dossier: Dossier | undefined;
  readonly stored: (StoredView & { readonly socialAdvantageId: string; readonly version: number }) | undefined;
}

interface ViewedRow extends StoredView {
  readonly insurerId: number;
  readonly contractId: string;
  readonly startOn: string;
  readonly endOn: string | null;
  readonly recordedOn: string;
  readonly isCancelled: boolean;
  readonly profession: string;
  readonly dossierState: DossierState | null;
  /** The dossier is linked to this contract; only then more is read of it. */
  readonly isLinked: boolean;
  readonly dossierOutcome: Outcome | null;
  readonly dossierCents: number | null;
  readonly isAwaiting: boolean | null;
  readonly dossierReasons: readonly Reason[] | null;
  /** What was paid on this contract. */
  readonly receivedCents: number | null;
  readonly receivedOn: string | null;
  readonly socialAdvantageId: string | null;
  readonly version: number | null;
}

/**
 * Contracts that have a version of all: which of them, `where` says of `contract c` and `person_number n`. What hangs on a
 * contract in the year is looked up by key, one contract after the other (`offset 0`): joined freely, the planner, who has not
 * heard of a year that is being written, takes it for empty and compares each contract with all of it. For the same reason the
 * year of a view is an expression: it leaves the index that begins with the contract.
 */
export async function listViewedContracts(
  tx: TransactionSql,
  premiumYear: number,
  where: Fragment,
): Promise<ViewedContract[]> {
  const rows = await tx<ViewedRow[]>`
    select c.insurer_id as "insurerId", c.contract_id as "contractId", coalesce(origin.start_on, c.start_on) as "startOn", known."endOn",
      (coalesce(origin.first_recorded_at, known."recordedAt") at time zone 'Europe/Brussels')::date as "recordedOn",
      c.cancelled_at is not null or coalesce(t.transferred_on > make_date(${premiumYear}::int, 12, 31), false) as "isCancelled", coalesce(n.profession, '') as profession, d.state as "dossierState",
      coalesce(l.yes, false) as "isLinked", case when l.yes then d.outcome end as "dossierOutcome",
      case when l.yes then d.amount_cents end as "dossierCents",
      case when l.yes then d.is_awaiting end as "isAwaiting", case when l.yes then d.reasons end as "dossierReasons",
      s.social_advantage_id as "socialAdvantageId", s.version, s.state, s.outcome, s.amount_cents as "amountCents",
      s.paid_cents as "paidCents", s.paid_on as "paidOn", s.next_step as "nextStep", s.next_step_on as "nextStepOn",
      s.reasons, p.amount_cents as "receivedCents", p.paid_on as "receivedOn"
    from contract c
    left join person_number n on n.inami_root = c.inami_root
    left join lateral (
      select * from dossier where person_id = n.person_id and premium_year = ${premiumYear}
        and (outcome is not null or state = 'withdrawn') offset 0) d on true
    left join transferred_contract t on t.to_insurer_id = c.insurer_id and t.to_contract_id = c.contract_id
    left join lateral (${selectOrigin(tx)}) origin on t.to_contract_id is not null
    left join lateral (
      select * from social_advantage where insurer_id = c.insurer_id and contract_id = c.contract_id
        and premium_year + 0 = ${premiumYear} and superseded_at is null offset 0) s on true
    left join lateral (
      select * from contract_payment where insurer_id = c.insurer_id and contract_id = c.contract_id
        and premium_year = ${premiumYear} offset 0) p on true
    cross join lateral (select d.linked_insurer_id = c.insurer_id and d.linked_contract_id = c.contract_id as yes) l
    cross join lateral (
      select min(v.recorded_at) as "recordedAt", max(v.end_on) filter (where v.superseded_at is null) as "endOn"
      from contract_version v where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id offset 0) known
    where ${where}`;
  return rows.map((row) => toViewed(row, premiumYear));
}

function toViewed(row: ViewedRow, premiumYear: number): ViewedContract {
  const { insurerId, contractId, profession, startOn, recordedOn, endOn, isCancelled } = row;
  const contract = { insurerId, contractId, profession, startOn, recordedOn, endOn: endOn ?? undefined };
  return { contract, isCancelled, dossier: toDossier(row, premiumYear), stored: toStored(row) };
}

function toDossier(row: ViewedRow, premiumYear: number): Dossier | undefined {
  const { insurerId, contractId, dossierState, isLinked, dossierOutcome, dossierCents, receivedCents } = row;
  if (dossierState === null) return undefined;
  return {
    state: dossierState,
    ...(receivedCents !== null && {
      payment: { insurerId, contractId, amountCents: receivedCents, paidOn: row.receivedOn! },
    }),
    evaluation: {
      premiumYear,
      outcome: dossierOutcome ?? "none",
      isAwaiting: row.isAwaiting ?? false,
      ...(dossierCents !== null && { amountCents: dossierCents }),
      link: isLinked ? { kind: "automatic", insurerId, contractId } : { kind: "none" },
      reasons: row.dossierReasons ?? [],
    },
  };
}

function toStored(row: ViewedRow): ViewedContract["stored"] {
  const { socialAdvantageId, version } = row;
  if (socialAdvantageId === null || version === null) return undefined;
  const { state, outcome, amountCents, paidCents, paidOn, nextStep, nextStepOn, reasons } = row;
  const view = { state, outcome, amountCents, paidCents, paidOn, nextStep, nextStepOn, reasons };
  return { socialAdvantageId, version, ...view };
}

const NOT_SHOWN: StoredView = {
  ...{ state: null, outcome: null, amountCents: null, paidCents: null, paidOn: null, nextStep: null, nextStepOn: null },
  reasons: [],
};

/** The columns of a view; undefined: the year is not shown. */
export function toColumns(view: InsurerView | undefined): StoredView {
  if (!view) return NOT_SHOWN;
  const { state, outcome, amountCents = null, payment, nextStep, reasons } = view;
  return {
    ...{ state, outcome, amountCents, paidCents: payment?.amountCents ?? null, paidOn: payment?.paidOn ?? null },
    ...{ nextStep: nextStep?.step ?? null, nextStepOn: nextStep?.on ?? null, reasons },
  };
}

export function isSameView(a: StoredView, b: StoredView): boolean {
  return (
    a.state === b.state &&
    a.outcome === b.outcome &&
    a.amountCents === b.amountCents &&
    a.paidCents === b.paidCents &&
    a.paidOn === b.paidOn &&
    a.nextStep === b.nextStep &&
    a.nextStepOn === b.nextStepOn &&
    a.reasons.length === b.reasons.length &&
    a.reasons.every((reason, index) => reason === b.reasons[index])
  );
}
