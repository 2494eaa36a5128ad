import { SFTP_FAULTS, type SftpFaultCode } from "../exchange/drop-folders.ts";
import type { NewAlarm } from "../operations/alarms.ts";

export interface FaultAlarms {
  /** A round failed; its account has been failing for so long. */
  note(accountName: string, fault: string, failingForMs: number): void;
}

/** Nobody is woken for a server that restarts. */
const PATIENCE_MS = 60_000;

/** Of the server, whoever's folders were looked for: one alarm for all accounts. */
const OF_THE_SERVER: Partial<Record<SftpFaultCode, string>> = {
  hostKeyUnknown: "sftpHostKeyUnknown",
  authenticationFailed: "sftpAuthenticationFailed",
  connectionFailed: "sftpServerUnreachable",
};
/** Those that time does not mend. */
const AT_ONCE: readonly string[] = ["hostKeyUnknown", "authenticationFailed"];

/** Raises alarms for faults that last: of the server as a whole, or of one account. */
export function createFaultAlarms(
  server: { readonly host: string; readonly port: number },
  raise: (alarm: NewAlarm) => Promise<void>,
): FaultAlarms {
  const isCode = (fault: string): fault is SftpFaultCode => (SFTP_FAULTS as readonly string[]).includes(fault);
  return {
    note(accountName, fault, failingForMs) {
      if (failingForMs < PATIENCE_MS && !AT_ONCE.includes(fault)) return;
      const code = isCode(fault) ? OF_THE_SERVER[fault] : undefined;
      const alarm: NewAlarm = code
        ? { code, details: { ...server } }
        : { code: "sftpAccountFailing", details: { accountName, fault } };
      void raise(alarm);
    },
  };
}
