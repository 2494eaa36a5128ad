import { ADVANTAGE_OUTCOMES } from "./advantage-outcomes.ts";
import type { OutcomeNumber } from "./outcome-number.ts";
import { REGISTER_OUTCOMES } from "./register-outcomes.ts";

/** Every outcome that a synthetic number can have, by its two digits, in their order. */
export const OUTCOME_NUMBERS: readonly OutcomeNumber[] = [...REGISTER_OUTCOMES, ...ADVANTAGE_OUTCOMES].sort((a, b) =>
  a.code < b.code ? -1 : 1,
);
