/**
 * Classes of PostgreSQL's error codes (appendix A) that say something about the server and nothing about what it was asked:
 * connection, resources (a full disk: 53100), an operator's intervention, the system below it.
 */
const CLASSES = ["08", "53", "57", "58"];

/** Whether an error is of a database that is away, full or being stopped: the same statement may succeed later. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (isLossOfConnection(error)) return true;
  return error instanceof Error && error.name === "PostgresError" && CLASSES.includes(codeOf(error).slice(0, 2));
}

/**
 * Whether an error is of the driver's connection or of the socket below it, which is lost, or was never made: Node names the
 * system call that failed, or gathers the failures of several addresses. After an error of the server itself the
 * connection may live on.
 */
export function isLossOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^CONNECT(?:ION)?_/.test(codeOf(error)) || "syscall" in error || error instanceof AggregateError;
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
