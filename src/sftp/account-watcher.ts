import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { AccountLease, ClaimOptions, LeaseResult } from "../exchange/account-lease.ts";
import { type DropFolders, SftpFault } from "../exchange/drop-folders.ts";
import type { FolderAccess } from "./folder-access.ts";
import { createRoundLanes, LANES, type Lane } from "./round-lanes.ts";
import { pauseAfter } from "./session-pool.ts";

/** What the watcher needs of the exchange; `app.ts` hands it over. */
export interface AccountWatcherOptions<Account extends { readonly accountName: string }> {
  readonly listAccounts: () => Promise<readonly Account[]>;
  readonly admit: (accountNames: readonly string[]) => Promise<void>;
  readonly claim: (options: ClaimOptions) => Promise<readonly AccountLease[]>;
  /** Answers the names of those that still hold. */
  readonly renew: (leases: readonly AccountLease[], leaseMs: number) => Promise<readonly string[]>;
  readonly release: (lease: AccountLease, result: LeaseResult) => Promise<void>;
  /** One round over the account's folders; says whether there is more to do at once. */
  readonly serve: (account: Account, folders: DropFolders, signal: AbortSignal) => Promise<{ readonly more: boolean }>;
  readonly access: FolderAccess;
  /** Accounts served at once; as many again that failed or take long. */
  readonly limit: number;
  readonly pollIntervalMs: number;
  readonly log: Pick<Logger, "warn">;
  /** Told of every round that failed, and how long the account has been failing. */
  readonly onFault: (accountName: string, fault: string, failingForMs: number) => void;
  /** Told of every round: `done`, or the code of its fault. */
  readonly onRound: (outcome: string) => void;
}

export interface AccountWatcher {
  /** Begins no round, lets those under way end for `graceMs`, then breaks them off: the next round begins anew. */
  stop(graceMs: number): Promise<void>;
}

/** What a process that dies leaves is taken up after so long. */
const LEASE_MS = 10_000;
const RENEWAL_MS = LEASE_MS / 3;
const ACCOUNTS_MAXIMUM_AGE_MS = 5_000;
const SLOW_MS = 2_000;
const LONGEST_TICK_MS = 250;
const PAUSE_AFTER_TROUBLE_MS = 1_000;

/** Of a round that ended with an error that no SFTP server made. */
const OWN_FAULT = "roundFailed";

interface Round {
  readonly lease: AccountLease;
  readonly breaking: AbortController;
  /** When the lease was last known to hold, by this process's clock. */
  heldAt: number;
}

/**
 * Serves accounts whenever they are due, each by one process at a time. An account that is slow or fails shares lanes
 * with its like alone, and fails less and less often.
 */
export function startAccountWatcher<Account extends { readonly accountName: string }>(
  options: AccountWatcherOptions<Account>,
): AccountWatcher {
  const { log, pollIntervalMs } = options;
  const stopping = new AbortController();
  const rounds = new Map<Round, Promise<void>>();
  let wake = new AbortController();
  const lanes = createRoundLanes(options.limit, SLOW_MS, () => wake.abort());
  const arrived = new Set<string>();
  options.access.onArrival?.((accountName) => {
    arrived.add(accountName);
    wake.abort();
  });
  let accounts: ReadonlyMap<string, Account> = new Map();
  let accountsAt = Number.NEGATIVE_INFINITY;

  const refresh = async () => {
    if (performance.now() - accountsAt < ACCOUNTS_MAXIMUM_AGE_MS) return;
    const list = await options.listAccounts();
    await options.admit(list.map(({ accountName }) => accountName));
    accounts = new Map(list.map((account) => [account.accountName, account]));
    accountsAt = performance.now();
  };

  const begin = (lease: AccountLease, lane: Lane) => {
    const account = accounts.get(lease.accountName)!;
    const place = lanes.enter(lane);
    const round: Round = { lease, breaking: new AbortController(), heldAt: performance.now() };
    const running = serveRound(options, account, round)
      .catch((err: unknown) => log.warn({ code: "sftpLeaseLost", err }, "a lease could not be given back; it runs out"))
      .finally(() => {
        place.leave();
        rounds.delete(round);
        // It came while the round was under way.
        if (arrived.has(lease.accountName)) wake.abort();
      });
    rounds.set(round, running);
  };

  const claim = async (lane: Lane) => {
    const limit = lanes.room(lane);
    if (limit === 0 || accounts.size === 0) return;
    const claimed = await options.claim({
      accountNames: [...accounts.keys()],
      burdensome: lane === "burdensome",
      limit,
      leaseMs: LEASE_MS,
      atOnce: [...arrived],
    });
    for (const lease of claimed) {
      arrived.delete(lease.accountName);
      begin(lease, lane);
    }
  };

  const watching = (async () => {
    while (!stopping.signal.aborted) {
      let pauseMs = Math.min(pollIntervalMs, LONGEST_TICK_MS);
      wake = new AbortController();
      try {
        await refresh();
        for (const lane of LANES) await claim(lane);
      } catch (err) {
        log.warn({ code: "sftpWatchFailed", err }, "accounts could not be taken up; tried again");
        pauseMs = PAUSE_AFTER_TROUBLE_MS;
      }
      await sleep(pauseMs, undefined, { signal: AbortSignal.any([stopping.signal, wake.signal]) }).catch(() => {});
    }
  })();

  const renewing = setInterval(() => void renewAll([...rounds.keys()], options), RENEWAL_MS);

  return {
    async stop(graceMs) {
      stopping.abort();
      await watching;
      const patience = setTimeout(() => {
        for (const round of rounds.keys()) round.breaking.abort();
      }, graceMs);
      await Promise.all(rounds.values());
      clearTimeout(patience);
      clearInterval(renewing);
      await options.access.close();
    },
  };
}

