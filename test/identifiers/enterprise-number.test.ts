import fc from "fast-check";
import t from "tap";
import {
  enterpriseCheckDigits,
  formatEnterpriseNumber,
  isEnterpriseNumber,
  parseEnterpriseNumber,
  validateEnterpriseNumber,
} from "../../src/identifiers/enterprise-number.ts";
import { neighbourSwaps, singleDigitChanges } from "./digit-errors.ts";

const enterpriseNumber = fc.stringMatching(/^[01]\d{7}$/).map((body) => `${body}${enterpriseCheckDigits(body)}`);

t.test("the public numbers are valid or not as published", async (t) => {
  for (const number of ["0403019261", "0428759497", "1000000021"]) {
    t.equal(validateEnterpriseNumber(number), undefined, number);
  }
  t.equal(validateEnterpriseNumber("0431150351"), "checkDigitsInvalid");
});

t.test("the fault says whether characters, length, first digit or check digits are wrong", async (t) => {
  t.equal(validateEnterpriseNumber("BE0403019261"), "notDigits");
  t.equal(validateEnterpriseNumber(""), "notDigits");
  t.equal(validateEnterpriseNumber("403019261"), "lengthInvalid", "a lost leading zero");
  t.equal(validateEnterpriseNumber(`20000000${enterpriseCheckDigits("20000000")}`), "firstDigitInvalid");
});

t.test("the written forms are read, and what is formatted is parsed back", async (t) => {
  for (const text of ["BE0403019261", "be 0403.019.261", "0403.019.261", " 0403019261 "]) {
    t.equal(parseEnterpriseNumber(text), "0403019261", text);
  }
  t.equal(parseEnterpriseNumber("NL0403019261"), undefined);
  t.equal(parseEnterpriseNumber("0431.150.351"), undefined);
  t.equal(formatEnterpriseNumber("0403019261"), "0403.019.261");
  t.equal(formatEnterpriseNumber("0403019261", "vat"), "BE0403019261");
  fc.assert(
    fc.property(enterpriseNumber, fc.constantFrom("dotted", "vat"), (number, form) => {
      return parseEnterpriseNumber(formatEnterpriseNumber(number, form)) === number;
    }),
  );
});

t.test("every single changed digit and every exchange of neighbours is found", async () => {
  fc.assert(
    fc.property(enterpriseNumber, (number) => {
      const wrong = [...singleDigitChanges(number), ...neighbourSwaps(number)];
      return isEnterpriseNumber(number) && wrong.every((text) => !isEnterpriseNumber(text));
    }),
  );
});

t.test("any text at all is answered, and validity and fault agree", async () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{9,11}$/), enterpriseNumber);
  fc.assert(fc.property(text, (sent) => isEnterpriseNumber(sent) === (validateEnterpriseNumber(sent) === undefined)));
});
