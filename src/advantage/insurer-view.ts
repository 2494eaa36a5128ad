import type { Conclusion } from "./conclusion.ts";
import type { DossierState } from "./dossier-states.ts";
import { OWN_CONTRACT_RULES } from "./evaluate-contracts.ts";
import type { Evaluation } from "./evaluate-dossier.ts";
import type { ContractFacts, ContractReference } from "./person-facts.ts";
import { type Calendar, findCalendar, type PremiumYearRules } from "./premium-year-rules.ts";
import { INSURER_REASONS, type InsurerReason, REASONS, type Reason } from "./reasons.ts";
import { daysOf } from "./rule.ts";

export const INSURER_OUTCOMES = ["pending", "payable", "notPayable"] as const;
export type InsurerOutcome = (typeof INSURER_OUTCOMES)[number];

export const NEXT_STEPS = ["linking", "evaluation", "additions", "decision", "payment"] as const;
export type NextStep = (typeof NEXT_STEPS)[number];

/** A dossier as the institute keeps it. */
export interface Dossier {
  readonly state: DossierState;
  readonly evaluation: Conclusion & Pick<Evaluation, "premiumYear">;
  /** What was paid, on the contract it was paid on. */
  readonly payment?: DossierPayment | undefined;
}

export interface DossierPayment extends ContractReference {
  /** Negative when it was taken back. */
  readonly amountCents: number;
  readonly paidOn: string;
}

/** All that an insurer may learn of a client for one of its contracts and one premium year (exchange.md section 9). */
export interface InsurerView {
  readonly premiumYear: number;
  readonly state: DossierState;
  readonly outcome: InsurerOutcome;
  readonly amountCents?: number;
  readonly payment?: { readonly amountCents: number; readonly paidOn: string };
  readonly nextStep?: { readonly step: NextStep; readonly on: string };
  readonly reasons: readonly InsurerReason[];
}

/** What the insurer of a contract knows without us, and the rules that everybody may read. */
export interface OwnFacts {
  readonly contract: ContractFacts;
  readonly rules: PremiumYearRules;
  /** Today, as the business clock has it. */
  readonly businessDate: string;
}

/**
 * True when the premium year is shown on the contract: it was in force on a day of the year, or began after it but
 * before linking ended, which is when an insurer must learn that this was too late. A year that was over and paid when
 * the contract was first recorded is none of its years.
 */
export function showsYear({ contract, rules }: Omit<OwnFacts, "businessDate">): boolean {
  const { linkingUntil, paymentUntil } = findCalendar(rules, contract.profession);
  const hasEnded = contract.endOn !== undefined && contract.endOn < daysOf(rules.premiumYear).firstDay;
  return !hasEnded && contract.startOn <= linkingUntil && contract.recordedOn <= paymentUntil;
}

/**
 * What the insurer of a contract sees: pure. On a contract that takes no money, for whatever reason it may not know, and
 * until the decision on every contract, the dossier is not even looked at: nothing that is hidden can show. Without a
 * dossier the institute has not looked at the person yet, and refuses nobody.
 */
export function projectInsurerView(own: OwnFacts, dossier: Dossier | undefined): InsurerView {
  if (!dossier) return viewUnknown(own);
  if (dossier.payment && isSame(dossier.payment, own.contract)) return viewPaid(own, dossier, dossier.payment);
  const isDecided = own.businessDate >= calendarOf(own).decisionOn;
  const isPayable = isDecided && listOwnReasons(own).length === 0 && isLinked(own, dossier);
  return isPayable ? viewLinked(own, dossier) : viewFromOwnFacts(own);
}

/** The view of whoever knows nothing of the dossier: announced to all of them on the same day. */
function viewFromOwnFacts(own: OwnFacts): InsurerView {
  const { businessDate } = own;
  const { premiumYear } = own.rules;
  const calendar = calendarOf(own);
  const reasons = listOwnReasons(own);
  if (businessDate >= calendar.decisionOn) {
    const told = reasons.length > 0 ? reasons : (["notPayableOnThisContract"] as const);
    return { premiumYear, state: "decided", outcome: "notPayable", reasons: told };
  }
  const state = businessDate < calendar.evaluationOn ? "open" : "evaluated";
  return { premiumYear, state, outcome: "pending", nextStep: findNextStep(calendar, businessDate), reasons };
}

