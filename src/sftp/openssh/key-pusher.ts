import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { AccountKeys } from "../../exchange/accounts.ts";
import type { NewAlarm } from "../../operations/alarms.ts";
import type { SessionPool } from "../session-pool.ts";
import { type KnownKeyFiles, pushKeyFiles } from "./push-key-files.ts";

export interface KeyPusherOptions {
  /** Open accounts with their keys, as they are now. */
  readonly listKeyFiles: () => Promise<readonly AccountKeys[]>;
  /** Its own: closed when it stops. */
  readonly sessions: SessionPool;
  /** As whom the gateway may write there. */
  readonly user: string;
  /** Absolute, at the server, without a slash at the end. */
  readonly folder: string;
  readonly intervalMs?: number;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly raiseAlarm: (alarm: NewAlarm) => Promise<void>;
}

export interface KeyPusher {
  stop(): Promise<void>;
}

/** Two rounds, the second of which mends what two processes wrote over each other, fit into a minute. */
const INTERVAL_MS = 15_000;
/** What is promised for a key that was taken back. */
const PROMISED_MS = 60_000;

/** Keeps the key files of an SFTP server as the registry has them, so that nobody logs in with a key that was taken back. */
export function startKeyPusher(options: KeyPusherOptions): KeyPusher {
  const { sessions, user, folder, log } = options;
  const stopping = new AbortController();
  const known: KnownKeyFiles = new Map();
  let lastPushedAt = performance.now();

  const push = async () => {
    const accounts = await options.listKeyFiles();
    const session = await sessions.take(user);
    try {
      const { written, removed } = await pushKeyFiles(session, folder, accounts, known);
      if (written.length + removed.length > 0) {
        log.info({ code: "sftpKeysPushed", written: written.length, removed: removed.length }, "SFTP keys were pushed");
      }
    } finally {
      sessions.giveBack(user, session);
    }
    lastPushedAt = performance.now();
  };

  const pushing = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await push();
      } catch (err) {
        log.warn({ code: "sftpKeysNotPushed", err }, "SFTP keys could not be pushed; tried again");
        if (performance.now() - lastPushedAt > PROMISED_MS) {
          await options.raiseAlarm({ code: "sftpKeysNotPushed", details: { folder } });
        }
      }
      await sleep(options.intervalMs ?? INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  return {
    async stop() {
      stopping.abort();
      await pushing;
      await sessions.close();
    },
  };
}
