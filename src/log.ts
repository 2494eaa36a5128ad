import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "./config.ts";
import { describeError } from "./http/describe-error.ts";

/**
 * Writes JSON lines, to standard error unless told: standard output belongs to whoever started us. Errors go through an
 * allow-list.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    { level, base: { pid: process.pid }, serializers: { err: describeError } },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
