import type { Logger } from "pino";
import type { InsurersClock } from "../clock.ts";
import type { Database } from "../database/connection.ts";
import type { NewAlarm } from "../operations/alarms.ts";
import type { VerificationQuota } from "../verification/verify.ts";
import type { CallTurns } from "./call-turns.ts";
import type { MassChangeLimits } from "./mass-change.ts";
import type { ReceiptSigner } from "./receipt.ts";
import type { TransferSlots } from "./transfer-slots.ts";

/** What the stages of the intake need; `app.ts` makes it once for each process. */
export interface Intake {
  readonly database: Database;
  readonly clock: InsurersClock;
  readonly signer: ReceiptSigner;
  readonly log: Logger;
  /** Makes operators see; never rejects. */
  readonly raiseAlarm: (alarm: NewAlarm) => Promise<void>;
  readonly environmentName: "validation" | "production";
  readonly maximumBytes: number;
  readonly transferSlots: TransferSlots;
  readonly callTurns: CallTurns;
  readonly verificationQuota: VerificationQuota;
  /** Claims of one submission that may end without a result before it is quarantined. */
  readonly processingAttempts: number;
  readonly massChange: MassChangeLimits;
}
