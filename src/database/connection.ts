import postgres from "postgres";

/** A postgres.js client with our types: int8 as number, dates as `yyyy-mm-dd` text. */
export type Sql = postgres.Sql<{ int8: number; date: string }>;
export type TransactionSql = postgres.TransactionSql<{ int8: number; date: string }>;

/**
 * Two clients on one PostgreSQL, because postgres.js can lose the reservation of `begin` when a pool serves plain
 * queries too (open issues 823, 1189, 1204).
 */
export interface Database {
  readonly plain: Sql;
  readonly transactions: Sql;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections at most for transactions: uploads and processing hold one each while they run. */
  readonly transactionConnections?: number;
  readonly plainConnections?: number;
}

const IDLE_TIMEOUT_SECONDS = 30;
const CONNECT_TIMEOUT_SECONDS = 10;

export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const { transactionConnections = 20, plainConnections = 10 } = options;
  const plain = createClient(url, plainConnections);
  const transactions = createClient(url, transactionConnections);
  return {
    plain,
    transactions,
    async close() {
      await Promise.all([plain, transactions].map((client) => client.end({ timeout: 5 })));
    },
  };
}

function createClient(url: string, max: number): Sql {
  return postgres(url, {
    max,
    idle_timeout: IDLE_TIMEOUT_SECONDS,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    onnotice: () => {},
    types: {
      int8: { to: 20, from: [20], parse: Number, serialize: String },
      date: { to: 1082, from: [1082], parse: (text: string) => text, serialize: (text: string) => text },
    },
    connection: {
      application_name: "infoss-gateway",
      TimeZone: "UTC",
      // A gateway that vanished without closing must not keep its claims (operations.md, "takes over").
      tcp_keepalives_idle: 30,
      tcp_keepalives_interval: 5,
      tcp_keepalives_count: 3,
      client_connection_check_interval: 5_000,
      // Staged records stay in memory of the server up to this; taken only as far as they fill it.
      temp_buffers: "96MB",
    },
  });
}
