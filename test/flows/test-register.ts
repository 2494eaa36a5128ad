import { join } from "node:path";
import type { Test } from "tap";
import type { Database } from "../../src/database/connection.ts";
import { inamiCheckDigits } from "../../src/identifiers/inami-number.ts";
import { ssinCheckDigits } from "../../src/identifiers/ssin.ts";
import { loadRegister } from "../../src/register/load-register.ts";

/** The business day of the flow tests. */
export const TODAY = "2026-11-22";

export interface TestProvider {
  readonly inamiNumber: string;
  readonly ssin: string;
  readonly validFrom: string;
  readonly validTo?: string;
  readonly replacedBy?: string;
  readonly deceasedOn?: string;
}

/** 11 digits: a number of six digits, its check digits under modulus 97, a competence code. */
export function makeInamiNumber(serial: string, code = "001"): string {
  return `${serial}${inamiCheckDigits(serial, 97)}${code}`;
}

export function makeSsin(body: string): string {
  return `${body}${ssinCheckDigits(body, false)}`;
}

/** Who has several numbers, of every modulus. */
const PERSON = "85073003328";

/** One provider for each thing the register can say, of which the names tell. */
export const PROVIDERS = {
  current: { inamiNumber: "12345625001", ssin: PERSON, validFrom: "2000-01-01" },
  modulus89: { inamiNumber: "12345676001", ssin: PERSON, validFrom: "2000-01-01" },
  modulus83: { inamiNumber: "12345648001", ssin: PERSON, validFrom: "2000-01-01" },
  modulus79: { inamiNumber: "12345621001", ssin: PERSON, validFrom: "2000-01-01" },
  nurse: { inamiNumber: "40000451001", ssin: PERSON, validFrom: "2000-01-01" },
  another: { inamiNumber: makeInamiNumber("300003"), ssin: PERSON, validFrom: "1995-07-01" },
  recent: { inamiNumber: makeInamiNumber("400010"), ssin: makeSsin("950202702"), validFrom: "2019-03-01" },
  expiredYesterday: {
    inamiNumber: makeInamiNumber("500020"),
    ssin: makeSsin("600303703"),
    validFrom: "1990-01-01",
    validTo: "2026-11-21",
  },
  expiringToday: {
    inamiNumber: makeInamiNumber("500021"),
    ssin: makeSsin("600303704"),
    validFrom: "1990-01-01",
    validTo: TODAY,
  },
  deceased: {
    inamiNumber: makeInamiNumber("100030"),
    ssin: makeSsin("500404705"),
    validFrom: "1980-01-01",
    deceasedOn: "2020-06-15",
  },
  replaced: {
    inamiNumber: makeInamiNumber("200040"),
    ssin: makeSsin("750505706"),
    validFrom: "2000-01-01",
    replacedBy: makeInamiNumber("200041"),
  },
  replacing: { inamiNumber: makeInamiNumber("200041"), ssin: makeSsin("750505706"), validFrom: "2000-01-01" },
} as const satisfies Record<string, TestProvider>;

/** Check digits hold, the register does not have it. */
export const UNKNOWN_INAMI_NUMBER = makeInamiNumber("999999");
/** Valid, and nobody's in the register. */
export const FOREIGN_SSIN = makeSsin("720606707");

export const REGISTER_HEADER = "inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn";

export function renderProvider(provider: TestProvider): string {
  const { inamiNumber, ssin, validFrom, validTo, replacedBy, deceasedOn } = provider;
  return [inamiNumber, ssin, validFrom, validTo, replacedBy, deceasedOn].map((value) => value ?? "").join();
}

/** Loads a register from CSV text, through a file as operators do. */
export async function loadRegisterText(t: Test, database: Database, text: string): Promise<number> {
  return await loadRegister(database, join(t.testdir({ "register.csv": text }), "register.csv"));
}

export async function loadTestRegister(t: Test, database: Database): Promise<void> {
  const rows = Object.values(PROVIDERS).map(renderProvider);
  await loadRegisterText(t, database, `${[REGISTER_HEADER, ...rows].join("\n")}\n`);
}
