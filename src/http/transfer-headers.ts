import type { IncomingHttpHeaders } from "node:http";
import { type AnnouncedDigests, parseContentDigest } from "./content-digest.ts";
import { Problem } from "./problems.ts";

export const CONTRACT_FILE_MEDIA_TYPES = ["application/xml", "text/xml"] as const;

export const VERIFICATION_MEDIA_TYPES = [
  "application/json",
  "text/plain",
  "text/csv",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
] as const;

const UTF8_CHARSET = /^charset="?utf-8"?$/;

/**
 * Everything that can be said of a transfer before its first byte is read (exchange.md section 1: headers, size
 * announced, digest missing are problems without a ticket). Throws the first problem met.
 */
export function checkTransferHeaders(headers: IncomingHttpHeaders, maximumBytes: number): AnnouncedDigests {
  checkBodyHeaders(headers, maximumBytes, CONTRACT_FILE_MEDIA_TYPES, "A contract file");
  const digest = headers["content-digest"];
  return parseContentDigest(Array.isArray(digest) ? digest.join(", ") : digest);
}

/** The same without the digest, for bodies of other media types; `what` they are, with an article. */
export function checkBodyHeaders(
  headers: IncomingHttpHeaders,
  maximumBytes: number,
  mediaTypes: readonly string[],
  what: string,
): void {
  checkContentType(headers["content-type"], mediaTypes, what);
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    const detail = "Content-Encoding is not accepted: send the file as it is, Content-Digest is over these bytes.";
    throw unsupported(detail, mediaTypes, { "Accept-Encoding": "identity" });
  }
  if (headers["content-range"] !== undefined) {
    throw unsupported("Content-Range is not accepted: send the whole file.", mediaTypes);
  }
  if (Number(headers["content-length"] ?? 0) > maximumBytes) throw tooLarge(maximumBytes);
}

export function tooLarge(maximumBytes: number): Problem {
  return new Problem("payloadTooLarge", `A file may have at most ${maximumBytes} bytes.`, { limit: maximumBytes });
}

function checkContentType(field: string | undefined, mediaTypes: readonly string[], what: string): void {
  const [mediaType = "", ...parameters] = (field ?? "").split(";").map((part) => part.trim().toLowerCase());
  if (!mediaTypes.includes(mediaType)) {
    throw unsupported(`${what} is sent with Content-Type ${mediaTypes.join(" or ")}.`, mediaTypes);
  }
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  if (charset !== undefined && !UTF8_CHARSET.test(charset)) {
    throw unsupported(`${what} is UTF-8.`, mediaTypes);
  }
}

export function unsupported(
  detail: string,
  mediaTypes: readonly string[],
  headers: Record<string, string> = {},
): Problem {
  return new Problem("unsupportedMediaType", detail, { headers: { Accept: mediaTypes.join(", "), ...headers } });
}
