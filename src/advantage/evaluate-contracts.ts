import type { Checks } from "./check.ts";
import { compareText } from "./period.ts";
import type { ContractFacts, ContractReference } from "./person-facts.ts";
import { findCalendar } from "./premium-year-rules.ts";
import type { Reason } from "./reasons.ts";
import type { ContractSubject, PersonSubject, Rule } from "./rule.ts";
import { contractInForce } from "./rules/contract-in-force.ts";
import { contractLinked, type Link } from "./rules/contract-linked.ts";
import { contractOfPensioner } from "./rules/contract-of-pensioner.ts";
import { contractRecorded } from "./rules/contract-recorded.ts";
import { contractStarted } from "./rules/contract-started.ts";

/** What is wrong with a contract itself: its insurer may know, for it could see it by itself. */
export const OWN_CONTRACT_RULES = [contractStarted, contractRecorded, contractInForce];
const CONTRACT_RULES: readonly Rule<ContractSubject>[] = [...OWN_CONTRACT_RULES, contractOfPensioner];

/** Why a contract cannot be paid for the year; no reasons: it could. */
export interface ContractResult extends ContractReference {
  readonly reasons: readonly Reason[];
}

export interface ContractsResult {
  readonly contracts: readonly ContractResult[];
  readonly link: Link | undefined;
  /** Why there is no link. */
  readonly reasons: readonly Reason[];
}

/** Looks at each contract by itself, then links one. The order in which contracts are given does not matter. */
export function evaluateContracts(
  subject: PersonSubject,
  contracts: readonly ContractFacts[],
  checks: Checks,
): ContractsResult {
  const ordered = contracts.length > 1 ? [...contracts].sort(compareContracts) : contracts;
  const results = ordered.map((contract) => evaluateContract(subject, contract, checks));
  const linkable = ordered.filter((_, index) => results[index]!.reasons.length === 0);
  const linked = checks.apply(contractLinked, { ...subject, linkable });
  if (linked.value) return { contracts: results, link: linked.value, reasons: [] };
  const reasons = linkable.length === 0 ? results.flatMap((result) => result.reasons) : [];
  return { contracts: results, link: undefined, reasons: reasons.length > 0 ? reasons : [linked.reason!] };
}

function evaluateContract(subject: PersonSubject, contract: ContractFacts, checks: Checks): ContractResult {
  const { insurerId, contractId, profession } = contract;
  const own = { ...subject, contract, calendar: findCalendar(subject.rules, profession) };
  const reasons = CONTRACT_RULES.flatMap((rule) => {
    const { passed, reason } = checks.apply(rule, own, contractId);
    return passed === false && reason !== undefined ? [reason] : [];
  });
  return { insurerId, contractId, reasons };
}

function compareContracts(a: ContractFacts, b: ContractFacts): number {
  return (
    compareText(a.startOn, b.startOn) ||
    compareText(a.recordedOn, b.recordedOn) ||
    a.insurerId - b.insurerId ||
    compareText(a.contractId, b.contractId)
  );
}
