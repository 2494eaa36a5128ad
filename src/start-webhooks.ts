import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import type { Config } from "./config.ts";
import { API_ROOT } from "./http/paths.ts";
import type { Intake } from "./intake/intake.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Keys } from "./read-keys.ts";
import { countSubscriptionStates } from "./webhooks/claim.ts";
import { startDispatcher } from "./webhooks/dispatcher.ts";
import { createSecretBox } from "./webhooks/secret-box.ts";
import { createEndpointOpener } from "./webhooks/send-webhook.ts";

const DAY_MS = 86_400_000;

export interface WebhookParts {
  readonly config: Config;
  readonly intake: Intake;
  readonly keys: Keys;
  readonly metrics: Metrics;
  /** Of the door of this process; undefined: it has none. */
  readonly url: string | undefined;
}

/** Begins to push events to endpoints; answers how to stop that. */
export async function startWebhooks({
  config,
  intake,
  keys,
  metrics,
  url,
}: WebhookParts): Promise<() => Promise<void>> {
  const { database, clock, log, raiseAlarm } = intake;
  const { exemptHosts, caFile } = config.webhooks;
  const ca = caFile === undefined ? undefined : [...getCACertificates("default"), await readFile(caFile, "utf8")];
  metrics.watchWebhooks(() => countSubscriptionStates(database));
  const dispatcher = startDispatcher({
    database,
    clock,
    log,
    raiseAlarm,
    box: createSecretBox(keys.auditKey),
    openEndpoint: createEndpointOpener({ exemptHosts, ...(ca && { ca }) }),
    api: `${url ?? config.publicUrl ?? `https://localhost:${config.port}`}${API_ROOT}`,
    retentionMs: config.eventRetentionDays * DAY_MS,
    pollIntervalMs: config.pollIntervalMs,
    onAttempt: ({ fault }) => metrics.webhookDeliveries.inc({ outcome: fault ?? "delivered" }),
  });
  return () => dispatcher.stop(config.shutdownTimeoutMs);
}
