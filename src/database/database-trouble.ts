/**
 * Classes of PostgreSQL's error codes (appendix A) that say something about the server and nothing about what it was asked:
 * connection, resources (a full disk: 53100), an operator's intervention, the system below it.
 */
const CLASSES = ["08", "53", "57", "58"];

/** Whether an error is of a database that is away, full or being stopped: the same statement may succeed later. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  if (error.code.startsWith("CONNECTION_") || error.code === "CONNECT_TIMEOUT") return true;
  return error.name === "PostgresError" && CLASSES.includes(error.code.slice(0, 2));
}
