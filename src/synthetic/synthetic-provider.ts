import { padDigits } from "../identifiers/digits.ts";
import { INAMI_MODULI, inamiCheckDigits } from "../identifiers/inami-number.ts";
import { ssinCheckDigits } from "../identifiers/ssin.ts";
import { dayOf, isoDate } from "./calendar-day.ts";
import { mixBits, type Random } from "./random.ts";

/**
 * One synthetic world of providers, the same for every seed: all that is known of a provider follows from its id, so
 * registers made with different seeds never contradict each other and may be loaded together.
 * An id stands for a profession digit 1–6, a serial of five digits and a modulus of the check digits.
 */
export interface SyntheticProvider {
  readonly providerId: number;
  /** 11 digits. */
  readonly inamiNumber: string;
  readonly ssin: string;
  /** Days counted from 1970-01-01, `validTo` inclusive. */
  readonly validFrom: number;
  readonly validTo: number | undefined;
  readonly replacedBy: number | undefined;
  readonly deceasedOn: number | undefined;
}

/** `successor`: took the place of a replaced number. `unregistered`: check digits hold, no register knows the number. */
export type ProviderStatus = "current" | "expired" | "deceased" | "replaced" | "successor" | "unregistered";

const MODULI = INAMI_MODULI.length;
const SERIALS = 100_000;
const LOWEST_NUMBER = SERIALS;
/** Ids are below this. */
export const PROVIDER_IDS = 6 * SERIALS * MODULI;

/** Codes that each profession uses here; src/register/competence-codes.csv lists them as valid since before any contract. */
export const GENERATED_COMPETENCE_CODES: Readonly<Record<string, readonly string[]>> = {
  "1": ["000", "001", "002", "003", "004", "009"],
  "2": ["000", "001", "002"],
  "3": ["000", "001"],
  "4": ["000", "001", "002", "003", "005"],
  "5": ["000", "001", "002"],
  "6": ["000", "001", "002"],
};

const FIRST_BIRTH_YEAR = 1955;
const FIRST_BIRTH_DAY = dayOf(FIRST_BIRTH_YEAR, 1, 1);
/** 1 July of each year since the first birth year. */
const FIRST_JULY = Array.from({ length: 80 }, (_, index) => dayOf(FIRST_BIRTH_YEAR + index, 7, 1));
const BIRTH_DAYS = dayOf(2001, 12, 31) - FIRST_BIRTH_DAY + 1;
/** Serials of a birth day from 700 up: real numbers stay well below, some three hundred children being born a day. */
const LOWEST_SERIAL = 700;
const SERIALS_OF_DAY = 298;
/** Prime and no divisor of the number of SSINs, so that multiplying by it gives each provider another one. */
const SSIN_STEP = 1_000_003;
const LAST_EXPIRY_DAY = dayOf(2026, 6, 30);

/** A random id: professions and moduli by their frequency in reality, unless `evenly` over the whole world. */
export function drawProviderId(random: Random, evenly = false): number {
  if (evenly) return random.below(PROVIDER_IDS);
  const serial = random.below(SERIALS);
  const profession = professionAt(random.fraction());
  return ((profession - 1) * SERIALS + serial) * MODULI + modulusAt(random.fraction());
}

/** A random id of one status. */
export function drawProviderOf(random: Random, status: ProviderStatus): number {
  for (;;) {
    const providerId = drawProviderId(random);
    if (providerStatus(providerId) === status) return providerId;
  }
}

/** What the register says of an id; undefined when an earlier modulus gives the same check digits, so the same number. */
export function providerStatus(providerId: number): ProviderStatus | undefined {
  if (!isFirstOfItsNumber(providerId)) return undefined;
  const pair = mixBits(pairOf(providerId)) % 100;
  if (pair > 4) return "current";
  if (pair > 2) return "unregistered";
  if (pair === 2) return "deceased";
  if (pair === 1) return "expired";
  if (!isFirstOfItsNumber(partnerOf(providerId))) return "unregistered";
  return (numberOf(providerId) & 1) === 0 ? "replaced" : "successor";
}

