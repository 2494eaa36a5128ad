import type { ContractKind } from "../formats/contract-file/contract-file-vocabulary.ts";
import { padDigits } from "../identifiers/digits.ts";
import { structuredCommunicationCheckDigits } from "../identifiers/structured-communication.ts";
import { dayOf, firstOfMonth, isoDate } from "./calendar-day.ts";
import type { GeneratedField } from "./generated-record.ts";
import type { Random } from "./random.ts";
import type { SyntheticProvider } from "./synthetic-provider.ts";

/** No insurer still holds many older ones. */
const EARLIEST_START = dayOf(1990, 1, 1);

const CONTRACT_PREFIXES: Readonly<Record<ContractKind, string>> = {
  socialPlci: "PLCI",
  guaranteedIncome: "GI",
  deathCover: "DC",
  combined: "CB",
};

/** By their frequency: most ended contracts were given up or moved to another insurer. */
const CLOSE_REASONS_SEEN = ["terminated", "terminated", "transferred", "transferred", "death", "paidOut", "other"];

/** The fields of a `new` record that is accepted without findings. Days are counted from 1970-01-01. */
export function generateFields(
  random: Random,
  provider: SyntheticProvider,
  contractSerial: number,
  latestStart: number,
): GeneratedField[] {
  const start = drawStart(random, Math.max(provider.validFrom, EARLIEST_START), latestStart);
  const startOn = isoDate(start);
  const kind = drawKind(random);
  const fields: GeneratedField[] = [
    ["contractNumber", `${CONTRACT_PREFIXES[kind]}-${startOn.slice(0, 4)}-${padDigits(contractSerial, 9)}`],
    ["inamiNumber", random.chance(0.03) ? provider.inamiNumber.slice(0, 8) : provider.inamiNumber],
    ["startOn", startOn],
    ["contractKind", kind],
  ];
  if (random.chance(0.7)) fields.push(["ssin", provider.ssin]);
  fields.push(["solidarity", kind === "socialPlci" || (kind === "combined" && random.chance(0.8)) ? "true" : "false"]);
  if (random.chance(0.95)) fields.push(["language", drawLanguage(random)]);
  if (random.chance(0.85)) fields.push(["paymentReference", drawPaymentReference(random)]);
  if (random.chance(0.03)) {
    fields.push(["endOn", isoDate(start + random.below(latestStart - start + 1))]);
    fields.push(["reason", random.pick(CLOSE_REASONS_SEEN)]);
  }
  return fields;
}

/** Most contracts are young and start on the first of a month. */
function drawStart(random: Random, earliest: number, latest: number): number {
  const day = latest - Math.floor((latest - earliest) * random.fraction() ** 2);
  return random.chance(0.75) ? Math.max(earliest, firstOfMonth(day)) : day;
}

function drawKind(random: Random): ContractKind {
  const fraction = random.fraction();
  if (fraction < 0.78) return "socialPlci";
  if (fraction < 0.9) return "guaranteedIncome";
  return fraction < 0.97 ? "combined" : "deathCover";
}

function drawLanguage(random: Random): string {
  const fraction = random.fraction();
  if (fraction < 0.42) return "fr";
  return fraction < 0.99 ? "nl" : "de";
}

function drawPaymentReference(random: Random): string {
  const body = padDigits(random.below(100_000), 5) + padDigits(random.below(100_000), 5);
  return body + structuredCommunicationCheckDigits(body);
}
