import { readdirSync } from "node:fs";
import t from "tap";
import { REASONS } from "../../src/advantage/reasons.ts";
import type { Rule } from "../../src/advantage/rule.ts";
import { RULES, type RuleName } from "../../src/advantage/rule-catalogue.ts";
import { RULE_EXAMPLES, type RuleExamples } from "./rule-examples.ts";

const NAMES = Object.keys(RULES) as RuleName[];

/** A rule and its examples: that they fit is what the type of `RULE_EXAMPLES` says. */
function withExamples(name: RuleName): { rule: Rule<unknown, unknown>; examples: RuleExamples<unknown> } {
  return { rule: RULES[name] as Rule<unknown, unknown>, examples: RULE_EXAMPLES[name] as RuleExamples<unknown> };
}

t.test("each rule lets its accepted examples pass, and refuses the others", async (t) => {
  for (const name of NAMES) {
    const { rule, examples } = withExamples(name);
    t.not(Object.keys(examples.accepted).length, 0, `${name} accepts something`);
    t.not(
      Object.keys(examples.refused).length + Object.keys(examples.unknown ?? {}).length,
      0,
      `${name} stops something`,
    );
    const expectations = [
      ["accepted", examples.accepted, true],
      ["refused", examples.refused, false],
      ["unknown", examples.unknown ?? {}, undefined],
    ] as const;
    for (const [kind, subjects, passed] of expectations)
      for (const [what, subject] of Object.entries(subjects)) {
        const verdict = rule.apply(subject);
        t.equal(verdict.passed, passed, `${name} ${kind}: ${what}`);
        if (verdict.reason && passed !== true)
          t.equal(
            REASONS[verdict.reason].nature,
            passed === false ? "refuses" : "awaits",
            `${name} ${kind}: ${what}: its reason`,
          );
      }
  }
});

t.test("each rule is a file of its own, named like it, and says where it stands", async (t) => {
  const files = readdirSync(new URL("../../src/advantage/rules/", import.meta.url)).sort();
  const kebab = (name: string) => `${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
  t.strictSame(files, NAMES.map(kebab).sort());
  for (const name of NAMES) {
    t.equal(RULES[name].name, name);
    t.match(RULES[name].source, /domain\.md|premium-years\/|data\/README\.md/, `${name} has a source`);
  }
});
