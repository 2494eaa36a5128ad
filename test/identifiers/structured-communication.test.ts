import fc from "fast-check";
import t from "tap";
import {
  formatStructuredCommunication,
  isStructuredCommunication,
  parseStructuredCommunication,
  structuredCommunicationCheckDigits,
  validateStructuredCommunication,
} from "../../src/identifiers/structured-communication.ts";
import { neighbourSwaps, singleDigitChanges } from "./digit-errors.ts";

const communication = fc.stringMatching(/^\d{10}$/).map((body) => `${body}${structuredCommunicationCheckDigits(body)}`);

t.test("the example of the exchange format is valid, a rest of 0 is written 97", async (t) => {
  t.equal(validateStructuredCommunication("090933755493"), undefined);
  t.equal(structuredCommunicationCheckDigits("0000000097"), "97");
  t.ok(isStructuredCommunication("000000009797"));
  t.notOk(isStructuredCommunication("000000009700"));
});

t.test("the check digits are those of plain arithmetic on the ten digits", async () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 9_999_999_999n }), (number) => {
      const expected = String(number % 97n === 0n ? 97n : number % 97n).padStart(2, "0");
      return structuredCommunicationCheckDigits(String(number).padStart(10, "0")) === expected;
    }),
  );
});

t.test("the fault says whether characters, length or check digits are wrong", async (t) => {
  t.equal(validateStructuredCommunication("+++090/9337/55493+++"), "notDigits");
  t.equal(validateStructuredCommunication(""), "notDigits");
  t.equal(validateStructuredCommunication("90933755493"), "lengthInvalid", "a lost leading zero");
  t.equal(validateStructuredCommunication("090933755494"), "checkDigitsInvalid");
});

t.test("the printed forms are read, and what is formatted is parsed back", async (t) => {
  for (const text of ["+++090/9337/55493+++", "***090/9337/55493***", "090/9337/55493", " 090933755493 "]) {
    t.equal(parseStructuredCommunication(text), "090933755493", text);
  }
  for (const text of ["+++090/9337/55494+++", "+++090/9337/55493***", "+++090/9337/55493", "0909/337/55493"]) {
    t.equal(parseStructuredCommunication(text), undefined, text);
  }
  t.equal(formatStructuredCommunication("090933755493"), "+++090/9337/55493+++");
  fc.assert(
    fc.property(communication, (digits) => {
      return parseStructuredCommunication(formatStructuredCommunication(digits)) === digits;
    }),
  );
});

t.test("every single changed digit and every exchange of neighbours among the ten digits is found", async () => {
  fc.assert(
    fc.property(communication, (digits) => {
      const wrong = [...singleDigitChanges(digits), ...neighbourSwaps(digits, 0, 10), ...neighbourSwaps(digits, 10)];
      return isStructuredCommunication(digits) && wrong.every((text) => !isStructuredCommunication(text));
    }),
  );
});

t.test("any text at all is answered, and validity and fault agree", async () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{11,13}$/), communication);
  fc.assert(
    fc.property(text, (sent) => {
      return isStructuredCommunication(sent) === (validateStructuredCommunication(sent) === undefined);
    }),
  );
});
