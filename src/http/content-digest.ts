import { createHash } from "node:crypto";
import { parseDictionary } from "structured-headers";
import { badRequest, type Problem } from "./problems.ts";

const DIGEST_LENGTHS = { "sha-256": 32, "sha-512": 64 } as const;

/** What the sender says its body hashes to. SHA-256 is the digest of receipts and duplicate checks, so it is required. */
export interface AnnouncedDigests {
  readonly sha256: Buffer;
  readonly sha512?: Buffer;
}

/**
 * Reads a `Content-Digest` field (RFC 9530, a structured-field dictionary of byte sequences). Digests of other
 * algorithms are ignored, as the RFC allows. Throws a problem when the field, or sha-256 in it, is missing or malformed.
 */
export function parseContentDigest(field: string | undefined): AnnouncedDigests {
  if (field === undefined) throw digestProblem("requiredInput", "The header Content-Digest is missing.");
  const digests = readDictionary(field);
  const sha256 = readDigest(digests, "sha-256");
  const sha512 = readDigest(digests, "sha-512");
  if (!sha256) throw digestProblem("requiredInput", "Content-Digest carries no sha-256 digest.");
  return { sha256, ...(sha512 && { sha512 }) };
}

/** The problem of a body that is not what was announced; `algorithm` as in the header. */
export function digestMismatch(algorithm: string): Problem {
  return digestProblem("invalidInput", `The body received does not have the ${algorithm} digest of Content-Digest.`);
}

/**
 * Passes a body on and throws at its end if it has not the SHA-512 announced. The SHA-256 is the receiver's to check,
 * who computes it anyway.
 */
export async function* verifySha512(body: AsyncIterable<Buffer>, expected: Buffer): AsyncGenerator<Buffer> {
  const hash = createHash("sha512");
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  if (!hash.digest().equals(expected)) throw digestMismatch("sha-512");
}

type Digests = ReturnType<typeof parseDictionary>;

function readDictionary(field: string): Digests {
  try {
    return parseDictionary(field);
  } catch {
    throw digestProblem("invalidInput", "Content-Digest is not of the form sha-256=:<base64>: (RFC 9530).");
  }
}

function readDigest(digests: Digests, algorithm: keyof typeof DIGEST_LENGTHS): Buffer | undefined {
  const member = digests.get(algorithm);
  if (member === undefined) return undefined;
  const [value] = member;
  const digest = value instanceof ArrayBuffer ? Buffer.from(value) : undefined;
  if (digest?.length === DIGEST_LENGTHS[algorithm]) return digest;
  throw digestProblem(
    "invalidInput",
    `The ${algorithm} digest of Content-Digest is not ${DIGEST_LENGTHS[algorithm]} bytes in base64 between colons.`,
  );
}

function digestProblem(kind: "requiredInput" | "invalidInput", detail: string): Problem {
  return badRequest(detail, { kind, in: "header", name: "Content-Digest", detail });
}
