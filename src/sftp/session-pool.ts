import { SftpFault } from "../exchange/drop-folders.ts";
import { openSession, type SftpSession, type SftpTarget } from "./sftp-session.ts";

/** Sessions that stay open between rounds. */
export interface SessionPool {
  /** One for nobody else until it is given back: an open one, or a new one. Throws `SftpFault`. */
  take(user: string): Promise<SftpSession>;
  giveBack(user: string, session: SftpSession): void;
  close(): Promise<void>;
}

export type PoolTarget = Omit<SftpTarget, "user">;

interface UserSessions {
  readonly idle: { session: SftpSession; since: number }[];
  failures: number;
  retryAt: number;
  lastFault: SftpFault | undefined;
}

const IDLE_MS = 60_000;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** Sessions to one server, by user. */
export function createSessionPool(target: PoolTarget): SessionPool {
  const users = new Map<string, UserSessions>();
  const sessionsOf = (user: string) => {
    const known = users.get(user) ?? { idle: [], failures: 0, retryAt: 0, lastFault: undefined };
    users.set(user, known);
    return known;
  };
  const sweep = setInterval(() => {
    for (const { idle } of users.values()) {
      // The newest is used first, so those that were not needed for long are in front.
      while (idle[0] && idle[0].since < performance.now() - IDLE_MS) void idle.shift()?.session.close();
    }
  }, IDLE_MS / 4).unref();

  return {
    async take(user) {
      const own = sessionsOf(user);
      for (let next = own.idle.pop(); next; next = own.idle.pop()) {
        if (!next.session.steps.fault) return next.session;
      }
      // A server that is away is asked now and then, not by each of its accounts.
      if (own.lastFault && performance.now() < own.retryAt) throw own.lastFault;
      try {
        const session = await openSession({ ...target, user });
        own.failures = 0;
        own.lastFault = undefined;
        return session;
      } catch (error) {
        if (error instanceof SftpFault) {
          own.retryAt = performance.now() + pauseAfter(own.failures);
          own.failures += 1;
          own.lastFault = error;
        }
        throw error;
      }
    },
    giveBack(user, session) {
      if (!session.steps.fault) sessionsOf(user).idle.push({ session, since: performance.now() });
    },
    async close() {
      clearInterval(sweep);
      const open = [...users.values()].flatMap(({ idle }) => idle.splice(0));
      await Promise.all(open.map(({ session }) => session.close()));
    },
  };
}

/** After so many failures in a row, in ms: twice as long each time, to half a minute. */
export function pauseAfter(failures: number): number {
  return Math.min(SHORTEST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
}