export function getProvider(providerId: number): SyntheticProvider {
  const status = providerStatus(providerId);
  // Both numbers of a replacement are one person's.
  const person = status === "successor" ? partnerOf(providerId) : providerId;
  const traits = mixBits(person + 0x5eed);
  const birthDay = birthDayOf(person);
  const validFrom = FIRST_JULY[Number(isoDate(birthDay).slice(0, 4)) - FIRST_BIRTH_YEAR + 22 + (traits % 3)]!;
  const endDay = validFrom + 30 + ((traits >>> 4) % (LAST_EXPIRY_DAY - validFrom - 30));
  const deceasedOn = status === "deceased" ? endDay : undefined;
  return {
    providerId,
    inamiNumber: inamiNumberOf(providerId),
    ssin: ssinOf(person, birthDay),
    validFrom,
    validTo: status === "expired" ? endDay : deceasedOn,
    replacedBy: status === "replaced" ? partnerOf(providerId) : undefined,
    deceasedOn,
  };
}

/** The 11 digits of an id. */
export function inamiNumberOf(providerId: number): string {
  const number = padDigits(numberOf(providerId), 6);
  const codes = GENERATED_COMPETENCE_CODES[number[0]!]!;
  const code = codes[mixBits(providerId + 0xc0de) % codes.length]!;
  return `${number}${inamiCheckDigits(number, INAMI_MODULI[providerId % MODULI]!)}${code}`;
}

function numberOf(providerId: number): number {
  return LOWEST_NUMBER + Math.trunc(providerId / MODULI);
}

function isFirstOfItsNumber(providerId: number): boolean {
  const number = numberOf(providerId);
  const own = providerId % MODULI;
  const modulus = INAMI_MODULI[own]!;
  const check = modulus - (number % modulus);
  for (let earlier = 0; earlier < own; earlier++) {
    if (INAMI_MODULI[earlier]! - (number % INAMI_MODULI[earlier]!) === check) return false;
  }
  return true;
}

/** The even and the odd number beside each other, with the same modulus, share their fate. */
function partnerOf(providerId: number): number {
  return providerId ^ MODULI;
}

function pairOf(providerId: number): number {
  return Math.min(providerId, partnerOf(providerId));
}

function ssinSlot(person: number): number {
  return (person * SSIN_STEP) % (BIRTH_DAYS * SERIALS_OF_DAY);
}

function birthDayOf(person: number): number {
  return FIRST_BIRTH_DAY + (ssinSlot(person) % BIRTH_DAYS);
}

/** One person in fifty has a BIS number. */
function ssinOf(person: number, birthDay: number): string {
  const serial = LOWEST_SERIAL + Math.trunc(ssinSlot(person) / BIRTH_DAYS);
  const born = isoDate(birthDay);
  const register = mixBits(person + 0xb15) % 100;
  const shift = register === 0 ? 20 : register === 1 ? 40 : 0;
  const month = shift === 0 ? born.slice(5, 7) : String(Number(born.slice(5, 7)) + shift);
  const body = `${born.slice(2, 4)}${month}${born.slice(8)}${serial}`;
  return `${body}${ssinCheckDigits(body, born >= "2000")}`;
}

/** Doctors, pharmacists, dentists, nurses and midwives, physiotherapists, speech therapists and other paramedicals. */
function professionAt(fraction: number): number {
  if (fraction < 0.34) return 1;
  if (fraction < 0.42) return 2;
  if (fraction < 0.51) return 3;
  if (fraction < 0.75) return 4;
  return fraction < 0.95 ? 5 : 6;
}

function modulusAt(fraction: number): number {
  if (fraction < 0.7) return 0;
  if (fraction < 0.94) return 1;
  return fraction < 0.98 ? 2 : 3;
}
