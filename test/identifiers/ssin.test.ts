import fc from "fast-check";
import t from "tap";
import {
  formatSsin,
  isBisNumber,
  isSsin,
  parseSsin,
  ssinCheckDigits,
  validateSsin,
} from "../../src/identifiers/ssin.ts";
import { neighbourSwaps, singleDigitChanges } from "./digit-errors.ts";

const birthDate = fc.date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
const monthShift = fc.constantFrom(0, 20, 40);
const serial = fc.integer({ min: 1, max: 998 });

const ssin = fc.tuple(birthDate, monthShift, serial).map(([date, shift, nnn]) => {
  const month = date.getUTCMonth() + 1 + shift;
  const parts = [date.getUTCFullYear() % 100, month, date.getUTCDate()].map((part) => String(part).padStart(2, "0"));
  const body = `${parts.join("")}${String(nnn).padStart(3, "0")}`;
  return `${body}${ssinCheckDigits(body, date.getUTCFullYear() >= 2000)}`;
});

function withCheckDigits(body: string, bornFrom2000 = false): string {
  return `${body}${ssinCheckDigits(body, bornFrom2000)}`;
}

t.test("the public numbers are valid or not as published", async (t) => {
  for (const number of ["85073003328", "17073003384", "98472899765", "01490700185"]) {
    t.equal(validateSsin(number), undefined, number);
    t.ok(isSsin(number), number);
  }
  t.equal(validateSsin("12345678901"), "checkDigitsInvalid");
  t.notOk(isSsin("12345678901"));
});

t.test("the fault says whether characters, length, check digits or birth date are wrong", async (t) => {
  t.equal(validateSsin("85.07.30-033.28"), "notDigits");
  t.equal(validateSsin(""), "notDigits");
  t.equal(validateSsin("8507300332"), "lengthInvalid");
  t.equal(validateSsin("850730033280"), "lengthInvalid");
  t.equal(validateSsin("85073003329"), "checkDigitsInvalid");
  t.equal(validateSsin(withCheckDigits("850732033")), "birthDateInvalid");
});

t.test("a birth date must exist in the calendar of the century its check digits say", async (t) => {
  t.ok(isSsin(withCheckDigits("840229001")), "29 February 1984");
  t.notOk(isSsin(withCheckDigits("850229001")), "29 February 1985");
  t.notOk(isSsin(withCheckDigits("000229001")), "29 February 1900 did not exist");
  t.ok(isSsin(withCheckDigits("000229001", true)), "29 February 2000 did");
  for (const body of ["851301001", "851901001", "850431001", "850732001", "853301001", "855301001", "859901001"]) {
    t.equal(validateSsin(withCheckDigits(body)), "birthDateInvalid", body);
  }
});

t.test("an unknown birth date is written with zeros, also in the BIS register", async (t) => {
  for (const body of ["850000001", "000001001", "850700001", "852000001", "854000001", "850003001"]) {
    t.ok(isSsin(withCheckDigits(body)), body);
  }
  t.notOk(isSsin(withCheckDigits("850030001")), "a day without a month");
});

t.test("months raised by 20 or 40 belong to the BIS register", async (t) => {
  t.ok(isBisNumber("98472899765"));
  t.ok(isBisNumber("01490700185"));
  t.ok(isBisNumber(withCheckDigits("852000001")));
  t.notOk(isBisNumber("85073003328"));
});

t.test(
  "every real birth date of either century makes a valid number, and formatting it is undone by parsing",
  async (t) => {
    t.equal(formatSsin("85073003328"), "85.07.30-033.28");
    t.equal(parseSsin("85 07 30 033 28"), "85073003328");
    t.equal(parseSsin("85.07.30-033.29"), undefined);
    fc.assert(fc.property(ssin, (number) => isSsin(number) && parseSsin(formatSsin(number)) === number));
  },
);

t.test("every single changed check digit is found, except where it makes the number of the other century", async () => {
  fc.assert(
    fc.property(ssin, (number) => {
      const body = number.slice(0, 9);
      const lawful = new Set([`${body}${ssinCheckDigits(body, false)}`, `${body}${ssinCheckDigits(body, true)}`]);
      return [...singleDigitChanges(number, 9), ...neighbourSwaps(number, 9)].every(
        (text) => lawful.has(text) || !isSsin(text),
      );
    }),
  );
});

t.test("any text at all is answered, and validity and fault agree", async () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{10,12}$/), ssin);
  fc.assert(fc.property(text, (sent) => isSsin(sent) === (validateSsin(sent) === undefined)));
});
