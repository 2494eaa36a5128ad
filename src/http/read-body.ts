import type { IncomingMessage } from "node:http";

/**
 * The bytes of a request body as they come. Throws when the connection breaks before the last one. Leaving it early
 * does not close the connection: whoever stops reading in the middle still has an answer to give.
 */
export async function* readBody(request: IncomingMessage): AsyncGenerator<Buffer, undefined> {
  const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) yield chunk;
  if (!request.complete) throw new Error("the body ended before its end");
}
