import { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { describeError } from "./describe-error.ts";

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
