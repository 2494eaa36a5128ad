import { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import type { Metrics } from "../metrics/metrics.ts";
import { describeError } from "./describe-error.ts";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * One line for each answer, by allow-list: the template of the route, never the URL; no header, no body. An answer
 * whose connection broke before its end says so instead of a status.
 */
export function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? "none",
      ...(reply.raw.writableFinished ? { status: reply.statusCode } : { cutOff: true }),
      durationMs: Math.round(reply.elapsedTime),
      ...(request.insurer && { insurerId: request.insurer.insurerId }),
      ...(request.submissionId !== null && { submissionId: request.submissionId }),
    },
    "request answered",
  );
}

/** The same for the metrics of this process. */
export function countAnswer({ requests, requestSeconds }: Metrics, request: FastifyRequest, reply: FastifyReply): void {
  // A method that no route has may be anything: only known ones become labels.
  const method = METHODS.has(request.method) ? request.method : "other";
  const route = request.routeOptions.url ?? "none";
  requests.inc({ method, route, status: reply.raw.writableFinished ? String(reply.raw.statusCode) : "cutOff" });
  requestSeconds.observe({ method, route }, reply.elapsedTime / 1000);
}

/** Fastify's own log lines quote URLs and whole errors: all are off but the one that nobody else would notice. */
export function createLogController(): LogController {
  return new AllowListedLog({ disableRequestLogging: true, requestIdLogLabel: "traceId" });
}

class AllowListedLog extends LogController {
  override streamError(error: Error, request: FastifyRequest): void {
    // The reader went away in the middle of an answer: its affair.
    if ("code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE") return;
    request.log.error({ error: describeError(error) }, "an answer broke off after its first bytes had been sent");
  }
}
