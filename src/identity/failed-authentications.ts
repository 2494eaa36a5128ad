import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Sql } from "../database/sql.ts";

/**
 * Who tries to prove who he is. `certificate` is the SHA-256 of the one presented at the handshake, in hexadecimal, trusted
 * or not: whoever presented it has its key, while a client id may be claimed by anybody, who could lock the client out.
 */
export interface Party {
  readonly address: string;
  readonly certificate?: string;
}

export interface FailedAuthenticationSettings {
  /** Failures that a client may have, counted with decay, before each further one bans it for a time; 0: never banned. */
  readonly failuresPerClient: number;
  /** The same for all parties behind one address together: many clients may share it. 0: never banned. */
  readonly failuresPerAddress: number;
}

export const DEFAULT_FAILED_AUTHENTICATION_SETTINGS: FailedAuthenticationSettings = {
  failuresPerClient: 10,
  failuresPerAddress: 300,
};

/** What remains of failures after this time: half. */
const HALF_LIFE_SECONDS = 3_600;
/** The first ban; each further failure doubles it. */
const SHORTEST_BAN_SECONDS = 1;
const LONGEST_BAN_SECONDS = 900;
/** How late another process may learn of a ban. */
const MAXIMUM_AGE_MS = 1_000;
const REMEMBERED_PARTIES = 10_000;
const SWEEP_INTERVAL_MS = 600_000;
/** After this many half-lives nothing is left that counts. */
const FORGOTTEN_AFTER_HALF_LIVES = 24;

/** Failures of all processes, decaying; successes change nothing, for they may be another's behind the same address. */
export interface FailedAuthentications {
  /** Whole seconds for which the party is not listened to; 0 when it is. As it was at most a second ago. */
  secondsBanned(party: Party): Promise<number> | number;
  /** Counts one failure. Never throws: the caller is refused all the same. `reason` is a code. */
  record(party: Party, reason: string): Promise<void>;
}

export interface FailedAuthenticationOptions extends Partial<FailedAuthenticationSettings> {
  readonly log: Pick<Logger, "warn">;
  /** Told of each failure, for metrics. */
  readonly onFailure?: (reason: string) => void;
}

export function createFailedAuthentications(
  sql: Sql,
  { log, onFailure, ...settings }: FailedAuthenticationOptions,
): FailedAuthentications {
  const { failuresPerAddress, failuresPerClient } = { ...DEFAULT_FAILED_AUTHENTICATION_SETTINGS, ...settings };
  const bans = new LRUCache<string, { readonly until: number }>({
    max: REMEMBERED_PARTIES,
    ttl: MAXIMUM_AGE_MS,
    ignoreFetchAbort: true,
    fetchMethod: async (key) => ({ until: performance.now() + (await findBan(sql, key.split(" "))) * 1000 }),
  });
  let sweepAt = 0;

  return {
    secondsBanned(party) {
      const key = keyOf(party);
      const known = bans.get(key);
      return known ? secondsUntil(known) : bans.fetch(key).then((ban) => (ban ? secondsUntil(ban) : 0));
    },
    async record(party, reason) {
      onFailure?.(reason);
      const subjects = listSubjects(party);
      try {
        for (const [index, subject] of subjects.entries()) {
          const seconds = await recordFailure(sql, subject, index === 0 ? failuresPerAddress : failuresPerClient);
          if (seconds > 0) log.warn({ code: "tooManyFailedAuthentications", subject, seconds }, "not listened to now");
        }
        bans.delete(subjects.join(" "));
        if (performance.now() < sweepAt) return;
        sweepAt = performance.now() + SWEEP_INTERVAL_MS;
        await sweep(sql);
      } catch (err) {
        log.warn({ code: "failedAuthenticationLost", err }, "a failed authentication could not be counted");
      }
    },
  };
}

const parties = new WeakMap<Socket, Party>();

/** The party at the other end of a connection. */
export function readParty(socket: Socket): Party {
  const known = parties.get(socket);
  if (known) return known;
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  const address = networkOf(socket.remoteAddress ?? "unknown");
  const fingerprint = certificate?.fingerprint256.replaceAll(":", "").toLowerCase();
  const party = { address, ...(fingerprint !== undefined && { certificate: fingerprint }) };
  parties.set(socket, party);
  return party;
}

/** What one customer of a network has: an IPv4 address, or the /64 of an IPv6 address, whose rest it may choose at will. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(":")) return mapped ?? address;
  const [before = "", after] = (address.split("%", 1)[0] ?? "").split("::", 2);
  const head = before.split(":").filter((group) => group !== "");
  const tail = (after ?? "").split(":").filter((group) => group !== "");
  const groups = [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0"), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

function secondsUntil({ until }: { readonly until: number }): number {
  return Math.max(0, Math.ceil((until - performance.now()) / 1000));
}

/** The address alone and the client at this address: a ban never reaches a client behind another one. */
function listSubjects({ address, certificate }: Party): string[] {
  const all = `address:${address}`;
  return certificate === undefined ? [all] : [all, `client:${certificate}@${address}`];
}

const keys = new WeakMap<Party, string>();

/** Of the subjects together; made once for each connection. */
function keyOf(party: Party): string {
  const known = keys.get(party);
  if (known !== undefined) return known;
  const key = listSubjects(party).join(" ");
  keys.set(party, key);
  return key;
}

/** Seconds until the last ban of these subjects ends. */
async function findBan(sql: Sql, subjects: readonly string[]): Promise<number> {
  const [row] = await sql<{ seconds: number | null }[]>`
    select max(extract(epoch from banned_until - statement_timestamp()))::float8 as seconds
    from failed_authentication where subject = any(${subjects as string[]}) and banned_until > statement_timestamp()`;
  return row?.seconds ?? 0;
}

/**
 * Counts and bans in one statement, on the row as it is then: failures at the same moment all count. The clock is the
 * database's, which all processes share. Answers for how many seconds the subject is banned now.
 */
async function recordFailure(sql: Sql, subject: string, allowed: number): Promise<number> {
  // Exponents stay in bounds: PostgreSQL calls it an error when a power gets too small or too large.
  const halfLives = sql`least(100, greatest(0,
    extract(epoch from excluded.last_failed_at - kept.last_failed_at)::float8 / ${HALF_LIFE_SECONDS}::float8))`;
  const failures = sql`(1 + kept.failures * power(0.5::float8, ${halfLives}))`;
  const doublings = sql`least(30, ${failures} - ${allowed}::float8 - 1)`;
  const seconds = sql`least(${LONGEST_BAN_SECONDS}::float8, ${SHORTEST_BAN_SECONDS}::float8 * power(2::float8, ${doublings}))`;
  const [row] = await sql<{ seconds: number | null }[]>`
    insert into failed_authentication as kept (subject, failures, last_failed_at)
    values (${subject}, 1, statement_timestamp())
    on conflict (subject) do update set failures = ${failures}, last_failed_at = excluded.last_failed_at,
      banned_until = case when ${allowed}::float8 > 0 and ${failures} > ${allowed}::float8
        then excluded.last_failed_at + make_interval(secs => ${seconds}) else kept.banned_until end
    returning extract(epoch from banned_until - statement_timestamp())::float8 as seconds`;
  return row?.seconds ?? 0;
}

async function sweep(sql: Sql): Promise<void> {
  await sql`
    delete from failed_authentication
    where last_failed_at < statement_timestamp() - make_interval(secs => ${HALF_LIFE_SECONDS * FORGOTTEN_AFTER_HALF_LIVES})`;
}
