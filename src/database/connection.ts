import { postgres } from "./driver.ts";
import type { Sql } from "./sql.ts";
import { hasOneServer, openStatementSocket } from "./statement-socket.ts";
import { createTenant, type Tenant } from "./tenant-scope.ts";

/**
 * Clients on one PostgreSQL by role and use. Two for the gateway's own role, because postgres.js can lose the reservation of
 * `begin` when a pool serves plain queries too (open issues 823, 1189, 1204).
 */
export interface Database {
  /** Role `infoss_gateway`: what belongs to no insurer. */
  readonly plain: Sql;
  /** Role `infoss_gateway`: transactions; `asInsurer` for the rows of one insurer. */
  readonly transactions: Sql;
  /** Role `infoss_gateway`: events of the audit trail. Of its own, so that no read stands behind a commit. */
  readonly trail: Sql;
  /** Role `infoss_institute`: what operators keep, and what waits for a worker. */
  readonly institute: Sql;
  /** Role `infoss_auditor`: seals of the audit trail. */
  readonly auditor: Sql;
  asInsurer(insurerId: number): Tenant;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections at most for transactions: uploads and processing hold one each while they run. */
  readonly transactionConnections?: number;
  readonly plainConnections?: number;
}

type DatabaseRole = "infoss_gateway" | "infoss_institute" | "infoss_auditor";

const INSTITUTE_CONNECTIONS = 4;
/** One group of events is committed at a time. */
const TRAIL_CONNECTIONS = 1;
const AUDITOR_CONNECTIONS = 1;
const IDLE_TIMEOUT_SECONDS = 30;
const CONNECT_TIMEOUT_SECONDS = 10;

export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const { transactionConnections = 20, plainConnections = 10 } = options;
  // Small statements that come again and again, each a transaction of its own: planned once a connection (plan-once.ts).
  const plain = createClient(url, "infoss_gateway", plainConnections, { plan_cache_mode: "force_generic_plan" });
  const transactions = createClient(url, "infoss_gateway", transactionConnections);
  const trail = createClient(url, "infoss_gateway", TRAIL_CONNECTIONS);
  const institute = createClient(url, "infoss_institute", INSTITUTE_CONNECTIONS);
  const auditor = createClient(url, "infoss_auditor", AUDITOR_CONNECTIONS);
  return {
    plain,
    transactions,
    trail,
    institute,
    auditor,
    asInsurer: (insurerId) => createTenant(transactions, plain, insurerId),
    async close() {
      await Promise.all([plain, transactions, trail, institute, auditor].map((client) => client.end({ timeout: 5 })));
    },
  };
}

/** `text[]`: one of the types that postgres.js learns from the server. */
const TEXT_ARRAY = 1009;

function createClient(
  url: string,
  role: DatabaseRole,
  max: number,
  settings: Readonly<Record<string, string>> = {},
): Sql {
  const client = postgres(url, {
    ...(hasOneServer(url) && { socket: openStatementSocket }),
    max,
    idle_timeout: IDLE_TIMEOUT_SECONDS,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    onnotice: () => {},
    types: {
      int8: { to: 20, from: [20], parse: Number, serialize: String },
      date: { to: 1082, from: [1082], parse: (text: string) => text, serialize: (text: string) => text },
    },
    connection: {
      // Whoever logs in, the statements run with the rights of a role that owns nothing.
      role,
      application_name: "infoss-gateway",
      TimeZone: "UTC",
      // A gateway that vanished without closing must not keep its claims (operations.md, "takes over").
      tcp_keepalives_idle: 30,
      tcp_keepalives_interval: 5,
      tcp_keepalives_count: 3,
      client_connection_check_interval: 5_000,
      // Staged records stay in memory of the server up to this; taken only as far as they fill it.
      temp_buffers: "96MB",
      ...settings,
    },
  });
  // All connections share what the first has learned: each would ask for some 400 types again, when it is needed most.
  const { options } = client;
  Object.defineProperty(options, "fetch_types", { get: () => !(TEXT_ARRAY in options.parsers), enumerable: true });
  return client;
}
