import type { JsonObject } from "./json.ts";
import { applyRule, readOnce } from "./lint.ts";
import type { Rule } from "./rule.ts";
import { RULES } from "./rules.ts";

/** What Redocly hands to the visitor of a whole document. */
interface Context {
  report(problem: { message: string; location: unknown }): void;
  readonly location: { child(place: readonly (string | number)[]): unknown };
}

/** Redocly calls it once for each document: the rules look at all of it. */
function visitorOf(rule: Rule) {
  return () => ({
    Root(root: JsonObject, { report, location }: Context) {
      for (const { place, message, level } of applyRule(rule, readOnce(root))) {
        report({ message: `${message} [${level}]`, location: location.child(place) });
      }
    },
  });
}

/** Redocly's plug-in: the rules are switched on in redocly.yaml as `belgif/ID`. */
export default function belgif() {
  return { id: "belgif", rules: { oas3: Object.fromEntries(RULES.map((rule) => [rule.id, visitorOf(rule)])) } };
}
