import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Belgif: unique, random, at most 36 characters. The set keeps what a sender made up from splitting headers or log lines. */
const TRACE_ID = /^[0-9A-Za-z._~-]{1,36}$/;

/** A trace id is made by us for every answer, never taken from the request. */
export function createTraceId(): string {
  return randomUUID();
}

/** Headers of every answer; `BelGov-Related-Trace-Id` repeats the request's own trace id where it sent a valid one. */
export function setTraceHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header("BelGov-Trace-Id", request.id);
  const related = request.headers["belgov-trace-id"];
  if (typeof related === "string" && TRACE_ID.test(related)) reply.header("BelGov-Related-Trace-Id", related);
}
