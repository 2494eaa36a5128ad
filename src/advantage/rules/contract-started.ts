import type { OwnContractSubject, Rule } from "../rule.ts";

export const contractStarted: Rule<OwnContractSubject> = {
  name: "contractStarted",
  source: "domain.md section 4: contract started on or before 31 December of the premium year (H)",
  apply: ({ contract, lastDay }) => ({
    passed: contract.startOn <= lastDay,
    seen: contract.startOn,
    bound: lastDay,
    reason: "contractStartedTooLate",
  }),
};
