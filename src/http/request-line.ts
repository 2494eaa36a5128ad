import type { IncomingMessage } from "node:http";
import { badRequest, Problem } from "./problems.ts";

/** RFC 9110 section 4.1 asks for 8000 at least. */
const MAXIMUM_URL_LENGTH = 8_000;

/** Throws the problem of a request whose URL is too long, or that two readers might understand differently. */
export function checkRequestLine(request: IncomingMessage): void {
  if (request.url!.length > MAXIMUM_URL_LENGTH) throw uriTooLong();
  // RFC 9112 section 3.2: two readers might take two different ones.
  if (hasSeveralHosts(request.rawHeaders)) throw severalHosts();
}

export function uriTooLong(): Problem {
  return new Problem("uriTooLong", "The URL is too long.");
}

export function severalHosts(): Problem {
  return badRequest("The request names several hosts.");
}

/** Names and values alternate. Node keeps the first of several and says nothing. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts > 1;
}
