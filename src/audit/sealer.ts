import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Sql } from "../database/sql.ts";
import type { NewAlarm } from "../operations/alarms.ts";
import { INSTITUTE_CHAIN } from "./audit-event.ts";
import { type SealingOptions, sealChains } from "./seal-chains.ts";
import type { SealSigner } from "./seal-signature.ts";

export interface Sealer {
  /** Seals what is left, then ends. */
  stop(): Promise<void>;
}

export interface SealerOptions extends SealingOptions {
  /** A client for transactions whose role may read the trail and insert seals. */
  readonly sql: Sql;
  readonly signer: SealSigner;
  readonly log: Pick<Logger, "warn">;
  /** Called with the code `auditSealingFailed` when rows stay unsealed for longer than the tail may be old. */
  readonly raise: (alarm: NewAlarm) => Promise<unknown>;
  readonly intervalMs?: number;
  /** How long rows may stay unsealed before somebody must look. */
  readonly tailLimitMs?: number;
}

const INTERVAL_MS = 3_000;
const TAIL_LIMIT_MS = 10_000;
const REMINDER_MS = 3_600_000;

/** Seals the audit trail every few seconds, so that the unsealed tail is never older than ten. */
export function startSealer(options: SealerOptions): Sealer {
  const { intervalMs = INTERVAL_MS } = options;
  const stopping = new AbortController();
  const watch = watchFailures(options);

  const run = async () => {
    try {
      const { failures } = await sealChains(options.sql, options.signer, options);
      await watch(failures);
    } catch (error) {
      await watch([{ error }]);
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await run();
      await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
    await run();
  })();

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

interface Failure {
  /** Absent: none of the chains could be sealed. */
  readonly chainId?: number;
  readonly error: unknown;
}

/** A failed run is repeated soon, so one alone is no alarm; those that last are one, and again every hour. */
function watchFailures(options: SealerOptions): (failures: readonly Failure[]) => Promise<void> {
  const { log, raise, tailLimitMs = TAIL_LIMIT_MS } = options;
  let failingSince: number | undefined;
  let nextAlarmAt = 0;
  return async (failures) => {
    for (const { chainId, error } of failures) {
      log.warn(
        { code: "auditSealingFailed", chainId, err: error },
        "audit events could not be sealed; tried again soon",
      );
    }
    const now = performance.now();
    if (failures.length === 0) {
      failingSince = undefined;
      nextAlarmAt = 0;
      return;
    }
    failingSince ??= now;
    if (now - failingSince < tailLimitMs || now < nextAlarmAt) return;
    nextAlarmAt = now + REMINDER_MS;
    for (const { chainId } of failures) {
      await raise({
        code: "auditSealingFailed",
        ...(chainId !== undefined && chainId !== INSTITUTE_CHAIN && { insurerId: chainId }),
        details: { chain: chainId ?? "all" },
      });
    }
  };
}
