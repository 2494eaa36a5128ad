import fc from "fast-check";
import t from "tap";
import { belgianIban, formatIban, isIban, parseIban, validateIban } from "../../src/identifiers/iban.ts";
import { neighbourSwaps, singleDigitChanges } from "./digit-errors.ts";

const belgian = fc.stringMatching(/^\d{10}$/).map((account) => belgianIban(account));

t.test("the public Belgian account and accounts of other countries are valid", async (t) => {
  for (const iban of [
    "BE68539007547034",
    "NL91ABNA0417164300",
    "FR1420041010050500013M02606",
    "DE89370400440532013000",
  ]) {
    t.equal(validateIban(iban), undefined, iban);
  }
  t.equal(belgianIban("5390075470"), "BE68539007547034");
});

t.test("a Belgian account must hold the national check as well as the international one", async (t) => {
  t.equal(validateIban("BE69539007547034"), "checkDigitsInvalid");
  const wrongInside = Array.from({ length: 97 }, (_, check) => `BE${String(check + 2).padStart(2, "0")}539007547035`);
  t.ok(wrongInside.every((iban) => !isIban(iban)));
  t.ok(wrongInside.some((iban) => validateIban(iban) === "nationalCheckInvalid"));
});

t.test("the fault says whether characters or length are wrong", async (t) => {
  for (const text of ["", "BE", "be68539007547034", "BE68 5390 0754 7034", "68BE539007547034", "BE6A539007547034"]) {
    t.equal(validateIban(text), "characterInvalid", JSON.stringify(text));
  }
  t.equal(validateIban("BE68A39007547034"), "characterInvalid", "letters inside a Belgian account");
  t.equal(validateIban("BE6853900754703"), "lengthInvalid");
  t.equal(validateIban("BE685390075470340"), "lengthInvalid");
  t.equal(validateIban(`NL91${"0".repeat(31)}`), "lengthInvalid");
});

t.test("check digits that no bank gives are refused although the rest would fit", async (t) => {
  const bodies = Array.from({ length: 300 }, (_, index) => `NL00ABNA${String(index).padStart(10, "0")}`);
  const lawful = (iban: string) => iban.slice(2, 4) >= "02" && iban.slice(2, 4) <= "98";
  for (const body of bodies) {
    const valid = Array.from(
      { length: 100 },
      (_, check) => `NL${String(check).padStart(2, "0")}${body.slice(4)}`,
    ).filter(isIban);
    t.equal(valid.length, 1, body);
    t.ok(valid.every(lawful), body);
  }
});

t.test("what is formatted in groups of four is parsed back", async (t) => {
  t.equal(formatIban("BE68539007547034"), "BE68 5390 0754 7034");
  t.equal(formatIban("FR1420041010050500013M02606"), "FR14 2004 1010 0505 0001 3M02 606");
  t.equal(parseIban("be68 5390 0754 7034"), "BE68539007547034");
  t.equal(parseIban("BE68 5390 0754 7035"), undefined);
  fc.assert(fc.property(belgian, (iban) => isIban(iban) && parseIban(formatIban(iban)) === iban));
});

t.test("every single changed digit and every exchange of neighbours of a Belgian account is found", async () => {
  fc.assert(
    fc.property(belgian, (iban) => {
      return [...singleDigitChanges(iban, 2), ...neighbourSwaps(iban, 2)].every((text) => !isIban(text));
    }),
  );
});

t.test("any text at all is answered", async () => {
  fc.assert(fc.property(fc.string(), (sent) => isIban(sent) === (validateIban(sent) === undefined)));
});
