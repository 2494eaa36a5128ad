import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { requestTimeout } from "./limits/slow-body.ts";
import { Problem, renderProblem } from "./problems.ts";
import { PROBLEM_MEDIA_TYPE } from "./send-problem.ts";
import { createTraceId } from "./trace.ts";

/**
 * Answers bytes that are no HTTP request, or too slow or too large a one: before any route, on the bare socket. What
 * never became a connection is let go.
 */
export function answerClientError(this: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
  const { code = "" } = error;
  // All else comes from the handshake: an answer would wait forever for a connection on which it could be sent.
  if (!/^(HPE_|ERR_HTTP_)/.test(code) || socket.destroyed || !socket.writable) {
    this.log.debug({ error: code }, "a connection ended before its first request");
    socket.destroy();
    return;
  }
  const traceId = createTraceId();
  const problem = clientProblem(code);
  this.log.info({ traceId, status: problem.status, error: code }, "bytes that are no request were refused");
  const body = JSON.stringify(renderProblem(problem, traceId));
  const head = [
    `HTTP/1.1 ${problem.status} ${renderProblem(problem, traceId).title}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `BelGov-Trace-Id: ${traceId}`,
    "Cache-Control: no-store",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** What bytes are answered that are no request, by the code of Node's error. */
export function clientProblem(code: string): Problem {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return requestTimeout();
  if (code === "HPE_HEADER_OVERFLOW")
    return new Problem("headersTooLarge", "The headers of the request are too large.");
  return new Problem("badRequest", "This is not a valid HTTP/1.1 request.");
}
