import t from "tap";
import { DETAIL_PHRASES, type DetailWord } from "../../src/findings/detail-phrases.ts";
import { LANGUAGES } from "../../src/findings/language.ts";
import { renderFindingText } from "../../src/findings/render-finding.ts";
import { READER_LIMITS } from "../../src/formats/contract-file/reader-limits.ts";
import type { EnterpriseNumberFault } from "../../src/identifiers/enterprise-number.ts";
import type { InamiNumberFault } from "../../src/identifiers/inami-number.ts";
import type { SsinFault } from "../../src/identifiers/ssin.ts";
import type { StructuredCommunicationFault } from "../../src/identifiers/structured-communication.ts";

/** Does not compile when an identifier gets a fault that has no phrase. */
const identifierFaults: Record<
  EnterpriseNumberFault | InamiNumberFault | SsinFault | StructuredCommunicationFault,
  DetailWord
> = {
  notDigits: "notDigits",
  lengthInvalid: "lengthInvalid",
  firstDigitInvalid: "firstDigitInvalid",
  checkDigitsInvalid: "checkDigitsInvalid",
  birthDateInvalid: "birthDateInvalid",
};

for (const [word, phrases] of Object.entries(DETAIL_PHRASES)) {
  t.test(`the word ${word} has four phrases that fit into a sentence`, async (t) => {
    t.equal(new Set(Object.values(phrases)).size, LANGUAGES.length);
    for (const phrase of Object.values(phrases)) t.notMatch(phrase, /[.:]$|^\s|\s$|[{}[]/);
  });
}

t.test("every limit of the reader and every fault of an identifier has a phrase", async (t) => {
  for (const word of [...Object.keys(READER_LIMITS), ...Object.keys(identifierFaults)])
    t.hasOwnProp(DETAIL_PHRASES, word);
});

t.test("a text quotes the phrase of a word in its own language", async (t) => {
  const finding = { code: "ssinInvalid", field: "ssin", details: { reason: "checkDigitsInvalid" } } as const;
  t.match(renderFindingText(finding, "fr"), "Le NISS n’est pas valable (chiffres de contrôle incorrects) : il compte");
  t.match(renderFindingText(finding, "nl"), "Het INSZ is niet geldig (verkeerde controlecijfers): het telt");
  t.match(renderFindingText(finding, "de"), "Die ENSS ist ungültig (falsche Prüfziffern): Sie besteht");
  t.match(renderFindingText(finding, "en"), "The SSIN is not valid (wrong check digits): it has");
});

t.test("what is no word of ours is quoted as it is, even if every object inherits it", async (t) => {
  for (const encoding of ["ISO-8859-1", "constructor", "__proto__"]) {
    const text = renderFindingText({ code: "encodingNotSupported", details: { encoding } }, "en");
    t.match(text, `(found: ${encoding})`);
  }
});

t.test("a value that happens to be a word of ours stays a value", async (t) => {
  const finding = { code: "contractExists", details: { contractId: "missing" } } as const;
  t.match(renderFindingText(finding, "fr"), "(contrat missing)");
});
