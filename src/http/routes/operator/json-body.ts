import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import type { Api } from "../../fastify-types.ts";
import { badRequest, Problem } from "../../problems.ts";
import { readBody } from "../../read-body.ts";
import { hasBody } from "../../send-problem.ts";

/** Certificates with their chain and RSA keys fit many times. */
const MAXIMUM_BYTES = 64 * 1024;

/** Lets the routes of a scope take JSON, and nothing else. */
export function acceptJson(scope: Api): void {
  scope.addContentTypeParser("application/json", (_request: FastifyRequest, payload: IncomingMessage) =>
    readJson(payload),
  );
  scope.addContentTypeParser("*", (request, _payload, done) => {
    const takesBody = request.method === "POST" || request.method === "PUT";
    const detail = takesBody ? "This resource takes application/json." : "This resource takes no body.";
    done(hasBody(request.raw) ? new Problem("unsupportedMediaType", detail) : null);
  });
}

async function readJson(payload: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBody(payload)) {
    length += chunk.length;
    if (length > MAXIMUM_BYTES) {
      throw new Problem("payloadTooLarge", "The body is larger than any that makes sense here.", {
        limit: MAXIMUM_BYTES,
      });
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw badRequest("The body is not JSON in UTF-8.", {
      kind: "schemaViolation",
      in: "body",
      detail: "It cannot be parsed.",
    });
  }
}
