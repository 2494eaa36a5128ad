import type { KeptMove } from "../../../advantage/explain-dossier.ts";
import type { KeptDossier } from "../../../advantage/list-dossiers.ts";
import type { EvaluatedRow } from "../../../advantage/move-dossiers.ts";
import type { Seen } from "../../../advantage/rule.ts";
import type { DossierName, ExplainedDossier } from "../../../operator/dossiers.ts";

type Concluded = Pick<
  KeptDossier,
  "outcome" | "isAwaiting" | "profession" | "level" | "months" | "amountCents" | "reasons"
>;

/** A dossier as operators see it in a list. */
export function viewDossier(path: string, dossier: DossierName & Concluded & Pick<KeptDossier, "state">) {
  const { personId, premiumYear, state } = dossier;
  return { href: `${path}/${personId}/${premiumYear}`, premiumYear, state, ...viewConclusion(dossier) };
}

/** A dossier with its moves, and the explanation of one of them. */
export function viewExplained(
  path: string,
  { personId, premiumYear }: DossierName,
  { moves, move, explanation }: ExplainedDossier,
) {
  const self = `${path}/${personId}/${premiumYear}`;
  return {
    self,
    premiumYear,
    moveNumber: move.moveNumber,
    state: move.toState,
    moves: moves.map((each) => viewMove(self, each)),
    ...(explanation && {
      explanation: {
        rulesVersion: explanation.evaluation.rulesVersion,
        rulesFingerprint: explanation.evaluation.rulesFingerprint,
        businessDate: explanation.input.businessDate,
        reproduced: explanation.isSame,
        checks: explanation.checks.map(({ rule, source, about, passed, seen, bound, rulesVersion }) => ({
          ...{ rule, source, rulesVersion, seen: viewSeen(seen), bound: viewSeen(bound) },
          ...(about !== undefined && { about }),
          ...(passed !== undefined && { passed }),
        })),
      },
    }),
  };
}

function viewMove(self: string, move: KeptMove) {
  const { moveNumber, fromState, toState, movedAt, movedBy, cause } = move;
  return {
    href: `${self}/moves/${moveNumber}`,
    ...{ moveNumber, toState, movedBy, cause, movedAt: movedAt.toISOString() },
    ...(fromState !== null && { fromState }),
    ...viewConclusion(move),
  };
}

function viewConclusion({ outcome, isAwaiting, profession, level, months, amountCents, reasons }: Concluded) {
  if (outcome === null) return {};
  return {
    ...{ outcome, awaiting: isAwaiting, reasons: [...reasons] },
    ...(profession !== null && { profession }),
    ...(level !== null && { level }),
    ...(months !== null && { months }),
    ...(amountCents !== null && { amountCents }),
  };
}

function viewSeen(seen: Seen): string[] {
  const list = Array.isArray(seen) ? (seen as readonly unknown[]) : seen === undefined ? [] : [seen];
  return list.map((value) => (value === undefined || value === null ? "" : String(value)));
}

const CONCLUDED: EvaluatedRow = {
  outcome: "socialAdvantage",
  isAwaiting: false,
  profession: "dentist",
  level: "full",
  months: 12,
  amountCents: 386_098,
  linkKind: "automatic",
  linkedInsurerId: 1,
  linkedContractId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7b11",
  reasons: [],
  evaluationBlock: 1,
  evaluationPlace: 0,
};
const PERSON_ID = "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10";

export const EXAMPLE_DOSSIER = { personId: PERSON_ID, premiumYear: 2025, state: "evaluated" as const, ...CONCLUDED };

const EXAMPLE_MOVE: KeptMove = {
  moveNumber: 2,
  fromState: "open",
  toState: "evaluated",
  movedBy: "system",
  cause: "julyEvaluation",
  movedAt: new Date("2026-07-01T00:00:10.000Z"),
  ...CONCLUDED,
};

export const EXAMPLE_EXPLAINED: ExplainedDossier = {
  moves: [EXAMPLE_MOVE],
  move: EXAMPLE_MOVE,
  explanation: {
    isSame: true,
    input: {
      person: { personId: PERSON_ID, professions: [], sanctions: [] },
      contracts: [],
      businessDate: "2026-07-01",
    },
    evaluation: {
      ...{
        premiumYear: 2025,
        rulesVersion: 1,
        rulesFingerprint: "56713632ffda4abe",
        outcome: "socialAdvantage",
        isAwaiting: false,
      },
      ...{ link: { kind: "none" }, reasons: [], contracts: [], checks: [] },
    },
    checks: [
      {
        ...{ rule: "boundReached", about: "dentist full", passed: true, seen: [312], bound: [300], rulesVersion: 1 },
        source: "premium-years/conditions.csv",
      },
    ],
  },
};
