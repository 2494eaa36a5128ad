import type { ContractSubject, Rule } from "../rule.ts";

/** Who takes the legal pension keeps the social advantage only on an old contract, and with an old pension. */
export const contractOfPensioner: Rule<ContractSubject> = {
  name: "contractOfPensioner",
  source:
    "domain.md section 4: convention advantage, unless the pension and the contract both date from before 1 January 2016 (H); switch pensionAndContractBefore",
  apply: ({ person, contract, rules, lastDay }) => {
    const pensionOn = person.legalPensionOn;
    const bound = rules.switches.pensionAndContractBefore;
    const isPensioner = pensionOn !== undefined && pensionOn <= lastDay;
    return {
      passed: !isPensioner || (pensionOn < bound && contract.startOn < bound),
      seen: [pensionOn, contract.startOn],
      bound,
      reason: "contractAfterPension",
    };
  },
};
