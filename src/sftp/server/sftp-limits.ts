import type { UsageLimits } from "./folder-usage.ts";

/** What one embedded server holds and for how long. */
export interface SftpLimits extends UsageLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Not logged in yet: beyond that the oldest gives way. */
  readonly unknownConnections: number;
  readonly connectionsPerAccount: number;
  /** Open at once on one connection. */
  readonly channels: number;
  /** Open at once on one channel. */
  readonly handles: number;
  /** On one channel, reads and writes of content not counted; what comes faster waits. */
  readonly requestsPerSecond: number;
  /** Connections from one address that tried a key in vain, within a minute; then it is refused until the minute is over. */
  readonly failedLogins: number;
  /** Keys that one connection may try. */
  readonly loginAttempts: number;
  readonly loginTimeoutMs: number;
  /** Without a request answered. */
  readonly idleTimeoutMs: number;
  /** How often keys of open connections are looked up again. */
  readonly recheckIntervalMs: number;
}

export const SFTP_LIMITS: SftpLimits = {
  connections: 500,
  connectionsPerAddress: 200,
  unknownConnections: 64,
  connectionsPerAccount: 16,
  channels: 4,
  handles: 64,
  requestsPerSecond: 2000,
  failedLogins: 30,
  loginAttempts: 6,
  loginTimeoutMs: 30_000,
  idleTimeoutMs: 15 * 60_000,
  recheckIntervalMs: 10_000,
  folderBytes: 20 * 1024 ** 3,
  folderFiles: 50_000,
  freeBytes: 512 * 1024 ** 2,
};
