import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";

/** How much, how long and how often: everything the HTTPS door refuses beyond. */
export interface HttpLimits {
  readonly handshakeTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** A whole request with its body: 2 GiB at 5 Mbit/s takes just under an hour. */
  readonly requestTimeoutMs: number;
  /** A connection on which nothing moves, in either direction. */
  readonly idleTimeoutMs: number;
  /** Between two requests of one connection. */
  readonly keepAliveTimeoutMs: number;
  /** How long a refused sender may go on sending before the connection is cut, so that it gets to read the answer. */
  readonly lingerMs: number;
  /** How long requests under way may go on after the server was asked to close. */
  readonly closeGraceMs: number;
  readonly healthTimeoutMs: number;
  /** Connections at once; more are closed before the handshake. */
  readonly maximumConnections: number;
  /** Requests a minute of a client whose token was accepted; 0: no limit. */
  readonly requestsPerMinutePerClient: number;
  /** Requests a minute from one address for which no client stands; 0: no limit. */
  readonly requestsPerMinutePerAddress: number;
  /** Bytes that must arrive in each window while a body is being sent. */
  readonly minimumBodyBytesPerWindow: number;
  /** Of whom a token was accepted: a sender may pause as long as a connection on which nothing moves is kept. */
  readonly bodyWindowMs: number;
  /** Of whom nobody knows. */
  readonly publicBodyWindowMs: number;
  /** Mean delay of the event loop over one sample above which requests are refused; 0: not looked at. */
  readonly maximumEventLoopDelayMs: number;
  /** Bytes above which requests are refused; 0: not looked at. */
  readonly maximumHeapBytes: number;
  /** Bytes above which requests are refused; 0: not looked at. */
  readonly maximumRssBytes: number;
  /** Long enough for one long stall, such as the loading of a library, not to count as overload. */
  readonly overloadSampleMs: number;
  /** How often the files of key, certificate and client authorities are looked at. */
  readonly tlsRereadIntervalMs: number;
}

/** Nine tenths of what this process may use, as V8 and the container say. */
const SHARE_OF_MEMORY = 0.9;
const MEMORY_BYTES = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 3_600_000,
  idleTimeoutMs: 60_000,
  keepAliveTimeoutMs: 20_000,
  lingerMs: 2_000,
  closeGraceMs: 10_000,
  healthTimeoutMs: 2_000,
  maximumConnections: 10_000,
  tlsRereadIntervalMs: 5_000,
  requestsPerMinutePerClient: 6_000,
  requestsPerMinutePerAddress: 3_000,
  minimumBodyBytesPerWindow: 10_000,
  bodyWindowMs: 60_000,
  publicBodyWindowMs: 10_000,
  maximumEventLoopDelayMs: 250,
  maximumHeapBytes: Math.floor(getHeapStatistics().heap_size_limit * SHARE_OF_MEMORY),
  maximumRssBytes: Math.floor(MEMORY_BYTES * SHARE_OF_MEMORY),
  overloadSampleMs: 2_500,
};
