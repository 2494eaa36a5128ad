import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { digestMismatch, parseContentDigest } from "./content-digest.ts";
import type { Api } from "./fastify-types.ts";
import { badRequest, Problem } from "./problems.ts";
import { readBody } from "./read-body.ts";
import { hasBody } from "./send-problem.ts";

/** Certificates with their chain and RSA keys fit many times. */
const MAXIMUM_BYTES = 64 * 1024;

type JudgeBytes = (bytes: Buffer, request: FastifyRequest) => void;

/**
 * Lets the routes of a scope take JSON, and nothing else. A digest of the body need not be there; one that is must match,
 * unless `judge` is to say.
 */
export function acceptJson(scope: Api, judge: JudgeBytes = checkDigest): void {
  scope.addContentTypeParser("application/json", async (request: FastifyRequest, payload: IncomingMessage) => {
    const bytes = await readAll(payload);
    judge(bytes, request);
    return parseJson(bytes);
  });
  scope.addContentTypeParser("*", (request, _payload, done) => {
    const takesBody = request.method === "POST" || request.method === "PUT";
    done(hasBody(request.raw) ? (takesBody ? jsonExpected() : noBodyExpected()) : null);
  });
}

async function readAll(payload: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBody(payload)) {
    length += chunk.length;
    if (length > MAXIMUM_BYTES) {
      throw bodyTooLarge();
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkDigest(bytes: Buffer, { headers }: FastifyRequest): void {
  const field = headers["content-digest"];
  if (field === undefined) return;
  const { sha256, sha512 } = parseContentDigest(Array.isArray(field) ? field.join(", ") : field);
  if (!createHash("sha256").update(bytes).digest().equals(sha256)) throw digestMismatch("sha-256");
  if (sha512 && !createHash("sha512").update(bytes).digest().equals(sha512)) throw digestMismatch("sha-512");
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw notJson();
  }
}

export function jsonExpected(): Problem {
  return new Problem("unsupportedMediaType", "This resource takes application/json.");
}

export function noBodyExpected(): Problem {
  return new Problem("unsupportedMediaType", "This resource takes no body.");
}

export function bodyTooLarge(): Problem {
  return new Problem("payloadTooLarge", "The body is larger than any that makes sense here.", { limit: MAXIMUM_BYTES });
}

export function notJson(): Problem {
  return badRequest("The body is not JSON in UTF-8.", {
    kind: "schemaViolation",
    in: "body",
    detail: "It cannot be parsed.",
  });
}
