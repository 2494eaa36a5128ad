import { type LookupAddress, lookup } from "node:dns";
import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";
import { promisify } from "node:util";
import { isPublicAddress } from "./endpoint-address.ts";
import type { DeliveryFault } from "./webhook.ts";
import type { WebhookMessage } from "./webhook-message.ts";

/** How an attempt ended; without `fault` the endpoint took the message. */
export interface PostResult {
  readonly status?: number;
  readonly fault?: DeliveryFault;
  readonly durationMs: number;
  /** Nothing was sent: a simulation of validation let it fail. */
  readonly simulated?: boolean;
}

/** To one endpoint, at the addresses that were found and checked when it was first used. */
export interface EndpointChannel {
  /** Never throws, but for `signal`. */
  post(message: WebhookMessage, signal?: AbortSignal): Promise<PostResult>;
  close(): void;
}

export type OpenEndpoint = (url: URL) => EndpointChannel;

/** All addresses of a name; throws where it has none. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface EndpointOptions {
  /** Names that may stand for any address: for tests and the demo. */
  readonly exemptHosts?: readonly string[];
  /** Authorities in place of those Node knows. */
  readonly ca?: readonly string[];
  /** For everything from the name to the end of the answer. */
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
}

const TIMEOUT_MS = 15_000;
/** Nothing an endpoint says is used but its status; so much is read that the connection can be kept. */
const MAXIMUM_ANSWER_BYTES = 16 * 1024;

const resolveByDns: Resolve = (hostname) => promisify(lookup)(hostname, { all: true });

/**
 * Makes channels that post over verified TLS, follow no redirect and go to public addresses alone: the name is resolved
 * once, every address it has is checked, and the connection is made to those, whatever the name stands for a moment later.
 */
export function createEndpointOpener(options: EndpointOptions = {}): OpenEndpoint {
  const { exemptHosts = [], ca, timeoutMs = TIMEOUT_MS, resolve = resolveByDns } = options;
  return (url) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ...(ca && { ca: [...ca] }) });
    let pinned: readonly LookupAddress[] | undefined;
    const attempt = async (message: WebhookMessage, signal: AbortSignal): Promise<Omit<PostResult, "durationMs">> => {
      try {
        pinned ??= await unlessAborted(findAddresses(url.hostname, resolve), signal);
      } catch {
        return { fault: signal.aborted ? "timedOut" : "nameUnknown" };
      }
      const isExempt = exemptHosts.includes(url.hostname);
      if (!isExempt && !pinned.every(({ address }) => isPublicAddress(address))) return { fault: "addressRefused" };
      return await postOnce(url, message, { agent, signal, lookup: answerWith(pinned) });
    };
    return {
      async post(message, signal) {
        const startedAt = performance.now();
        const limit = AbortSignal.timeout(timeoutMs);
        const result = await attempt(message, signal ? AbortSignal.any([signal, limit]) : limit);
        if (result.fault !== undefined) signal?.throwIfAborted();
        return { ...result, durationMs: Math.round(performance.now() - startedAt) };
      },
      close: () => agent.destroy(),
    };
  };
}

async function findAddresses(hostname: string, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const addresses = await resolve(hostname);
  if (addresses.length === 0) throw new Error("the name has no address");
  return addresses;
}

/** In place of a second look at the name. */
function answerWith(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    if (all) callback(null, [...addresses]);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

interface Way {
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly lookup: LookupFunction;
}

async function postOnce(url: URL, message: WebhookMessage, way: Way): Promise<Omit<PostResult, "durationMs">> {
  const { body, headers } = message;
  const sent = request(url, {
    ...way,
    method: "POST",
    headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
  });
  const handshake = watchHandshake(sent);
  // Once an answer has begun, nobody else hears of a connection that breaks.
  sent.on("error", () => {});
  try {
    const answered = once(sent, "response");
    sent.end(body);
    const [response] = (await answered) as [IncomingMessage];
    const status = response.statusCode!;
    await discard(response, sent);
    return { status, ...judge(status) };
  } catch (error) {
    if (way.signal.aborted) return { fault: "timedOut" };
    // A kept connection that the endpoint closed meanwhile says nothing about the endpoint.
    if (sent.reusedSocket && isReset(error)) return await postOnce(url, message, way);
    return { fault: handshake.isUnderWay() ? "tlsFailed" : "connectionFailed" };
  }
}

function watchHandshake(sent: ClientRequest) {
  let isUnderWay = false;
  sent.once("socket", (socket) => {
    if (sent.reusedSocket) return;
    socket.once("connect", () => {
      isUnderWay = true;
    });
    socket.once("secureConnect", () => {
      isUnderWay = false;
    });
  });
  return { isUnderWay: () => isUnderWay };
}

function isReset(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** The status has said all; a body that is long, slow or broken changes nothing and is cut. */
async function discard(response: IncomingMessage, sent: ClientRequest): Promise<void> {
  let length = 0;
  try {
    for await (const chunk of response) {
      length += (chunk as Buffer).length;
      if (length > MAXIMUM_ANSWER_BYTES) break;
    }
  } catch {
    // Cut by the endpoint, or by the time limit.
  }
  if (!response.complete) sent.destroy();
}

const GONE = 410;

function judge(status: number): { fault?: DeliveryFault } {
  if (status >= 200 && status < 300) return {};
  if (status >= 300 && status < 400) return { fault: "redirected" };
  return { fault: status === GONE ? "gone" : "errorStatus" };
}
