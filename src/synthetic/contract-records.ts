import { padDigits } from "../identifiers/digits.ts";
import { parseDay } from "./calendar-day.ts";
import { generateFields } from "./contract-fields.ts";
import type { GeneratedRecord } from "./generated-record.ts";
import { type GenerationOptions, settleOptions } from "./generation-options.ts";
import { createNumberSet, type NumberSet } from "./number-set.ts";
import { FORM_PLANTERS } from "./plant-form-error.ts";
import { REGISTER_PLANTERS } from "./plant-register-error.ts";
import { PLANTABLE_CODES, type PlantableCode } from "./plantable-codes.ts";
import type { Planter } from "./planter.ts";
import { createRandom, type Random } from "./random.ts";
import { drawProviderId, getProvider, PROVIDER_IDS, providerStatus } from "./synthetic-provider.ts";

const PLANTERS: Readonly<Record<PlantableCode, Planter>> = { ...FORM_PLANTERS, ...REGISTER_PLANTERS };

/** Contract numbers of different seeds differ, up to a thousand seeds. */
const NUMBERS_PER_SEED = 10_000_000;
const RECENT_PROVIDERS = 4096;

/**
 * The records of a contract file, one at a time. Planted errors come from a random sequence of their own: the records
 * without one are the same whatever their share. Throws a RangeError for options out of bounds.
 */
export function generateRecords(options: GenerationOptions): Generator<GeneratedRecord, void, undefined> {
  return iterateRecords(settleOptions(options));
}

function* iterateRecords(options: Required<GenerationOptions>): Generator<GeneratedRecord, void, undefined> {
  const { records, seed, errors } = options;
  const random = createRandom(seed, 1);
  const plantingRandom = createRandom(seed, 2);
  const nextProviderId = createProviderSource(random);
  // Contracts are declared some weeks after they start.
  const latestStart = parseDay(options.createdAt) - 21;
  let earlier: GeneratedRecord | undefined;
  let planted = 0;
  for (let recordNumber = 1; recordNumber <= records; recordNumber++) {
    const provider = getProvider(nextProviderId());
    const contractSerial = (seed % 1000) * NUMBERS_PER_SEED + recordNumber;
    let record: GeneratedRecord = {
      recordNumber,
      senderReference: `R-${padDigits(recordNumber, 6)}`,
      action: "new",
      fields: generateFields(random, provider, contractSerial, latestStart),
      looseText: undefined,
      plantedCode: undefined,
      providerId: provider.providerId,
    };
    if (errors > 0 && plantingRandom.chance(errors)) {
      const plantedCode = PLANTABLE_CODES[planted++ % PLANTABLE_CODES.length]!;
      const context = { random: plantingRandom, latestStart, earlier: earlier ?? record };
      record = { ...record, ...PLANTERS[plantedCode](record, context), plantedCode };
    }
    if (record.plantedCode === undefined || record.plantedCode === "competenceCodeUnknown") earlier = record;
    yield record;
  }
}

/** Gives ids of providers in good standing, each once, and about six in a hundred once more some thousand records later. */
function createProviderSource(random: Random): () => number {
  const used = createNumberSet(PROVIDER_IDS);
  const recent: number[] = [];
  return () => {
    if (recent.length > 0 && random.chance(0.06)) {
      const place = random.below(recent.length);
      const providerId = recent[place]!;
      const last = recent.pop()!;
      if (place < recent.length) recent[place] = last;
      return providerId;
    }
    const providerId = drawUnused(random, used);
    if (recent.length < RECENT_PROVIDERS) recent.push(providerId);
    else recent[random.below(RECENT_PROVIDERS)] = providerId;
    return providerId;
  };
}

/** A provider in good standing new to `used`. When a huge file has used up the frequent professions: of any other. */
function drawUnused(random: Random, used: NumberSet): number {
  for (let attempt = 0; ; attempt++) {
    const providerId = drawProviderId(random, attempt > 20);
    if (providerStatus(providerId) === "current" && used.add(providerId)) return providerId;
  }
}
