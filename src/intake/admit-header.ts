import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { parseInputFileName } from "../formats/exchange-file-name.ts";
import type { InsurerPhase } from "../identity/identity-kinds.ts";
import type { CandidateInsurer } from "./candidate-insurer.ts";
import type { Intake } from "./intake.ts";
import type { SubmissionHeader } from "./root-peek.ts";
import type { HeldReason } from "./submission.ts";

/** Letters of exchange.md section 2 that each environment takes. */
const LETTERS = { production: ["R"], validation: ["S", "T"] } as const;

export interface Admission {
  readonly state: "received" | "held" | "refused" | "tested";
  readonly findings: readonly Finding[];
  /** What a held one waits for, and until when; without end where that is absent. */
  readonly heldReason?: HeldReason;
  readonly heldUntil?: Date | null;
  /** The number that a gap waits for. */
  readonly awaitedSequence?: number;
}

interface Arriving {
  readonly insurer: CandidateInsurer;
  readonly isOnlyCandidate: boolean;
  readonly fileName: string | undefined;
  /** Changes nothing, so it is for every phase, and an initial load is compared at any time. */
  readonly isDryRun: boolean;
}

/** Decides at reception, from the root alone, whether a file is taken up, refused, or only tested (letter T). */
export async function admitHeader(
  intake: Intake,
  tx: TransactionSql,
  { insurer, isOnlyCandidate, fileName, isDryRun }: Arriving,
  header: SubmissionHeader,
): Promise<Admission> {
  const { insurerId, enterpriseNumber } = insurer;
  const findings: Finding[] = [];
  if (header.sender !== enterpriseNumber) {
    findings.push({
      code: "senderMismatch",
      field: "sender",
      value: header.sender,
      // Which others the sender may act for is not this insurer's to read.
      ...(isOnlyCandidate && { details: { expected: enterpriseNumber } }),
    });
  }
  const letters: readonly string[] = LETTERS[intake.environmentName];
  if (!letters.includes(header.environment)) {
    const expected = letters.join(", ");
    findings.push({
      code: "environmentMismatch",
      field: "environment",
      value: header.environment,
      details: { expected },
    });
  } else if (fileName !== undefined) {
    const letter = parseInputFileName(fileName)?.letter;
    if (letter !== undefined && letter !== header.environment) {
      findings.push({
        code: "environmentMismatch",
        field: "fileName",
        value: letter,
        details: { expected: header.environment },
      });
    }
  }
  const isTest = header.environment === "T";
  const { phase, isInitialLoadClosed } = await readStanding(tx, insurerId);
  if (phase === "suspended") findings.push({ code: "insurerSuspended" });
  if (phase === "access" && !isTest && !isDryRun && header.kind !== "inamiVerification") {
    findings.push({ code: "phaseNotAllowed", field: "environment", value: header.environment });
  }
  // A circuit test changes nothing, so it is for every phase.
  if (findings.length === 0 && isInitialLoadClosed && !isTest && !isDryRun && header.kind === "initialLoad") {
    findings.push({ code: "initialLoadClosed", field: "kind", value: header.kind });
  }
  if (findings.length > 0) return { state: "refused", findings };
  return { state: isTest ? "tested" : "received", findings: [] };
}

interface Standing {
  readonly phase: InsurerPhase;
  readonly isInitialLoadClosed: boolean;
}

/** As committed now: what the door remembers of the insurer may be some seconds old. */
async function readStanding(tx: TransactionSql, insurerId: number): Promise<Standing> {
  const [row] = await tx<Standing[]>`
    select phase, initial_load_completed_at is not null as "isInitialLoadClosed" from insurer
    where insurer_id = ${insurerId}`;
  return row!;
}
