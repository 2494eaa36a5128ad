import type { OwnContractSubject, Rule } from "../rule.ts";

export const contractRecorded: Rule<OwnContractSubject> = {
  name: "contractRecorded",
  source:
    "domain.md section 4: recorded on or before the linking cut-off of the calendar, Brussels time (M); premium-years/calendar.csv",
  apply: ({ contract, calendar }) => ({
    passed: contract.recordedOn <= calendar.linkingUntil,
    seen: contract.recordedOn,
    bound: calendar.linkingUntil,
    reason: "contractReceivedTooLate",
  }),
};
