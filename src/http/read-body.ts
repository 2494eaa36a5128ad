import type { IncomingMessage } from "node:http";
import { tooLarge } from "./transfer-headers.ts";

/**
 * The bytes of a request body as they come. Throws when the connection breaks before the last one. Leaving it early
 * does not close the connection: whoever stops reading in the middle still has an answer to give.
 */
export async function* readBody(request: IncomingMessage): AsyncGenerator<Buffer, undefined> {
  const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) yield chunk;
  if (!request.complete) throw new Error("the body ended before its end");
}

/** Passes a body on, and throws the problem of one that is too large. */
export async function* limitBody(body: AsyncIterable<Buffer>, maximumBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maximumBytes) throw tooLarge(maximumBytes);
    yield chunk;
  }
}
