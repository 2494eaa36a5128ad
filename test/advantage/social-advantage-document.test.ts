import { readFileSync } from "node:fs";
import t from "tap";
import { PREMIUM_YEAR_FILES } from "../../src/advantage/premium-year-tables.ts";
import { INSURER_REASONS, REASONS } from "../../src/advantage/reasons.ts";
import { RULES } from "../../src/advantage/rule-catalogue.ts";
import { SWITCHES } from "../../src/advantage/switches.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const document = read("docs/social-advantage.md");
const paragraphs = new Map(document.split("\n\n").map((text) => [/\*\*`(\w+)`\*\*/.exec(text)?.[1], text]));
paragraphs.delete(undefined);

t.test("every rule and every reason has a paragraph with its source, and nothing else has one", async (t) => {
  t.strictSame([...paragraphs.keys()].sort(), [...Object.keys(RULES), ...Object.keys(REASONS)].sort());
  for (const [name, text] of paragraphs) t.match(text, /Source: /, `${name} has a source`);
});

t.test("a reason's paragraph says what the insurer reads, and refuses or awaits as it does", async (t) => {
  const awaiting = document.indexOf("### That await");
  for (const [reason, { insurerReason, nature }] of Object.entries(REASONS)) {
    t.ok(paragraphs.get(reason)?.includes(`(\`${insurerReason}\`)`), reason);
    t.equal(document.indexOf(`**\`${reason}\`**`) > awaiting, nature === "awaits", `${reason} ${nature}`);
  }
  for (const reason of INSURER_REASONS) t.ok(document.includes(`\`${reason}\``), reason);
});

t.test("every switch is named, and every file of premium years is described", async (t) => {
  for (const name of Object.keys(SWITCHES)) t.ok(document.includes(`\`${name}\``), name);
  const files = read("src/advantage/premium-years/README.md");
  for (const file of Object.keys(PREMIUM_YEAR_FILES)) t.ok(files.includes(`\`${file}\``), file);
});