function viewUnknown(own: OwnFacts): InsurerView {
  const { premiumYear } = own.rules;
  const isDue = own.businessDate >= calendarOf(own).decisionOn && listOwnReasons(own).length === 0;
  return isDue
    ? { premiumYear, state: "evaluated", outcome: "pending", reasons: ["underReview"] }
    : viewFromOwnFacts(own);
}

/** After the decision, on the contract that the dossier is linked to. */
function viewLinked(own: OwnFacts, { state, evaluation }: Dossier): InsurerView {
  const { premiumYear, isAwaiting, amountCents, outcome } = evaluation;
  const isEntitled = outcome === "socialAdvantage" && amountCents !== undefined;
  if (state === "withdrawn") return { premiumYear, state, outcome: "notPayable", reasons: ["conditionsNotMet"] };
  if (isAwaiting) return { premiumYear, state, outcome: "pending", reasons: translate(evaluation.reasons) };
  if (state === "open" || state === "evaluated" || state === "contested")
    return { premiumYear, state, outcome: "pending", reasons: ["underReview"] };
  if (!isEntitled) return { premiumYear, state, outcome: "notPayable", reasons: translate(evaluation.reasons) };
  const nextStep = { step: "payment", on: calendarOf(own).paymentUntil } as const;
  return { premiumYear, state, outcome: "payable", amountCents, nextStep, reasons: [] };
}

/** Where money went to a contract its insurer must know what becomes of it, whatever the reason. */
function viewPaid(own: OwnFacts, dossier: Dossier, { amountCents: paidCents, paidOn }: DossierPayment): InsurerView {
  const { state, evaluation } = dossier;
  const { premiumYear, outcome, amountCents, isAwaiting } = evaluation;
  const paid = { premiumYear, state, payment: { amountCents: paidCents, paidOn } };
  if (state === "contested") return { ...paid, outcome: "pending", reasons: ["underReview"] };
  if (!isLinked(own, dossier)) return { ...paid, outcome: "notPayable", reasons: ["notPayableOnThisContract"] };
  if (outcome !== "socialAdvantage" || amountCents === undefined)
    return { ...paid, outcome: isAwaiting ? "pending" : "notPayable", reasons: translate(evaluation.reasons) };
  return { ...paid, outcome: "payable", amountCents, reasons: [] };
}

function isLinked({ contract }: OwnFacts, { evaluation }: Dossier): boolean {
  return evaluation.link.kind !== "none" && isSame(evaluation.link, contract);
}

function listOwnReasons(own: OwnFacts): InsurerReason[] {
  const { contract, rules } = own;
  const subject = { contract, rules, calendar: calendarOf(own), ...daysOf(rules.premiumYear) };
  const verdicts = OWN_CONTRACT_RULES.map((rule) => rule.apply(subject));
  return translate(verdicts.flatMap(({ passed, reason }) => (passed === false && reason ? [reason] : [])));
}

/** Each once, in the order of the list. */
function translate(reasons: readonly Reason[]): InsurerReason[] {
  const found = new Set<InsurerReason>(reasons.map((reason) => REASONS[reason].insurerReason));
  return INSURER_REASONS.filter((reason) => found.has(reason));
}

function calendarOf({ contract, rules }: OwnFacts): Calendar {
  return findCalendar(rules, contract.profession);
}

/** What the calendars of a year say on a day: as long as it stays the same, no view changes with the days. */
export function describeMoment({ calendars }: PremiumYearRules, businessDate: string): string {
  const steps = [...calendars].map(([profession, calendar]) => {
    const isDecided = businessDate >= calendar.decisionOn;
    const isEvaluated = businessDate >= calendar.evaluationOn;
    return [profession, isDecided ? "decided" : findNextStep(calendar, businessDate).step, isEvaluated];
  });
  return JSON.stringify(steps);
}

/** The step that comes next in the calendar, the same for everybody. */
function findNextStep(calendar: Calendar, businessDate: string): { readonly step: NextStep; readonly on: string } {
  if (businessDate <= calendar.linkingUntil) return { step: "linking", on: calendar.linkingUntil };
  if (businessDate < calendar.evaluationOn) return { step: "evaluation", on: calendar.evaluationOn };
  if (businessDate <= calendar.additionsUntil) return { step: "additions", on: calendar.additionsUntil };
  return { step: "decision", on: calendar.decisionOn };
}

function isSame(a: ContractReference, b: ContractReference): boolean {
  return a.insurerId === b.insurerId && a.contractId === b.contractId;
}
