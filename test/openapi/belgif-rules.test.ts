import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { EXCEPTIONS } from "../../openapi/belgif/exceptions.ts";
import { type JsonObject, pointerOf } from "../../openapi/belgif/json.ts";
import { applyRule, readOnce } from "../../openapi/belgif/lint.ts";
import type { Rule } from "../../openapi/belgif/rule.ts";
import { RULES } from "../../openapi/belgif/rules.ts";
import * as requestSamples from "./belgif-request-samples.ts";
import * as schemaSamples from "./belgif-schema-samples.ts";
import { sampleDocument } from "./sample-document.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The rules of the validator by the level at which it reports them; some have both. */
const REQUIRED =
  "col-repres evo-object oas-defaul oas-exampl openapi-opid prop-req rep-struct sch-allof sec-req uri-notat".split(" ");
const RECOMMENDED =
  "cod-design col-name err-problem hdr-case hlth-res id-name jsn-naming jsn-null meth-http oas-comp oas-contra oas-descr oas-enum oas-rdonly oas-tags openapi-opid path-param prb-defaul qry-multi reqBodyReq sch-allof sch-discr sch-oneof stat-codes uri-extens uri-format uri-notat".split(
    " ",
  );
const IDS = [...new Set([...REQUIRED, ...RECOMMENDED])].sort();
const SAMPLES = [...Object.values(requestSamples), ...Object.values(schemaSamples)].flat();

function find(rule: Rule, document: JsonObject): string[] {
  return applyRule(rule, readOnce(document), []).map(({ place, message }) => `${pointerOf(place)}: ${message}`);
}

t.test("the rules are the 34 of the validator, at its levels, and Redocly has each switched on", async (t) => {
  t.equal(IDS.length, 34);
  t.same(
    RULES.map(({ id }) => id),
    [...IDS].sort(),
  );
  const atLevel = (level: string) =>
    RULES.filter(({ levels }) => levels.some((one) => one === level)).map(({ id }) => id);
  t.same(atLevel("required"), REQUIRED);
  t.same(atLevel("recommended"), RECOMMENDED);
  const settings = readFileSync(join(ROOT, "redocly.yaml"), "utf8");
  t.same([...settings.matchAll(/^ {2}belgif\/(\S+): error$/gm)].map(([, id]) => id).sort(), [...IDS].sort());
  for (const { id, source } of RULES) {
    t.match(source.guide, /^[\w-]+\.adoc$/, id);
    t.ok(source.validator.length > 0 && source.validator.every((file) => /^Rule-\w+$/.test(file)), id);
  }
});

t.test("each rule finds what breaks it, at its level, and nothing in the mended twin", async (t) => {
  t.same(
    RULES.flatMap((rule) => find(rule, sampleDocument())),
    [],
    "the sample itself is without fault",
  );
  for (const { rule: id, level, says, bad, mended = {} } of SAMPLES) {
    const rule = RULES.find((one) => one.id === id)!;
    const faults = applyRule(rule, readOnce(sampleDocument(bad)), []);
    t.ok(
      faults.some((fault) => fault.level === level),
      `${id}: ${says}`,
    );
    const twin = sampleDocument(mended);
    t.same(
      RULES.flatMap((other) => find(other, twin)),
      [],
      `${id}: ${says}, mended`,
    );
  }
});

t.test("every rule, and each of its levels, has a sample", async (t) => {
  for (const { id, levels } of RULES) {
    const shown = new Set(SAMPLES.filter(({ rule }) => rule === id).map(({ level }) => level));
    t.same([...shown].sort(), [...levels].sort(), id);
  }
});

t.test("the published document breaks no rule, but for exceptions with a reason", async (t) => {
  const document = readOnce(JSON.parse(readFileSync(join(ROOT, "openapi/digital-contracts.json"), "utf8")));
  for (const rule of RULES) {
    const faults = applyRule(rule, document).map(({ place, message }) => `${pointerOf(place)}: ${message}`);
    t.same(
      faults,
      [],
      `belgif/${rule.id}: mend the schema of the route, or give a reason in openapi/belgif/exceptions.ts`,
    );
  }
  for (const { rule, pointer, reason } of EXCEPTIONS) {
    t.ok(IDS.includes(rule), rule);
    t.match(reason, /^.{20,}\.$/, `${rule} ${pointer} says why`);
  }
});

t.test("an exception holds for its place alone, and one that nothing needs is a fault", async (t) => {
  const rule = RULES.find(({ id }) => id === "jsn-naming")!;
  const document = readOnce(
    sampleDocument({
      "#/components/schemas/Contract/properties/start_on": { type: "string" },
      "#/components/schemas/Contract/properties/end_on": { type: "string" },
    }),
  );
  const excepted = (pointer: string) =>
    applyRule(rule, document, [{ rule: rule.id, pointer, reason: "A test." }]).map(({ place }) => pointerOf(place));
  t.same(excepted("#/components/*/end_on"), ["#/components/schemas/Contract/properties/start_on"]);
  t.same(excepted("*_on"), []);
  t.same(excepted("#/components/*/other_on").at(-1), "#", "reported for the whole document");
  t.match(
    applyRule(rule, document, [{ rule: rule.id, pointer: "*_at", reason: "A test." }]).at(-1)?.message,
    /remove it/,
  );
  t.same(excepted("#/components/*/end_o").length, 3, "the end of the pointer counts");
});
