import type { PersonHasher } from "../audit/person-hash.ts";
import type { SessionBook } from "../connection-tests/session-book.ts";
import type { Intake } from "../intake/intake.ts";

/** What the file protocol of the SFTP door needs; `app.ts` makes it once for each process. */
export interface Exchange {
  readonly intake: Intake;
  /** Hashes the persons that an answer names, for the audit trail. */
  readonly persons: PersonHasher;
  /** How long an FI file waits for its GO, and a GO for its FI, before it is refused. */
  readonly goTimeoutMs: number;
  /** How long an FI file must stay as it is when its GO is older than it. */
  readonly settleMs: number;
  /** Rest of a file written in the second of its GO, in milliseconds. */
  readonly sameSecondMs: number;
  /** How long an answer waits in OUT. */
  readonly answerRetentionMs: number;
  /** Attempts to take a file before it is quarantined. */
  readonly attempts: number;
  /** The server that insurers reach: what connection tests tell of it. */
  readonly ssh?: {
    /** Fingerprints of its keys, `SHA256:…`. */
    readonly hostKeys: readonly string[];
    /** Absent where it is not the gateway's own: its sessions are not seen. */
    readonly sessions?: SessionBook;
  };
}

/** What the exchange needs for questions about accounts alone. */
export type AccountSource = Pick<Intake, "database" | "clock">;
