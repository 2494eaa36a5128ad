const MEDIA_RANGE = /^([!#$%&'*+.^_`|~0-9a-z-]+)\/([!#$%&'*+.^_`|~0-9a-z-]+)$/;
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly weight: number;
}

/**
 * The offered media type the client likes best (RFC 9110 section 12.5.1), the first one when it likes several the same
 * or sent no Accept header; undefined when it accepts none of them. What is not a media range is skipped, and so are
 * the parameters of one.
 */
export function negotiateMediaType<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined {
  if (accept === undefined || accept.trim() === "") return offered[0];
  const ranges = accept
    .split(",")
    .map(parseMediaRange)
    .filter((range) => range !== undefined);
  let best: T | undefined;
  let bestWeight = 0;
  for (const mediaType of offered) {
    const weight = weigh(mediaType, ranges);
    if (weight > bestWeight) {
      best = mediaType;
      bestWeight = weight;
    }
  }
  return best;
}

function parseMediaRange(text: string): MediaRange | undefined {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const [, type, subtype] = MEDIA_RANGE.exec(range) ?? [];
  if (type === undefined || subtype === undefined || (type === "*" && subtype !== "*")) return undefined;
  const weights = parameters.filter((parameter) => parameter.startsWith("q="));
  const weight = weights.length === 0 ? 1 : Number(WEIGHT.exec(weights[0]!)?.[1]);
  return Number.isNaN(weight) ? undefined : { type, subtype, weight };
}

/** The most specific range that covers a type decides, whatever its weight: `text/csv;q=0` beside a wildcard excludes CSV. */
function weigh(mediaType: string, ranges: readonly MediaRange[]): number {
  const [type, subtype] = mediaType.split("/");
  const exact = ranges.filter((range) => range.type === type && range.subtype === subtype);
  const ofType = ranges.filter((range) => range.type === type && range.subtype === "*");
  const any = ranges.filter((range) => range.type === "*");
  const decisive = [exact, ofType, any].find((candidates) => candidates.length > 0) ?? [];
  return Math.max(0, ...decisive.map((range) => range.weight));
}
