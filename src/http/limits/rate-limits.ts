import rateLimit from "@fastify/rate-limit";
import type { FastifyReply, FastifyRequest } from "fastify";
import { readParty } from "../../identity/failed-authentications.ts";
import type { Api } from "../fastify-types.ts";
import { Problem } from "../problems.ts";
import type { HttpLimits } from "./http-limits.ts";

/** Each counts one request and says so in headers, or throws `tooManyRequests`. */
export interface RateLimits {
  countClient(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  countAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

const WINDOW_SECONDS = 60;

type Limiter = ReturnType<Api["createRateLimit"]>;

/**
 * Counts in this process alone, by the minute: several processes behind one address allow as many times the limit. Of
 * the clients and addresses beyond some thousands the one not seen for longest is forgotten.
 */
export async function createRateLimits(app: Api, limits: HttpLimits): Promise<RateLimits> {
  await app.register(rateLimit, { global: false });
  const { requestsPerMinutePerClient, requestsPerMinutePerAddress } = limits;
  const timeWindow = WINDOW_SECONDS * 1000;
  const client = app.createRateLimit({
    max: requestsPerMinutePerClient,
    timeWindow,
    keyGenerator: (request) => request.caller!.clientId,
  });
  const address = app.createRateLimit({
    max: requestsPerMinutePerAddress,
    timeWindow,
    keyGenerator: (request) => readParty(request.raw.socket).address,
  });
  return {
    async countClient(request, reply) {
      if (requestsPerMinutePerClient > 0) await count(client, "client", request, reply);
    },
    async countAddress(request, reply) {
      if (requestsPerMinutePerAddress > 0) await count(address, "address", request, reply);
    },
  };
}

/** Headers of draft-ietf-httpapi-ratelimit-headers-10: what is allowed, what remains, when it starts again. */
async function count(limiter: Limiter, name: "client" | "address", request: FastifyRequest, reply: FastifyReply) {
  const state = await limiter(request);
  if (state.isAllowed) return;
  const { max, remaining, ttlInSeconds, isExceeded } = state;
  reply.header("RateLimit-Policy", `"${name}";q=${max};w=${WINDOW_SECONDS}`);
  reply.header("RateLimit", `"${name}";r=${remaining};t=${ttlInSeconds}`);
  if (!isExceeded) return;
  throw tooManyRequests(name, max, ttlInSeconds);
}

export function tooManyRequests(name: "client" | "address", limit: number, retryAfterSec: number): Problem {
  const detail = `No more than ${limit} requests a minute are answered for one ${name}.`;
  return new Problem("tooManyRequests", detail, { limit, retryAfterSec });
}
