/** States of a dossier: one person, one premium year (domain.md section 3). */
export const DOSSIER_STATES = [
  "open",
  "evaluated",
  "decided",
  "toPay",
  "paid",
  "contested",
  "recovery",
  "supplement",
  "settled",
  "withdrawn",
] as const;
export type DossierState = (typeof DOSSIER_STATES)[number];

/**
 * The only moves there are. A paid dossier is never evaluated anew: it becomes recovery or supplement. Re-evaluation
 * leads from `evaluated`, `decided` and `toPay` to `evaluated`.
 */
export const DOSSIER_MOVES = {
  open: ["evaluated", "withdrawn"],
  evaluated: ["evaluated", "decided", "withdrawn"],
  decided: ["evaluated", "toPay", "contested"],
  toPay: ["evaluated", "paid", "contested"],
  paid: ["contested", "recovery", "supplement"],
  contested: ["decided", "paid", "recovery", "supplement"],
  recovery: ["settled"],
  supplement: ["settled"],
  settled: [],
  withdrawn: [],
} as const satisfies Readonly<Record<DossierState, readonly DossierState[]>>;

/**
 * `contestedFrom` is the state in which the decision was contested: before the payment it ends in a revised decision,
 * after it in `paid` again, in recovery or in a supplement.
 */
export function mayMove(from: DossierState, to: DossierState, contestedFrom?: DossierState): boolean {
  const moves: readonly DossierState[] = DOSSIER_MOVES[from];
  if (!moves.includes(to)) return false;
  return from !== "contested" || (contestedFrom === "paid") === (to !== "decided");
}
