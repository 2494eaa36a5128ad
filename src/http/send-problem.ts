import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Problem, renderProblem } from "./problems.ts";

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** Answers with a problem. When the request has a body that was not read, the connection closes behind the answer. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  lingerMs: number,
): FastifyReply {
  const body = Buffer.from(JSON.stringify(renderProblem(problem, request.id)));
  reply.code(problem.status).headers(problem.headers).header("Content-Language", "en").type(PROBLEM_MEDIA_TYPE);
  if (!hasBody(request.raw) || request.raw.complete || request.raw.destroyed) return reply.send(body);
  reply.headers({ Connection: "close", "Content-Length": body.length });
  return reply.send(answerWhileDiscarding(request.raw, body, lingerMs));
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/**
 * The whole answer at once, its end only when the sender has stopped sending or the time is over. A socket closed while
 * bytes are still coming in is reset, and a reset makes the sender lose the answer it was about to read.
 */
function answerWhileDiscarding(request: IncomingMessage, body: Buffer, lingerMs: number): Readable {
  const answer = new Readable({ read() {} });
  answer.push(body);
  const finish = () => {
    clearTimeout(timer);
    if (!answer.readableEnded && !answer.destroyed) answer.push(null);
    request.off("end", finish).off("close", finish);
  };
  const timer = setTimeout(finish, lingerMs);
  request
    .once("end", finish)
    .once("close", finish)
    .once("error", () => {});
  // A receiver that gave up may still be waiting for bytes: it must not keep them from being discarded.
  request.removeAllListeners("readable").resume();
  return answer;
}
