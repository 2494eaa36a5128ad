import { isoDate } from "./calendar-day.ts";
import { generateRecords } from "./contract-records.ts";
import { type GenerationOptions, settleOptions } from "./generation-options.ts";
import { createNumberSet, type NumberSet } from "./number-set.ts";
import { createRandom, type Random } from "./random.ts";
import {
  drawProviderId,
  getProvider,
  inamiNumberOf,
  PROVIDER_IDS,
  type ProviderStatus,
  providerStatus,
  type SyntheticProvider,
} from "./synthetic-provider.ts";

export const REGISTER_HEADER = "inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn";

const CHUNK_CHARACTERS = 128 * 1024;
/** Providers that the register knows and the file does not name. */
const SHARE_OF_OTHERS = 0.1;

/** An empty set for the ids that `generateContractFile` finds the register to need. */
export function createProviderSet(): NumberSet {
  return createNumberSet(PROVIDER_IDS);
}

/**
 * The register (CSV) that goes with the contract file of the same options: every provider its records need and a tenth
 * more, ordered by profession and serial, in chunks of about 128 KiB. `providers` must be as `generateContractFile`
 * left it at its end; without it the records are generated once more. Throws a RangeError for options out of bounds.
 */
export function generateRegister(
  options: GenerationOptions,
  providers?: NumberSet,
): Generator<string, void, undefined> {
  const settled = settleOptions(options);
  return iterateChunks(settled, providers ?? collectProviders(settled));
}

function collectProviders(options: GenerationOptions): NumberSet {
  const providers = createProviderSet();
  for (const { providerId } of generateRecords(options)) if (providerId !== undefined) providers.add(providerId);
  return providers;
}

function* iterateChunks(options: GenerationOptions, needed: NumberSet): Generator<string, void, undefined> {
  const listed = withOthers(needed, createRandom(options.seed, 3));
  let chunk = `${REGISTER_HEADER}\n`;
  for (let providerId = 0; providerId < PROVIDER_IDS; providerId++) {
    if (!listed.has(providerId)) continue;
    chunk += renderProvider(getProvider(providerId));
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

/** A copy of the set with a tenth more ids that a register can know, and with the successor of every replaced one. */
function withOthers(needed: NumberSet, random: Random): NumberSet {
  const listed = createProviderSet();
  let count = 0;
  for (let providerId = 0; providerId < PROVIDER_IDS; providerId++) {
    if (needed.has(providerId) && listed.add(providerId)) count++;
  }
  for (let others = Math.ceil(count * SHARE_OF_OTHERS); others > 0; ) {
    const providerId = drawProviderId(random, random.chance(0.1));
    if (isKnown(providerStatus(providerId)) && listed.add(providerId)) others--;
  }
  for (let providerId = 0; providerId < PROVIDER_IDS; providerId++) {
    if (!listed.has(providerId) || providerStatus(providerId) !== "replaced") continue;
    const { replacedBy } = getProvider(providerId);
    if (replacedBy !== undefined) listed.add(replacedBy);
  }
  return listed;
}

function isKnown(status: ProviderStatus | undefined): boolean {
  return status !== undefined && status !== "unregistered";
}

function renderProvider(provider: SyntheticProvider): string {
  const { inamiNumber, ssin, validFrom, validTo, replacedBy, deceasedOn } = provider;
  const replacement = replacedBy === undefined ? "" : inamiNumberOf(replacedBy);
  return `${inamiNumber},${ssin},${isoDate(validFrom)},${renderDay(validTo)},${replacement},${renderDay(deceasedOn)}\n`;
}

function renderDay(day: number | undefined): string {
  return day === undefined ? "" : isoDate(day);
}
