/** Languages of the gateway's answers: the three official ones of Belgium, and English. */
export const LANGUAGES = ["fr", "nl", "de", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

export const DEFAULT_LANGUAGE: Language = "en";

/** One element of an Accept-Language header: primary tag, any subtags, weight of at most three decimals (RFC 9110, 12.5.4). */
const LANGUAGE_RANGE = /^([a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/**
 * The language to answer in. `fr-BE` counts as `fr`, equal weights keep the order of the header, what is not
 * an element of the header is skipped, and a header that leaves nothing gives English rather than a 406.
 */
export function negotiateLanguage(acceptLanguage: string | undefined): Language {
  const weights = readWeights(acceptLanguage ?? "");
  const otherwise = weights.get("*") ?? 0;
  let best: Language = DEFAULT_LANGUAGE;
  let bestWeight = 0;
  // Languages that are named go before those that only `*` covers.
  for (const language of [...weights.keys(), DEFAULT_LANGUAGE, ...LANGUAGES].filter(isLanguage)) {
    const weight = weights.get(language) ?? otherwise;
    if (weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text);
}

/** Primary tag to the highest weight it has in the header, in the order of the header. */
function readWeights(acceptLanguage: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of acceptLanguage.split(",")) {
    const [, tag, weight] = LANGUAGE_RANGE.exec(element.trim()) ?? [];
    if (tag === undefined) continue;
    const primary = tag.toLowerCase();
    weights.set(primary, Math.max(weights.get(primary) ?? 0, weight === undefined ? 1 : Number(weight)));
  }
  return weights;
}
