import type { IncomingHttpHeaders } from "node:http";
import { type AnnouncedDigests, parseContentDigest } from "./content-digest.ts";
import { Problem } from "./problems.ts";

export const CONTRACT_FILE_MEDIA_TYPES = ["application/xml", "text/xml"] as const;

const UTF8_CHARSET = /^charset="?utf-8"?$/;

/**
 * Everything that can be said of a transfer before its first byte is read (exchange.md section 1: headers, size
 * announced, digest missing are problems without a ticket). Throws the first problem met.
 */
export function checkTransferHeaders(headers: IncomingHttpHeaders, maximumBytes: number): AnnouncedDigests {
  checkContentType(headers["content-type"]);
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    throw unsupported("Content-Encoding is not accepted: send the file as it is, Content-Digest is over these bytes.", {
      "Accept-Encoding": "identity",
    });
  }
  if (headers["content-range"] !== undefined) throw unsupported("Content-Range is not accepted: send the whole file.");
  if (Number(headers["content-length"] ?? 0) > maximumBytes) throw tooLarge(maximumBytes);
  const digest = headers["content-digest"];
  return parseContentDigest(Array.isArray(digest) ? digest.join(", ") : digest);
}

export function tooLarge(maximumBytes: number): Problem {
  return new Problem("payloadTooLarge", `A file may have at most ${maximumBytes} bytes.`, { limit: maximumBytes });
}

function checkContentType(field: string | undefined): void {
  const [mediaType = "", ...parameters] = (field ?? "").split(";").map((part) => part.trim().toLowerCase());
  if (!(CONTRACT_FILE_MEDIA_TYPES as readonly string[]).includes(mediaType)) {
    throw unsupported(`A contract file is sent with Content-Type ${CONTRACT_FILE_MEDIA_TYPES.join(" or ")}.`);
  }
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  if (charset !== undefined && !UTF8_CHARSET.test(charset)) throw unsupported("A contract file is UTF-8.");
}

function unsupported(detail: string, headers: Record<string, string> = {}): Problem {
  return new Problem("unsupportedMediaType", detail, {
    headers: { Accept: CONTRACT_FILE_MEDIA_TYPES.join(", "), ...headers },
  });
}
