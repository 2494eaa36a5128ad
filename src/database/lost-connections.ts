import type { Logger } from "pino";
import { isLossOfConnection } from "./database-trouble.ts";

/** SQLSTATEs with which a server says that it ends a connection, or takes none now. */
const FAREWELLS = ["57P01", "57P02", "57P03"];

/**
 * Keeps a process alive when the driver loses a connection and nobody could hear of it: postgres.js asks for the types
 * of arrays with the first connections in a function of its own whose failure no one awaits (`fetchArrayTypes`), and
 * Node ends a process for that. Whoever waits for the connection is told by the driver besides. Any other rejection that
 * nobody awaits is a fault of ours and ends the process, as ever.
 */
export function outliveLostConnections(log: Pick<Logger, "warn">): void {
  process.on("unhandledRejection", (reason) => {
    if (!isLossOfDriver(reason)) throw reason;
    log.warn({ code: "connectionLost", err: reason }, "a database connection was lost while nobody waited for it");
  });
}

/** The driver puts the query that failed into its errors, which tells them from those of other sockets. */
export function isLossOfDriver(reason: unknown): boolean {
  if (!(reason instanceof Error) || !("query" in reason) || !("code" in reason)) return false;
  return isLossOfConnection(reason) || FAREWELLS.includes(String(reason.code));
}
