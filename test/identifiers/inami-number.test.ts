import fc from "fast-check";
import t from "tap";
import {
  competenceCode,
  formatInamiNumber,
  INAMI_MODULI,
  inamiCheckDigits,
  inamiRoot,
  isInamiNumber,
  parseInamiNumber,
  professionDigit,
  validateInamiNumber,
} from "../../src/identifiers/inami-number.ts";
import { neighbourSwaps, singleDigitChanges } from "./digit-errors.ts";

const modulus = fc.constantFrom(...INAMI_MODULI);
const serial = fc.stringMatching(/^\d{6}$/);
const competence = fc.stringMatching(/^(\d{3})?$/);
const inamiNumber = fc.tuple(serial, modulus, competence).map(([n, m, code]) => `${n}${inamiCheckDigits(n, m)}${code}`);

t.test("the public numbers of each modulus are valid, the two invalid ones are not", async (t) => {
  for (const number of ["12345625", "12345676", "12345648", "12345621", "30000318", "40000451"]) {
    t.equal(validateInamiNumber(number), undefined, number);
    t.ok(isInamiNumber(`${number}001`), `${number} with a competence code`);
  }
  for (const number of ["12345600", "12345626", "12345600001"]) {
    t.equal(validateInamiNumber(number), "checkDigitsInvalid", number);
    t.notOk(isInamiNumber(number), number);
  }
});

t.test("a modulus that is not accepted does not make a number valid", async (t) => {
  t.ok(isInamiNumber("12345648"));
  t.notOk(isInamiNumber("12345648", [97, 89]));
  t.equal(validateInamiNumber("12345621", [97, 89]), "checkDigitsInvalid");
  t.equal(parseInamiNumber("12345621", [97, 89]), undefined);
  t.ok(isInamiNumber("12345676", [97, 89]));
});

t.test("the fault says whether characters, length or check digits are wrong", async (t) => {
  for (const text of ["", "1234562A", "1-23456-25", " 12345625", "１２３４５６２５", "12345625x01", "-1234562"]) {
    t.equal(validateInamiNumber(text), "notDigits", JSON.stringify(text));
  }
  for (const text of ["1234562", "123456250", "1234562500", "123456250011"]) {
    t.equal(validateInamiNumber(text), "lengthInvalid", text);
  }
});

t.test("check digits run from 01 to the modulus itself, never 00", async (t) => {
  t.equal(inamiCheckDigits("000000", 97), "97");
  t.equal(inamiCheckDigits("000096", 97), "01");
  t.ok(isInamiNumber("00000097"), "leading zeros are digits like others");
  t.notOk(isInamiNumber("00000000"));
});

t.test("under one modulus every single changed digit and every exchange of neighbours is found", async () => {
  fc.assert(
    fc.property(serial, modulus, (n, m) => {
      const root = `${n}${inamiCheckDigits(n, m)}`;
      const wrong = [...singleDigitChanges(root), ...neighbourSwaps(root)];
      return isInamiNumber(root, [m]) && wrong.every((text) => !isInamiNumber(text, [m]));
    }),
  );
});

t.test("with four moduli exactly the pairs of those moduli pass, whatever the six digits", async () => {
  fc.assert(
    fc.property(serial, (n) => {
      const expected = new Set(INAMI_MODULI.map((m) => inamiCheckDigits(n, m)));
      for (let pair = 0; pair < 100; pair++) {
        const check = String(pair).padStart(2, "0");
        if (isInamiNumber(`${n}${check}`) !== expected.has(check)) return false;
      }
      return true;
    }),
  );
});

t.test("what is formatted is parsed back to the same digits", async (t) => {
  t.equal(formatInamiNumber("12345625001"), "1-23456-25-001");
  t.equal(formatInamiNumber("12345625"), "1-23456-25");
  t.equal(parseInamiNumber(" 1/23456/25/001 "), "12345625001");
  t.equal(parseInamiNumber("1-23456-26-001"), undefined);
  fc.assert(fc.property(inamiNumber, (number) => parseInamiNumber(formatInamiNumber(number)) === number));
});

t.test("root, competence code and profession digit are cut out of the digits", async (t) => {
  t.equal(inamiRoot("01234584003"), "01234584");
  t.equal(inamiRoot("12345625"), "12345625");
  t.equal(competenceCode("12345625001"), "001");
  t.equal(competenceCode("12345625"), undefined);
  t.equal(professionDigit("40000451"), "4");
});

t.test("any text at all is answered, and validity and fault agree", async () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{0,12}$/), inamiNumber);
  fc.assert(fc.property(text, (sent) => isInamiNumber(sent) === (validateInamiNumber(sent) === undefined)));
});
