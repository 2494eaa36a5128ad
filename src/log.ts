import { type Logger, pino } from "pino";
import type { LogLevel } from "./config.ts";
import { describeError } from "./http/describe-error.ts";

/** Writes JSON lines to standard error: standard output belongs to whoever started us. Errors go through an allow-list. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    { level, base: { pid: process.pid }, serializers: { err: describeError } },
    pino.destination({ dest: 2, sync: true }),
  );
}
