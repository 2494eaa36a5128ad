import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Submissions of all insurers by state, and how long the oldest has been waiting for a worker. */
export interface SubmissionCounts {
  readonly byState: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly oldestWaitingSeconds: number;
}

/** An account as the process that served it last saw it. */
export interface SftpAccountHealth {
  readonly accountName: string;
  /** Rounds in a row that failed. */
  readonly failures: number;
  readonly lastContactAt?: Date;
  readonly oldestFileAt?: Date;
}

/** What this process counts. Labels are route templates, methods, statuses, codes, states and accounts' names: never data, never persons. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<"method" | "route" | "status">;
  readonly requestSeconds: Histogram<"method" | "route">;
  readonly failedAuthentications: Counter<"reason">;
  readonly alarms: Counter<"code">;
  readonly sftpRounds: Counter<"outcome">;
  readonly webhookDeliveries: Counter<"outcome">;
  /** Adds how many webhook subscriptions there are by state, asked for at each scrape. */
  watchWebhooks(countStates: () => Promise<Readonly<Record<string, number>>>): void;
  /** Adds figures of each SFTP account, asked for at each scrape. */
  watchSftpAccounts(listHealth: () => Promise<readonly SftpAccountHealth[]>): void;
}

const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];

/**
 * `countSubmissions` is asked at each scrape, and its failure costs only its own metrics. Counts of submissions come from
 * the database: every process says the same, and a restart forgets nothing.
 */
export function createMetrics(countSubmissions: () => Promise<SubmissionCounts>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  addSubmissionGauges(registry, countSubmissions);
  return {
    registry,
    requests: new Counter({
      name: "infoss_requests_total",
      help: "Requests answered, by route template and status; status cutOff: the connection broke before the end",
      labelNames: ["method", "route", "status"],
      registers,
    }),
    requestSeconds: new Histogram({
      name: "infoss_request_duration_seconds",
      help: "From the headers of a request to the end of its answer",
      labelNames: ["method", "route"],
      buckets: DURATION_BUCKETS_SECONDS,
      registers,
    }),
    failedAuthentications: new Counter({
      name: "infoss_failed_authentications_total",
      help: "Callers who could not prove who they are, by problem; tooManyFailedRequests: not listened to",
      labelNames: ["reason"],
      registers,
    }),
    alarms: new Counter({
      name: "infoss_alarms_total",
      help: "Alarms raised by this process",
      labelNames: ["code"],
      registers,
    }),
    sftpRounds: new Counter({
      name: "infoss_sftp_rounds_total",
      help: "Looks at the folders of an SFTP account by this process; done, or the code of what went wrong",
      labelNames: ["outcome"],
      registers,
    }),
    webhookDeliveries: new Counter({
      name: "infoss_webhook_deliveries_total",
      help: "Attempts to push a message to a webhook by this process; delivered, or the fault",
      labelNames: ["outcome"],
      registers,
    }),
    watchWebhooks: (countStates) => addWebhookGauge(registry, countStates),
    watchSftpAccounts: (listHealth) => addSftpGauges(registry, listHealth),
  };
}

function addSubmissionGauges(registry: Registry, countSubmissions: () => Promise<SubmissionCounts>): void {
  const registers = [registry];
  const ask = askOnce(countSubmissions);
  new Gauge({
    name: "infoss_submissions",
    help: "Submissions kept, by state; all states together: received since the beginning",
    labelNames: ["state"],
    registers,
    async collect() {
      const { byState = {} } = (await ask()) ?? {};
      this.reset();
      for (const [state, count] of Object.entries(byState)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: "infoss_submissions_waiting",
    help: "Queue length: received, not yet taken up",
    registers,
    async collect() {
      this.set((await ask())?.waiting ?? Number.NaN);
    },
  });
  new Gauge({
    name: "infoss_oldest_waiting_submission_seconds",
    help: "Since the oldest submission of the queue was received",
    registers,
    async collect() {
      this.set((await ask())?.oldestWaitingSeconds ?? Number.NaN);
    },
  });
}

function addWebhookGauge(registry: Registry, countStates: () => Promise<Readonly<Record<string, number>>>): void {
  new Gauge({
    name: "infoss_webhook_subscriptions",
    help: "Webhook subscriptions by state; failing: active, and the last attempt failed",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      const counts = await countStates().catch(() => undefined);
      this.reset();
      for (const state of ["active", "failing", "paused", "disabled"]) {
        this.set({ state }, counts ? (counts[state] ?? 0) : Number.NaN);
      }
    },
  });
}

function addSftpGauges(registry: Registry, listHealth: () => Promise<readonly SftpAccountHealth[]>): void {
  const ask = askOnce(listHealth);
  const add = (name: string, help: string, read: (account: SftpAccountHealth) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ["account"],
      registers: [registry],
      async collect() {
        this.reset();
        for (const account of (await ask()) ?? []) {
          const value = read(account);
          if (value !== undefined) this.set({ account: account.accountName }, value);
        }
      },
    });
  const since = (instant: Date | undefined) => instant && Math.max(0, (Date.now() - instant.getTime()) / 1000);
  add(
    "infoss_sftp_account_failures",
    "Looks at the account's folders that failed, in a row",
    ({ failures }) => failures,
  );
  add("infoss_sftp_account_contact_age_seconds", "Since the account's folder IN was last seen", ({ lastContactAt }) =>
    since(lastContactAt),
  );
  add(
    "infoss_sftp_account_oldest_file_seconds",
    "Age of the oldest file in IN, 0 if none",
    ({ lastContactAt, oldestFileAt }) => lastContactAt && (since(oldestFileAt) ?? 0),
  );
}

/** One question serves all metrics of one scrape, which are collected at once; where it fails they go without. */
function askOnce<Answer>(question: () => Promise<Answer>): () => Promise<Answer | undefined> {
  let asked: Promise<Answer | undefined> | undefined;
  return () => {
    asked ??= question()
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };
}
