import type { PremiumYearRules } from "./premium-year-rules.ts";

/** By which rules, on which day, by whom and why dossiers of one premium year move; it stands on every event. */
export interface MoveRun {
  readonly rules: PremiumYearRules;
  /** Today, as the business clock has it. */
  readonly businessDate: string;
  readonly movedAt: string;
  /** A client, `account:` and an operator's account, or `system`. */
  readonly movedBy: string;
  /** What gave rise to it: `julyEvaluation`, `factsChanged`, `contractsChanged`, `rulesChanged`, `decision`, `paymentRun` … */
  readonly cause: string;
}
