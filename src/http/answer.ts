import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Language, negotiateLanguage } from "../findings/language.ts";
import { negotiateMediaType } from "./media-type-negotiation.ts";
import { Problem } from "./problems.ts";

/** The language to answer in, said in Content-Language. */
export function answerLanguage(request: FastifyRequest, reply: FastifyReply): Language {
  const language = negotiateLanguage(request.headers["accept-language"]);
  reply.header("Content-Language", language);
  addVary(reply, "Accept-Language");
  return language;
}

/** The media type to answer in; throws a problem that lists the ones offered when the client accepts none of them. */
export function answerMediaType<T extends string>(
  request: FastifyRequest,
  reply: FastifyReply,
  offered: readonly T[],
): T {
  addVary(reply, "Accept");
  const mediaType = negotiateMediaType(request.headers.accept, offered);
  if (mediaType === undefined) throw notAcceptable(offered);
  return mediaType;
}

function addVary(reply: FastifyReply, name: string): void {
  const before = reply.getHeader("Vary");
  reply.header("Vary", before === undefined ? name : `${before}, ${name}`);
}

export function notAcceptable(offered: readonly string[]): Problem {
  return new Problem("notAcceptable", `This resource is offered as ${offered.join(", ")}.`);
}

/** Streams an answer; for HEAD the parts are never made. */
export function sendParts(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: AsyncIterable<string | Buffer>,
): FastifyReply {
  return request.method === "HEAD" ? reply.send() : reply.send(Readable.from(parts));
}

/** Sends an answer that is rendered already. As bytes: a long text would be copied behind its head, and encoded for its digest besides. */
export function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.send(Buffer.from(text));
}
