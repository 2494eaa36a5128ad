import fc from "fast-check";
import t from "tap";
import { LANGUAGES, negotiateLanguage } from "../../src/findings/language.ts";

const CASES: readonly [header: string | undefined, language: string, why: string][] = [
  [undefined, "en", "no header"],
  ["", "en", "an empty header"],
  ["fr", "fr", "a language"],
  ["FR", "fr", "tags know no case"],
  ["fr-BE", "fr", "a language of a region"],
  ["nl-BE, fr-BE;q=0.9", "nl", "the heavier one, by default 1"],
  ["fr;q=0.3,nl;q=0.8,de;q=0.8", "nl", "the first among equals"],
  ["nl ; q=0.5 , de", "de", "white space around the weight"],
  ["es, pt;q=0.9, de;q=0.1", "de", "only what is spoken here counts"],
  ["es", "en", "nothing that is spoken here"],
  ["*", "en", "any"],
  ["*, fr;q=0.5", "en", "any rather than a named one"],
  ["fr, *;q=0.5", "fr", "a named one rather than any"],
  ["nl, *", "nl", "a named one before any at the same weight"],
  ["en;q=0, *", "fr", "any but the default"],
  ["en;q=0", "en", "only a refusal"],
  ["en-GB;q=0.2, en-US;q=0.9, fr;q=0.5", "en", "the best weight of a language counts"],
  ["de-1996-x-private", "de", "any number of subtags"],
  ["fr;q=2, nl;q=0.1", "nl", "a weight above one is skipped"],
  ["fr;q=abc;;, de", "de", "junk is skipped"],
  ["fr_BE, nl;q=0.1", "nl", "an underscore is junk"],
  [",,, ;q=1, \u0000, constructor, __proto__", "en", "nothing but junk"],
  ["français, nl", "nl", "other letters are junk"],
];

for (const [header, language, why] of CASES) {
  t.test(`Accept-Language ${JSON.stringify(header)} gives ${language}: ${why}`, async (t) => {
    t.equal(negotiateLanguage(header), language);
  });
}

t.test("whatever the header, the answer is one of the four languages", async () => {
  const element = fc.oneof(fc.string(), fc.constantFrom("fr", "nl-BE", "*", ";q=0", ";q=0.5", ",", "en;q=0"));
  fc.assert(fc.property(fc.array(element), (elements) => LANGUAGES.includes(negotiateLanguage(elements.join(",")))));
});

t.test("a header of a megabyte is read in linear time", async (t) => {
  const start = performance.now();
  negotiateLanguage(`${"a-".repeat(250_000)},${" ".repeat(250_000)},${"fr;q=0.1,".repeat(50_000)}`);
  t.ok(performance.now() - start < 20_000);
});
