import { setTimeout as sleep } from "node:timers/promises";

/** SQLSTATEs by which PostgreSQL gives up one transaction for the sake of others: serialization_failure, deadlock_detected. */
const CONFLICT_CODES: readonly string[] = ["40001", "40P01"];

export const CONFLICT_ATTEMPTS = 4;
const LONGEST_FIRST_PAUSE_MS = 20;

/**
 * Runs a transaction again that PostgreSQL gave up for the sake of another: nothing is wrong with it, and nothing of it is
 * left. Only for work that may begin anew. Throws the conflict itself after `CONFLICT_ATTEMPTS`.
 */
export async function retryConflicts<T>(runTransaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runTransaction();
    } catch (error) {
      if (attempt === CONFLICT_ATTEMPTS || !isConflict(error)) throw error;
      // By chance, so that those who met do not meet again.
      await sleep(Math.random() * LONGEST_FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && CONFLICT_CODES.includes(String(error.code));
}
