/** One that has the lock, and others that do what can be done before: of 1, 2, 3 and 20, three answered the most calls. */
const CALLS_AT_ONCE = 3;

/** Lets single calls of one insurer go on in the order in which they came, a few at a time. */
export interface CallTurns {
  run<Result>(insurerId: number, work: () => Promise<Result>): Promise<Result>;
}

/**
 * Changes of one insurer stand behind its lock in the database: however many calls hold a connection, one of them makes
 * headway. So at most `share` of each insurer hold one in this process: the connections are there for the other insurers,
 * and the server has no crowd of waiting transactions to tell of each step.
 */
export function createCallTurns(share = CALLS_AT_ONCE): CallTurns {
  const taken = new Map<number, number>();
  const waiting = new Map<number, (() => void)[]>();

  const take = async (insurerId: number): Promise<void> => {
    const count = taken.get(insurerId) ?? 0;
    if (count < share) {
      taken.set(insurerId, count + 1);
      return;
    }
    await new Promise<void>((resolve) => {
      const queue = waiting.get(insurerId);
      if (queue) queue.push(resolve);
      else waiting.set(insurerId, [resolve]);
    });
  };
  const giveBack = (insurerId: number): void => {
    const queue = waiting.get(insurerId);
    const next = queue?.shift();
    if (queue?.length === 0) waiting.delete(insurerId);
    const left = (taken.get(insurerId) ?? 1) - 1;
    if (next) next();
    else if (left > 0) taken.set(insurerId, left);
    else taken.delete(insurerId);
  };

  return {
    async run(insurerId, work) {
      await take(insurerId);
      try {
        return await work();
      } finally {
        giveBack(insurerId);
      }
    },
  };
}
