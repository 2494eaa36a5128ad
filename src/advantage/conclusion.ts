import type { Evaluation } from "./evaluate-dossier.ts";
import type { Link } from "./rules/contract-linked.ts";

/** What an evaluation came to; the rest of it explains why. A dossier moves only when this changes. */
export type Conclusion = Pick<
  Evaluation,
  "outcome" | "isAwaiting" | "profession" | "level" | "months" | "amountCents" | "link" | "reasons"
>;

/** A conclusion as the columns of a dossier and of its events hold it. */
export interface ConclusionRow {
  readonly outcome: Evaluation["outcome"];
  readonly isAwaiting: boolean;
  readonly profession: string | null;
  readonly level: string | null;
  readonly months: number | null;
  readonly amountCents: number | null;
  readonly linkKind: Link["kind"] | null;
  readonly linkedInsurerId: number | null;
  readonly linkedContractId: string | null;
  readonly reasons: Evaluation["reasons"];
}

export function toConclusionRow(conclusion: Conclusion): ConclusionRow {
  const { outcome, isAwaiting, profession, level, months, amountCents, link, reasons } = conclusion;
  return {
    ...{ outcome, isAwaiting, reasons },
    profession: profession ?? null,
    level: level ?? null,
    months: months ?? null,
    amountCents: amountCents ?? null,
    linkKind: link.kind === "none" ? null : link.kind,
    linkedInsurerId: link.kind === "none" ? null : link.insurerId,
    linkedContractId: link.kind === "none" ? null : link.contractId,
  };
}

export function toConclusion(row: ConclusionRow): Conclusion {
  const { outcome, isAwaiting, profession, level, months, amountCents, reasons } = row;
  const { linkKind, linkedInsurerId, linkedContractId } = row;
  return {
    ...{ outcome, isAwaiting, reasons },
    ...(profession !== null && { profession }),
    ...(level !== null && { level }),
    ...(months !== null && { months }),
    ...(amountCents !== null && { amountCents }),
    link:
      linkKind === null
        ? { kind: "none" }
        : { kind: linkKind, insurerId: linkedInsurerId!, contractId: linkedContractId! },
  };
}

/** True when both decide the same, also where they were explained otherwise. */
export function isSameConclusion(a: ConclusionRow, b: ConclusionRow): boolean {
  return isSameMoney(a, b) && DECIDING.every((name) => a[name] === b[name]) && a.reasons.join() === b.reasons.join();
}

/** True when the same amount goes to the same place. */
export function isSameMoney(a: ConclusionRow, b: ConclusionRow): boolean {
  return isSameGoal(a, b) && a.amountCents === b.amountCents;
}

/** True when money, whatever the amount, goes to the same place. */
export function isSameGoal(a: ConclusionRow, b: ConclusionRow): boolean {
  return (
    a.outcome === b.outcome && a.linkedInsurerId === b.linkedInsurerId && a.linkedContractId === b.linkedContractId
  );
}

const DECIDING = ["isAwaiting", "profession", "level", "months", "linkKind"] as const;
