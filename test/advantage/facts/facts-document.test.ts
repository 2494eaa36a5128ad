import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { FACT_FINDINGS } from "../../../src/advantage/facts/fact-findings.ts";
import { FACT_KINDS, findTraits } from "../../../src/advantage/facts/fact-kinds.ts";
import { parseFact } from "../../../src/advantage/facts/parse-fact.ts";
import { SHIPPED_YEARS } from "../dossiers.ts";

const text = readFileSync(join(import.meta.dirname, "../../../docs/facts.md"), "utf8");

t.test("facts.md lists every kind with its fields, and no other", async (t) => {
  const [, table = ""] = /\| kind \| of \| fields.*?\n\|---.*?\n(.*?)\n\n/s.exec(text) ?? [];
  const kinds = table.split("\n").flatMap((row) => {
    const [, names = "", of = "", fields = ""] = row.split("|");
    for (const [, kind = ""] of names.matchAll(/`(\w+)`/g)) {
      const traits = findTraits(kind);
      t.equal(traits?.of, of.trim(), kind);
      const expected = [...Object.keys(traits?.required ?? {}), ...Object.keys(traits?.optional ?? {})];
      for (const field of expected)
        if (field !== "withdrawn") t.match(fields, new RegExp(`\`${field}[\`:]`), `${kind} ${field}`);
    }
    return [...names.matchAll(/`(\w+)`/g)].map(([, kind]) => kind);
  });
  t.strictSame(kinds.toSorted(), Object.keys(FACT_KINDS).sort());
});

t.test("facts.md lists every finding with its text", async (t) => {
  const rows = [...text.matchAll(/^\| `(\w+)` \| (error|warning) \| (.*) \|$/gm)].map(([, code, severity, says]) => [
    code,
    severity,
    says,
  ]);
  t.strictSame(
    rows,
    Object.entries(FACT_FINDINGS).map(([code, { isBlocking, text: says }]) => [
      code,
      isBlocking ? "error" : "warning",
      says,
    ]),
  );
});

t.test("the example of facts.md is a fact file", async (t) => {
  const [, example = ""] = /```json\n(.*?)```/s.exec(text) ?? [];
  const rules = SHIPPED_YEARS.get(2024)!;
  const context = {
    ...{ businessDate: "2025-07-01", premiumYears: new Set(SHIPPED_YEARS.keys()) },
    ...{ professions: new Set(rules.knownProfessions), measures: rules.measures },
  };
  const parsed = example
    .trim()
    .split("\n")
    .map((line, index) => parseFact(line, index + 1, context));
  t.strictSame(
    parsed.map(({ findings }) => findings),
    [[], [], [], []],
  );
});