/** A round whose lease is lost, or not known to hold for as long as it lasts, is broken off: another process may have it. */
async function renewAll(
  rounds: readonly Round[],
  { renew, log }: Pick<AccountWatcherOptions<never>, "renew" | "log">,
): Promise<void> {
  if (rounds.length === 0) return;
  const askedAt = performance.now();
  const held = await renew(
    rounds.map(({ lease }) => lease),
    LEASE_MS,
  ).catch((err: unknown) => {
    log.warn({ code: "sftpLeaseNotRenewed", err }, "leases could not be renewed; tried again");
    return undefined;
  });
  for (const round of rounds) {
    if (held?.includes(round.lease.accountName)) round.heldAt = askedAt;
    else if (held || performance.now() - round.heldAt > LEASE_MS - RENEWAL_MS) round.breaking.abort();
  }
}

async function serveRound<Account extends { readonly accountName: string }>(
  options: AccountWatcherOptions<Account>,
  account: Account,
  round: Round,
): Promise<void> {
  const { lease, breaking } = round;
  const { accountName } = account;
  const startedAt = performance.now();
  const seen: { listing?: { oldestFileAt?: Date } } = {};
  let more = false;
  let fault: string | undefined;
  try {
    ({ more } = await serveFolders(options, account, breaking.signal, seen));
  } catch (err) {
    fault = err instanceof SftpFault ? err.code : OWN_FAULT;
    // Broken off by ourselves: nothing is wrong with the account.
    if (breaking.signal.aborted) fault = undefined;
    else options.log.warn({ code: fault, accountName, err }, "a round over an SFTP account failed; tried again");
  }
  options.onRound(fault ?? "done");
  if (fault) options.onFault(accountName, fault, Date.now() - (lease.failingSince?.getTime() ?? Date.now()));
  await options.release(lease, {
    dueInMs: fault ? Math.max(options.pollIntervalMs, pauseAfter(lease.failures)) : more ? 0 : options.pollIntervalMs,
    ...(fault && { fault }),
    isSlow: performance.now() - startedAt > SLOW_MS,
    ...seen,
  });
}

async function serveFolders<Account extends { readonly accountName: string }>(
  { access, serve }: AccountWatcherOptions<Account>,
  account: Account,
  signal: AbortSignal,
  seen: { listing?: { oldestFileAt?: Date } },
): Promise<{ readonly more: boolean }> {
  const taken = await access.take(account.accountName);
  const breakOff = () => taken.breakOff(new SftpFault("stopped", "session"));
  signal.addEventListener("abort", breakOff);
  try {
    if (signal.aborted) throw new SftpFault("stopped", "session");
    return await serve(account, noteListing(taken.folders, seen), signal);
  } finally {
    signal.removeEventListener("abort", breakOff);
    taken.giveBack();
  }
}

/** Whatever the round does, the listings it asks for tell how old the oldest file is. */
function noteListing(folders: DropFolders, seen: { listing?: { oldestFileAt?: Date } }): DropFolders {
  return {
    ...folders,
    async list(folder) {
      const files = await folders.list(folder);
      if (folder === "IN") {
        const oldest = files.toSorted((a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime())[0];
        seen.listing = oldest ? { oldestFileAt: oldest.modifiedAt } : {};
      }
      return files;
    },
  };
}
