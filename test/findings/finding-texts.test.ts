import t from "tap";
import type { Finding } from "../../src/findings/finding.ts";
import { FINDING_CODES, type FindingCode } from "../../src/findings/finding-codes.ts";
import { placeholdersOf } from "../../src/findings/finding-text.ts";
import { FINDING_DETAILS, FINDING_TEXTS } from "../../src/findings/finding-texts.ts";
import { LANGUAGES } from "../../src/findings/language.ts";
import { renderFindingText } from "../../src/findings/render-finding.ts";

const CODES = Object.keys(FINDING_CODES) as FindingCode[];

for (const code of CODES) {
  const texts = LANGUAGES.map((language) => FINDING_TEXTS[code][language]);
  const details = FINDING_DETAILS[code] ?? [];

  t.test(`the texts of ${code} are four different ones, also where nothing is quoted`, async (t) => {
    t.equal(new Set(texts).size, LANGUAGES.length);
    t.equal(new Set(LANGUAGES.map((language) => renderFindingText({ code }, language))).size, LANGUAGES.length);
  });

  t.test(`the texts of ${code} quote the same things in each language, all its details among them`, async (t) => {
    for (const text of texts) {
      const quoted = placeholdersOf(text);
      t.same([...quoted].sort(), placeholdersOf(texts[0] ?? "").sort(), text);
      t.same(
        details.filter((name) => !quoted.includes(name)),
        [],
        "every detail is quoted",
      );
      t.same(
        quoted.filter((name) => !["value", "field", ...details].includes(name)),
        [],
        "nothing else is quoted",
      );
      t.equal(new Set(quoted).size, quoted.length, "nothing is quoted twice");
    }
  });

  t.test(`the texts of ${code} are whole sentences whatever the finding lacks`, async (t) => {
    const names = placeholdersOf(texts[0] ?? "");
    for (let present = 0; present < 2 ** names.length; present++) {
      const given = names.filter((_name, index) => present & (1 << index));
      for (const language of LANGUAGES) {
        const text = renderFindingText(findingWith(code, given), language);
        t.match(text, /^\p{Lu}[^[\]{}]+[.]$/u);
        t.notMatch(text, /\b(undefined|null|NaN|object Object)\b/);
        t.notMatch(text, / {2}| [.,)]|,[.]|[(] |[(][)]/, "spaces and punctuation close up");
        for (const name of given) t.match(text, `given-${name}`);
      }
    }
  });
}

t.test("everything quoted stands in a segment that can be left out", async (t) => {
  for (const code of CODES) {
    for (const language of LANGUAGES)
      t.notMatch(FINDING_TEXTS[code][language].replaceAll(/\[[^[\]]*\]/g, ""), /[[\]{}]/);
  }
});

t.test("texts about a record never quote what was sent, which may be a personal number", async (t) => {
  const recordCodes = CODES.filter((code) => FINDING_CODES[code].level === "record");
  t.ok(recordCodes.length > 0);
  for (const code of recordCodes) {
    for (const language of LANGUAGES) {
      t.notMatch(renderFindingText({ code, field: "ssin", value: "85073003328" }, language), "85073003328");
    }
  }
});

t.test("a warning does not say that its record was accepted: another finding may reject it", async (t) => {
  for (const code of CODES.filter((code) => FINDING_CODES[code].severity === "warning")) {
    t.notMatch(FINDING_TEXTS[code].en, /record is accepted/);
  }
});

function findingWith(code: FindingCode, names: readonly string[]): Finding {
  const details = Object.fromEntries(names.map((name) => [name, `given-${name}`]));
  return {
    code,
    ...(names.includes("value") && { value: "given-value" }),
    ...(names.includes("field") && { field: "given-field" }),
    details,
  };
}
