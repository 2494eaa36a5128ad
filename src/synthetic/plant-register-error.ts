import { dayOf, isoDate } from "./calendar-day.ts";
import { findField, type GeneratedRecord, withField, withoutFields } from "./generated-record.ts";
import { getField } from "./plant-form-error.ts";
import type { PlantableCode } from "./plantable-codes.ts";
import type { Planter } from "./planter.ts";
import type { Random } from "./random.ts";
import { drawProviderOf, getProvider, inamiNumberOf, type SyntheticProvider } from "./synthetic-provider.ts";

/** Codes that no profession has in src/register/competence-codes.csv. */
const UNKNOWN_COMPETENCE_CODES = ["990", "991", "995", "999"];
/** A provider recognised later than this can have a contract before, and still a plausible one. */
const EARLY = dayOf(1995, 1, 1);

/** Errors that show only beside the register or beside the records before. */
export const REGISTER_PLANTERS = {
  competenceCodeUnknown: (record, { random }) => {
    const root = getField(record, "inamiNumber").slice(0, 8);
    return { fields: withField(record.fields, "inamiNumber", root + random.pick(UNKNOWN_COMPETENCE_CODES)) };
  },
  inamiNumberExpired: (record, { random }) => {
    const provider = getProvider(drawProviderOf(random, "expired"));
    return moveTo(record, provider, drawDay(random, provider.validFrom, provider.validTo! - 1));
  },
  inamiNumberReplaced: (record, { random, latestStart }) => {
    const provider = getProvider(drawProviderOf(random, "replaced"));
    return moveTo(record, provider, drawDay(random, provider.validFrom, latestStart));
  },
  inamiNumberUnknown: (record, { random }) => {
    const inamiNumber = inamiNumberOf(drawProviderOf(random, "unregistered"));
    return { fields: withField(record.fields, "inamiNumber", inamiNumber), providerId: undefined };
  },
  inamiNumberNotValidOn: (record, { random, latestStart }) => {
    const own = getProvider(record.providerId!);
    if (own.validFrom > EARLY && random.chance(0.5)) {
      return moveTo(record, own, own.validFrom - 1 - random.below(700));
    }
    const provider = getProvider(drawProviderOf(random, "expired"));
    return moveTo(record, provider, drawDay(random, provider.validTo! + 1, latestStart));
  },
  ssinMismatch: ({ fields }, { random }) => {
    const { ssin } = getProvider(drawProviderOf(random, "unregistered"));
    return { fields: withField(fields, "ssin", ssin) };
  },
  senderReferenceRepeated: (_record, { earlier }) => ({ senderReference: earlier.senderReference }),
  contractRepeated: (_record, { earlier }) => {
    // Under the root alone, and with other content: the key is the same all the same.
    const keyed = withField(earlier.fields, "inamiNumber", getField(earlier, "inamiNumber").slice(0, 8));
    const solidarity = findField(earlier, "solidarity") === "true" ? "false" : "true";
    return { fields: withField(keyed, "solidarity", solidarity), providerId: earlier.providerId };
  },
} as const satisfies Partial<Record<PlantableCode, Planter>>;

function moveTo(record: GeneratedRecord, provider: SyntheticProvider, start: number): Partial<GeneratedRecord> {
  let fields = withField(withoutFields(record.fields, "endOn", "reason"), "startOn", isoDate(start));
  fields = withField(fields, "inamiNumber", provider.inamiNumber);
  if (findField(record, "ssin") !== undefined) fields = withField(fields, "ssin", provider.ssin);
  return { fields, providerId: provider.providerId };
}

function drawDay(random: Random, first: number, last: number): number {
  return first + random.below(last - first + 1);
}
