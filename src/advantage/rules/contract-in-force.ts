import type { OwnContractSubject, Rule } from "../rule.ts";

export const contractInForce: Rule<OwnContractSubject> = {
  name: "contractInForce",
  source:
    "domain.md section 3: paid when in force on a day of the year, also if it ends inside it (L: switch contractEndingInsideYear)",
  apply: ({ contract, rules, firstDay, lastDay }) => {
    const bound = rules.switches.contractEndingInsideYear === "payable" ? firstDay : lastDay;
    return {
      passed: contract.endOn === undefined || contract.endOn >= bound,
      seen: contract.endOn,
      bound,
      reason: "contractEnded",
    };
  },
};
