import type { Amount } from "../premium-year-rules.ts";
import type { ProfessionSubject, Rule } from "../rule.ts";

export const amountPublished: Rule<ProfessionSubject & { readonly level: string }, Amount> = {
  name: "amountPublished",
  source: "domain.md section 4: amounts are published each year, stored in cents, never computed by indexation (H)",
  apply: ({ own, level }) => {
    const amount = own.amounts.get(level);
    return {
      passed: amount === undefined ? undefined : true,
      seen: amount?.cents,
      bound: level,
      reason: "amountNotPublished",
      ...(amount && { value: amount }),
    };
  },
};
