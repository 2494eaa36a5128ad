import { isoDate } from "./calendar-day.ts";
import { mixBits } from "./random.ts";
import { getProvider, PROVIDER_IDS, providerStatus, type SyntheticProvider } from "./synthetic-provider.ts";

const CHUNK_CHARACTERS = 64 * 1024;

/** So many providers with a valid number, of all professions and always the same ones. */
export function* listActiveProviders(count: number): Generator<SyntheticProvider> {
  // Prime, so that it walks through all ids.
  const step = 1_000_003;
  for (let index = 0, found = 0; found < count; index += 1) {
    const providerId = (index * step) % PROVIDER_IDS;
    if (providerStatus(providerId) !== "current") continue;
    found += 1;
    yield getProvider(providerId);
  }
}

/** The profession of an invented provider. */
export function professionOf({ inamiNumber, providerId }: SyntheticProvider): string {
  const digit = inamiNumber[0]!;
  return digit === "4" && mixBits(providerId) % 8 === 0 ? "midwife" : PROFESSION_OF_DIGIT[digit]!;
}

const PROFESSION_OF_DIGIT: Readonly<Record<string, string>> = {
  "1": "doctor",
  "2": "pharmacist",
  "3": "dentist",
  "4": "nurse",
  "5": "physiotherapist",
  "6": "speechTherapist",
};

/**
 * Invented facts of these providers for a premium year, as a fact file (docs/facts.md) in chunks: about five lines each, with
 * every kind of trouble now and then.
 */
export function* generateFacts(providers: Iterable<SyntheticProvider>, premiumYear: number): Generator<string> {
  let chunk = "";
  for (const provider of providers) {
    for (const fact of inventFacts(provider, premiumYear)) chunk += `${JSON.stringify(fact)}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

type Fact = Readonly<Record<string, unknown>>;

function inventFacts(provider: SyntheticProvider, premiumYear: number): Fact[] {
  const { inamiNumber, providerId } = provider;
  const chance = mixBits(providerId + 0xfac7);
  const profession = professionOf(provider);
  const isFirstYear = chance % 30 === 0;
  const from = isFirstYear ? `${premiumYear}-10-01` : isoDate(provider.validFrom);
  const of = { inamiNumber };
  const facts: Fact[] = [
    {
      ...{ kind: "profession", ...of, profession, firstInamiNumberOn: from },
      ...(profession === "doctor" && { specialty: chance % 3 === 0 ? "surgery" : "generalPractice" }),
    },
    { kind: "recognition", ...of, from },
    ...inventConventions(of, from, premiumYear, chance),
    ...inventYear(of, profession, profession === "doctor" ? premiumYear - 2 : premiumYear, chance),
  ];
  if (profession === "nurse")
    facts.push({ kind: "attribute", ...of, year: premiumYear, attribute: "selfEmployedMainAllYear", holds: true });
  if (chance % 25 === 1) facts.push({ kind: "pension", ...of, on: `${premiumYear - 2}-04-01` });
  if (chance % 300 === 2) facts.push({ kind: "death", ...of, on: `${premiumYear}-08-15` });
  if (chance % 500 === 3)
    facts.push({
      kind: "sanction",
      ...of,
      sanction: "suspension",
      from: `${premiumYear}-05-01`,
      to: `${premiumYear}-06-30`,
    });
  return facts;
}

function inventConventions(of: Fact, from: string, premiumYear: number, chance: number): Fact[] {
  const convention = { kind: "convention", ...of, from };
  if (chance % 50 !== 1 || from >= `${premiumYear}-03-31`) return [{ ...convention, convention: "full" }];
  return [
    { ...convention, convention: "full", to: `${premiumYear}-03-31` },
    { ...convention, convention: "partial", from: `${premiumYear}-04-01` },
  ];
}

function inventYear(of: Fact, profession: string, year: number, chance: number): Fact[] {
  const count = (chance >>> 3) % 5_000;
  const [first, firstFactor, second, secondFactor] = MEASURES[profession]!;
  // As exports of databases write decimals: no more digits than there are.
  const measures = {
    [first]: Number((count * firstFactor).toFixed(2)),
    [second]: Number((count * secondFactor).toFixed(2)),
  };
  const inactive = chance % 4 === 0 ? [{ kind: "inactivity", ...of, year, days: chance % 60 }] : [];
  return [{ kind: "activity", ...of, year, measures }, ...inactive];
}

/** Two measures of each profession with what one of 0 to 4,999 is worth: some reach every level, some none. */
const MEASURES: Readonly<Record<string, readonly [string, number, string, number]>> = {
  doctor: ["reimbursedAmountCents", 2_000, "reimbursedAmountCents", 2_000],
  pharmacist: ["averageWeeklyHours", 0.01, "averageWeeklyHours", 0.01],
  dentist: ["provisions", 1, "provisions", 1],
  nurse: ["reimbursedAmountCents", 2_000, "reimbursedAmountCents", 2_000],
  physiotherapist: ["provisions", 1, "mValues", 24],
  speechTherapist: ["provisions", 1, "rValues", 17.5],
  midwife: ["provisions", 1, "vValues", 15],
};
