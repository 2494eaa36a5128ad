import fc from "fast-check";
import t from "tap";
import {
  formatExchangeFileName,
  formatSequence,
  INPUT_CODES,
  NAME_LETTERS,
  parseInputName,
  parseSequence,
  splitInputName,
} from "../../src/formats/exchange-file-name.ts";
import { enterpriseCheckDigits } from "../../src/identifiers/enterprise-number.ts";

const LAST = 36 ** 5 - 1;

t.test("a name says whose file it is, of which day, and for which environment", async (t) => {
  t.strictSame(splitInputName("FI.DICO.0403019261.20261122.00001.S"), {
    prefix: "FI",
    rest: "DICO.0403019261.20261122.00001.S",
  });
  t.strictSame(parseInputName("DICO.0403019261.20261122.00001.S"), {
    fault: undefined,
    name: { code: "DICO", enterpriseNumber: "0403019261", date: "20261122", sequence: "00001", letter: "S" },
  });
  t.equal(parseInputName("INVE.0403019261.20261122.0000A.T").fault, undefined, "also of verifications, by capitals");
});

t.test("the first thing wrong with a name is told", async (t) => {
  const cases = {
    "DICO.0403019261.20261122.00001": "parts",
    "DICO.0403019261.20261122.00001.S.filepart": "parts",
    "": "parts",
    "dico.0403019261.20261122.00001.S": "code",
    "ACRF.0403019261.20261122.00001.S": "code",
    "DICO.0403019262.20261122.00001.S": "enterpriseNumber",
    "DICO.0403.19261.20261122.1.S": "parts",
    "DICO.0403019261.20260230.00001.S": "date",
    "DICO.0403019261.22112026.00001.S": "date",
    "DICO.0403019261.2026112.00001.S": "date",
    "DICO.0403019261.20261122.0001.S": "sequence",
    "DICO.0403019261.20261122.0000a.S": "sequence",
    "DICO.0403019261.20261122.00001.X": "letter",
    "DICO.0403019261.20261122.00001.s": "letter",
  };
  for (const [rest, fault] of Object.entries(cases)) t.equal(parseInputName(rest).fault, fault, rest);
  t.match(parseInputName("DICO.0403019261.20261122.00001.X"), { enterpriseNumber: "0403019261" });
});

t.test("other names have none of the four prefixes", async (t) => {
  for (const name of ["contracts.xml", "fi.DICO.0403019261.20261122.00001.S", "FIDICO", "FO.ACRF.x", ".FI.x", ""]) {
    t.equal(splitInputName(name), undefined, name);
  }
});

t.test("format of parse is identity", async () => {
  const rest = fc
    .record({
      code: fc.constantFrom(...INPUT_CODES),
      body: fc.integer({ min: 0, max: 19_999_999 }).map((number) => String(number).padStart(8, "0")),
      day: fc.date({ min: new Date("1900-01-01"), max: new Date("9999-12-30"), noInvalidDate: true }),
      sequence: fc.integer({ min: 0, max: LAST }),
      letter: fc.constantFrom(...NAME_LETTERS),
    })
    .map(({ code, body, day, sequence, letter }) =>
      [
        code,
        body + enterpriseCheckDigits(body),
        day.toISOString().slice(0, 10).replaceAll("-", ""),
        formatSequence(sequence),
        letter,
      ].join("."),
    );
  fc.assert(
    fc.property(rest, (text) => {
      const parsed = parseInputName(text);
      return parsed.fault === undefined && formatExchangeFileName("FI", parsed.name) === `FI.${text}`;
    }),
  );
});

t.test("a sequence has digits first, then digits and capitals", async (t) => {
  t.strictSame([0, 1, 99_999, 100_000, 100_001, 100_026, 100_036, LAST].map(formatSequence), [
    "00000",
    "00001",
    "99999",
    "0000A",
    "0000B",
    "0001A",
    "0001K",
    "ZZZZZ",
  ]);
  for (const number of [-1, 1.5, LAST + 1]) t.throws(() => formatSequence(number), RangeError);
  t.throws(() => parseSequence("0000"), RangeError);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LAST }), (number) => parseSequence(formatSequence(number)) === number),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 100_000, max: LAST - 1 }),
      (number) => formatSequence(number) < formatSequence(number + 1),
    ),
    { numRuns: 1000 },
  );
});
