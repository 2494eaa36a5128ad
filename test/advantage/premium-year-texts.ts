import { readPremiumYearFiles } from "../../src/advantage/load-premium-years.ts";
import type { PremiumYearFile, PremiumYearTexts } from "../../src/advantage/premium-year-tables.ts";

export const SHIPPED_TEXTS = readPremiumYearFiles();

/** The files as they ship, with lines added to some of them. */
export function withLines(lines: Partial<Record<PremiumYearFile, readonly string[]>>): PremiumYearTexts {
  const texts = { ...SHIPPED_TEXTS };
  for (const [file, added] of Object.entries(lines) as [PremiumYearFile, readonly string[]][])
    texts[file] = `${texts[file]}${added.join("\n")}\n`;
  return texts;
}

/** The files as they ship, with one text replaced, which must be there. */
export function withReplaced(file: PremiumYearFile, from: string, to: string): PremiumYearTexts {
  if (!SHIPPED_TEXTS[file].includes(from)) throw new RangeError(`${file} does not say ${from}`);
  return { ...SHIPPED_TEXTS, [file]: SHIPPED_TEXTS[file].replace(from, () => to) };
}
