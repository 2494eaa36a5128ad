import { type Check, Checks } from "./check.ts";
import { type ContractResult, type ContractsResult, evaluateContracts } from "./evaluate-contracts.ts";
import { evaluateProfession, type ProfessionResult } from "./evaluate-profession.ts";
import { compareText } from "./period.ts";
import type { ContractFacts, ContractReference, PersonFacts } from "./person-facts.ts";
import { ANY_PROFESSION, findCalendar, type PremiumYearRules } from "./premium-year-rules.ts";
import { orderReasons, REASONS, type Reason } from "./reasons.ts";
import { daysOf, type PersonSubject } from "./rule.ts";
import { aliveInYear } from "./rules/alive-in-year.ts";
import { legalPension } from "./rules/legal-pension.ts";
import { notSanctioned } from "./rules/not-sanctioned.ts";
import { oneAdvantage } from "./rules/one-advantage.ts";
import { reservedRight } from "./rules/reserved-right.ts";
import { yearOver } from "./rules/year-over.ts";

/** What a dossier comes to (domain.md section 3). */
export const OUTCOMES = ["socialAdvantage", "conventionAdvantage", "reservedRight", "none"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface DossierInput {
  readonly person: PersonFacts;
  /** Contracts of the person with all insurers; cancelled ones are left out. */
  readonly contracts: readonly ContractFacts[];
  readonly rules: PremiumYearRules;
  /** Today, as the business clock has it. */
  readonly businessDate: string;
}

/** Plain values only: the same input gives the same text, however it is written. */
export interface Evaluation {
  readonly premiumYear: number;
  readonly rulesVersion: number;
  readonly rulesFingerprint: string;
  readonly outcome: Outcome;
  /** True when something must be known before a decision can be taken; `reasons` says what. */
  readonly isAwaiting: boolean;
  readonly profession?: string;
  readonly level?: string;
  /** Twelfths of the yearly amount. */
  readonly months?: number;
  /** Absent when there is none, or none is published; never 0. */
  readonly amountCents?: number;
  readonly link: { readonly kind: "none" } | ({ readonly kind: "automatic" | "chosen" } & ContractReference);
  readonly reasons: readonly Reason[];
  /** Each contract by itself. */
  readonly contracts: readonly ContractResult[];
  readonly checks: readonly Check[];
}

/** Evaluates one person for one premium year: pure, and explains itself by `checks`. */
export function evaluateDossier(input: DossierInput): Evaluation {
  const { person, rules, businessDate } = input;
  const subject: PersonSubject = {
    ...{ person, rules, businessDate },
    ...daysOf(rules.premiumYear),
  };
  const checks = new Checks(rules.version);
  const personal = [yearOver, aliveInYear, notSanctioned].flatMap((rule) => {
    const { passed, reason } = checks.apply(rule, subject);
    return passed === true || reason === undefined ? [] : [reason];
  });
  const ordered = [...person.professions].sort((a, b) => compareText(a.profession, b.profession));
  const professions = ordered.map((facts) => evaluateProfession(subject, facts, checks));
  const advantage = checks.apply(oneAdvantage, professions).value;
  const contracts = evaluateContracts(subject, input.contracts, checks);
  const outcome = chooseOutcome(subject, contracts, checks);
  const missing = outcome === "socialAdvantage" ? whyNotLinked(subject, contracts) : [];
  const reasons = [...personal, ...reasonsOf(professions, advantage), ...missing];
  return conclude(subject, { outcome, advantage, contracts, checks, reasons });
}

/** What the person would get if every condition were met. */
function chooseOutcome(subject: PersonSubject, { link }: ContractsResult, checks: Checks): Exclude<Outcome, "none"> {
  const canTakeContract = checks.apply(legalPension, subject).passed === true;
  const canReserve = checks.apply(reservedRight, subject).passed === true;
  if (!canTakeContract) return link ? "socialAdvantage" : "conventionAdvantage";
  return canReserve && (wantsReservedRight(subject) || !link) ? "reservedRight" : "socialAdvantage";
}

/** A choice made when linking was over is none. */
function wantsReservedRight({ rules, person }: PersonSubject): boolean {
  const { choice } = person;
  return choice?.chosen === "reservedRight" && choice.chosenOn <= lastLinkingDay(rules, person);
}

/** Until linking ends a contract may still come, or be chosen. */
function whyNotLinked({ rules, businessDate, person }: PersonSubject, result: ContractsResult): readonly Reason[] {
  if (result.link) return [];
  return businessDate <= lastLinkingDay(rules, person) ? ["linkingNotEnded"] : result.reasons;
}

/** The last day of linking for any of the person's professions. */
function lastLinkingDay(rules: PremiumYearRules, { professions }: PersonFacts): string {
  const names = professions.length > 0 ? professions.map(({ profession }) => profession) : [ANY_PROFESSION];
  return names.map((name) => findCalendar(rules, name).linkingUntil).reduce((a, b) => (a > b ? a : b));
}

/** Of the profession that counts; of all of them when none does. */
function reasonsOf(
  professions: readonly ProfessionResult[],
  advantage: ProfessionResult | undefined,
): readonly Reason[] {
  if (!advantage) return ["noProfession"];
  return advantage.status === "refused" ? professions.flatMap(({ reasons }) => reasons) : advantage.reasons;
}

interface Conclusion {
  readonly outcome: Exclude<Outcome, "none">;
  readonly advantage: ProfessionResult | undefined;
  readonly contracts: ContractsResult;
  readonly checks: Checks;
  readonly reasons: readonly Reason[];
}

function conclude(
  { rules }: PersonSubject,
  { outcome, advantage, contracts, checks, reasons }: Conclusion,
): Evaluation {
  const settled = reasons.includes("yearNotOver") ? (["yearNotOver"] as const) : reasons;
  const refusing = settled.filter((reason) => REASONS[reason].nature === "refuses");
  const isRefused = refusing.length > 0;
  const isEntitled =
    !isRefused && advantage?.status === "entitled" && settled.every((reason) => reason === "amountNotPublished");
  // What goes elsewhere is linked to no contract, so that no insurer sees its own one treated otherwise than the others.
  const { contract, kind } = (outcome === "socialAdvantage" && contracts.link) || {};
  const amountCents = isEntitled ? amountFor(outcome, advantage, rules) : undefined;
  const final =
    isEntitled && amountCents === undefined ? (["amountNotPublished"] as const) : isRefused ? refusing : settled;
  return {
    ...{ premiumYear: rules.premiumYear, rulesVersion: rules.version, rulesFingerprint: rules.fingerprint },
    outcome: isEntitled ? outcome : "none",
    isAwaiting: !isRefused && final.length > 0,
    ...(isEntitled && { profession: advantage.profession, level: advantage.level!, months: advantage.months! }),
    ...(amountCents !== undefined && { amountCents }),
    link: contract ? { kind: kind!, insurerId: contract.insurerId, contractId: contract.contractId } : { kind: "none" },
    reasons: orderReasons(final),
    contracts: contracts.contracts,
    checks: checks.list,
  };
}

function amountFor(outcome: Outcome, advantage: ProfessionResult, rules: PremiumYearRules): number | undefined {
  const isUnknown =
    outcome === "conventionAdvantage" && rules.switches.conventionAdvantageAmount === "amountNotPublished";
  return isUnknown ? undefined : advantage.amountCents;
}
