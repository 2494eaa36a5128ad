import type { ContractFacts } from "../person-facts.ts";
import { findCalendar } from "../premium-year-rules.ts";
import type { PersonSubject, Rule } from "../rule.ts";

export interface LinkSubject extends PersonSubject {
  /** Contracts that could be paid, earliest start first. */
  readonly linkable: readonly ContractFacts[];
}

export interface Link {
  readonly kind: "automatic" | "chosen";
  readonly contract: ContractFacts;
}

/** The chosen contract if it was chosen in time and can be paid, otherwise the one that the switch names. */
export const contractLinked: Rule<LinkSubject, Link> = {
  name: "contractLinked",
  source:
    "domain.md section 2: with two contracts the provider chooses one until linking ends (H); without a choice: switch contractWithoutChoice",
  apply: (subject) => {
    const { linkable, person } = subject;
    const chosen = findChosen(subject);
    const contract = chosen ?? findWithoutChoice(subject);
    const seen = linkable.map(({ contractId }) => contractId);
    const choice = person.choice?.chosen;
    const bound = choice === undefined || choice === "reservedRight" ? choice : choice.contractId;
    if (!contract)
      return { passed: false, seen, bound, reason: linkable.length > 0 ? "noContractChosen" : "noContract" };
    return { passed: true, seen, bound, value: { kind: chosen ? "chosen" : "automatic", contract } };
  },
};

function findChosen({ linkable, person, rules }: LinkSubject): ContractFacts | undefined {
  const { chosen, chosenOn } = person.choice ?? {};
  if (chosen === undefined || chosen === "reservedRight" || chosenOn === undefined) return undefined;
  return linkable.find(
    (contract) =>
      contract.insurerId === chosen.insurerId &&
      contract.contractId === chosen.contractId &&
      chosenOn <= findCalendar(rules, contract.profession).linkingUntil,
  );
}

/** A single contract needs no choice. */
function findWithoutChoice({ linkable, rules }: LinkSubject): ContractFacts | undefined {
  if (linkable.length === 1) return linkable[0];
  const order = rules.switches.contractWithoutChoice;
  if (order === "none") return undefined;
  return order === "earliestStart" ? linkable[0] : linkable.at(-1);
}
