import { readFileSync } from "node:fs";
import t from "tap";
import { FINDING_CODES } from "../../src/findings/finding-codes.ts";
import { isInamiNumber } from "../../src/identifiers/inami-number.ts";
import { isSsin } from "../../src/identifiers/ssin.ts";
import { isStructuredCommunication } from "../../src/identifiers/structured-communication.ts";
import { generateRecords } from "../../src/synthetic/contract-records.ts";
import { findField, type GeneratedRecord } from "../../src/synthetic/generated-record.ts";
import { PLANTABLE_CODES } from "../../src/synthetic/plantable-codes.ts";
import { generateRegister } from "../../src/synthetic/register-file.ts";

interface RegisterRow {
  readonly inamiNumber: string;
  readonly ssin: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly replacedBy: string;
}

function readRegister(records: number, seed: number, errors = 0): Map<string, RegisterRow> {
  const rows = new Map<string, RegisterRow>();
  for (const line of [...generateRegister({ records, seed, errors })].join("").split("\n").slice(1, -1)) {
    const [inamiNumber, ssin, validFrom, validTo, replacedBy] = line.split(",") as [
      string,
      string,
      string,
      string,
      string,
    ];
    rows.set(inamiNumber.slice(0, 8), { inamiNumber, ssin, validFrom, validTo, replacedBy });
  }
  return rows;
}

/** Codes of the seed list by profession digit, those that never expire. */
function readLastingCompetenceCodes(): Set<string> {
  const path = new URL("../../src/register/competence-codes.csv", import.meta.url);
  const lines = readFileSync(path, "utf8").trim().split("\n").slice(1);
  const lasting = lines.map((line) => line.split(",")).filter(([, , from, to]) => from! < "1990" && to === "");
  return new Set(lasting.map(([profession, code]) => `${profession}${code}`));
}

function get(record: GeneratedRecord, name: string): string {
  return findField(record, name) ?? "";
}

/** What is wrong with a `new` record beside the register, told as the names of broken rules. */
function listBrokenRules(record: GeneratedRecord, register: Map<string, RegisterRow>, codes: Set<string>): string[] {
  const broken: string[] = [];
  const rule = (name: string, holds: boolean) => holds || broken.push(name);
  const [inamiNumber, ssin, startOn] = [get(record, "inamiNumber"), get(record, "ssin"), get(record, "startOn")];
  const row = register.get(inamiNumber.slice(0, 8));
  rule("inamiNumber", isInamiNumber(inamiNumber));
  rule("registered", row !== undefined);
  rule("validFrom", row !== undefined && row.validFrom <= startOn);
  rule("validTo", row === undefined || row.validTo === "");
  rule("replacedBy", row === undefined || row.replacedBy === "");
  rule("competenceCode", inamiNumber.length === 8 || codes.has(inamiNumber[0] + inamiNumber.slice(8)));
  rule("ssin", ssin === "" || (isSsin(ssin) && row?.ssin === ssin));
  rule(
    "paymentReference",
    findField(record, "paymentReference") === undefined || isStructuredCommunication(get(record, "paymentReference")),
  );
  rule("endOn", findField(record, "endOn") === undefined || get(record, "endOn") >= startOn);
  rule("past", startOn < "2026-11-22" && get(record, "endOn") < "2026-11-22");
  rule("endOnWithReason", (findField(record, "endOn") === undefined) === (findField(record, "reason") === undefined));
  return broken;
}

t.test("without errors every record agrees with the register, and no number is used twice", async (t) => {
  const register = readRegister(20_000, 7);
  const codes = readLastingCompetenceCodes();
  const references = new Set<string>();
  const contractNumbers = new Set<string>();
  const refused: unknown[] = [];
  let count = 0;
  for (const record of generateRecords({ records: 20_000, seed: 7 })) {
    count++;
    references.add(record.senderReference);
    contractNumbers.add(get(record, "contractNumber"));
    const broken = listBrokenRules(record, register, codes);
    if (broken.length > 0 || record.action !== "new" || record.plantedCode !== undefined) {
      refused.push({ record, broken });
    }
  }
  t.same(refused, []);
  t.equal(count, 20_000);
  t.equal(references.size, 20_000);
  t.equal(contractNumbers.size, 20_000);
});

/** They need a contract that is held already: no single initial load raises them. */
const OF_CONTRACTS_HELD = [
  "contractExists",
  "contractUnknown",
  "contractCancelled",
  "contractTransferred",
  "contractPaid",
  "contractEndedBefore",
  "effectiveBeforeStart",
  "laterModificationReplaced",
];

t.test("every finding of a record that an initial load can raise is planted, in turn", async (t) => {
  const expected = Object.entries(FINDING_CODES).filter(
    ([code, traits]) => traits.level === "record" && !OF_CONTRACTS_HELD.includes(code),
  );
  t.same([...PLANTABLE_CODES].sort(), expected.map(([code]) => code).sort());
  const counts = new Map<string, number>();
  for (const { plantedCode } of generateRecords({ records: 10_000, seed: 3, errors: 0.1 })) {
    if (plantedCode !== undefined) counts.set(plantedCode, (counts.get(plantedCode) ?? 0) + 1);
  }
  const planted = [...counts.values()];
  t.equal(counts.size, PLANTABLE_CODES.length);
  t.ok(Math.max(...planted) - Math.min(...planted) <= 1, "spread evenly");
  const total = planted.reduce((sum, count) => sum + count, 0);
  t.ok(total > 900 && total < 1100, `${total} of 10,000 at a share of 0.1`);
});

t.test("records without a planted error are the same whatever the share of errors", async (t) => {
  const good = [...generateRecords({ records: 500, seed: 11 })];
  const mixed = [...generateRecords({ records: 500, seed: 11, errors: 0.3 })];
  const differing = mixed.filter((record, index) => JSON.stringify(record) !== JSON.stringify(good[index]));
  t.ok(differing.length > 100);
  t.ok(differing.every((record) => record.plantedCode !== undefined));
});

t.test("a planted error breaks the rule it is named for and no other", async (t) => {
  const options = { records: 4000, seed: 5, errors: 1 };
  const register = readRegister(options.records, options.seed, options.errors);
  const codes = readLastingCompetenceCodes();
  const rules: Partial<Record<string, string[][]>> = {
    competenceCodeUnknown: [["competenceCode"]],
    inamiNumberExpired: [["validTo"]],
    inamiNumberReplaced: [["replacedBy"]],
    inamiNumberUnknown: [
      ["registered", "validFrom"],
      ["registered", "validFrom", "ssin"],
    ],
    inamiNumberNotValidOn: [["validFrom"], ["validTo"]],
    ssinMismatch: [["ssin"]],
    ssinInvalid: [["ssin"]],
    paymentReferenceInvalid: [["paymentReference"]],
    endBeforeStart: [["endOn"]],
    startOnOutOfRange: [["past"]],
    senderReferenceRepeated: [[]],
    contractRepeated: [[]],
    fieldNotKnown: [[]],
    fieldRepeated: [[]],
    textNotExpected: [[]],
    actionNotKnown: [[]],
    valueTooLong: [[]],
    valueNotInList: [[]],
  };
  const otherwise: unknown[] = [];
  const checked = new Set<string>();
  for (const record of generateRecords(options)) {
    const { plantedCode = "none" } = record;
    const expected = rules[plantedCode];
    if (expected === undefined) continue;
    checked.add(plantedCode);
    const broken = listBrokenRules(record, register, codes);
    if (!expected.some((set) => String(set) === String(broken))) otherwise.push({ record, broken });
  }
  t.same(otherwise, []);
  t.same([...checked].sort(), Object.keys(rules).sort());
});

t.test("an expired number is still valid on the start, one that is not valid on the start is not", async (t) => {
  const options = { records: 4000, seed: 6, errors: 1 };
  const register = readRegister(options.records, options.seed, options.errors);
  const seen = new Set<string>();
  for (const record of generateRecords(options)) {
    const row = register.get(get(record, "inamiNumber").slice(0, 8));
    if (row === undefined) continue;
    const startOn = get(record, "startOn");
    const isValid = row.validFrom <= startOn && (row.validTo === "" || startOn <= row.validTo);
    if (record.plantedCode === "inamiNumberExpired") seen.add(`expired, valid on start: ${isValid}`);
    if (record.plantedCode === "inamiNumberNotValidOn") {
      seen.add(`${startOn < row.validFrom ? "before" : "after"}, valid on start: ${isValid}`);
    }
  }
  t.same([...seen].sort(), [
    "after, valid on start: false",
    "before, valid on start: false",
    "expired, valid on start: true",
  ]);
});

t.test("repeated references and contracts repeat those of an earlier record that is not rejected", async (t) => {
  for (const errors of [0.2, 1]) {
    const kept = new Map<string, string>();
    const keyOf = (record: GeneratedRecord) =>
      `${get(record, "contractNumber")} ${get(record, "inamiNumber").slice(0, 8)}`;
    let repeated = 0;
    for (const record of generateRecords({ records: 1000, seed: 8, errors })) {
      if (record.plantedCode === undefined || record.plantedCode === "competenceCodeUnknown") {
        kept.set(record.senderReference, keyOf(record));
      }
      if (record.plantedCode === "senderReferenceRepeated" && ++repeated) t.ok(kept.has(record.senderReference));
      if (record.plantedCode === "contractRepeated" && ++repeated) t.ok([...kept.values()].includes(keyOf(record)));
    }
    t.ok(repeated > 10);
  }
});

t.test("professions, kinds, dates and options are as skewed as in reality", async (t) => {
  const shares = new Map<string, number>();
  const add = (key: string) => shares.set(key, (shares.get(key) ?? 0) + 1 / 20_000);
  const holders = new Map<string, number>();
  for (const record of generateRecords({ records: 20_000, seed: 9 })) {
    const root = get(record, "inamiNumber").slice(0, 8);
    holders.set(root, (holders.get(root) ?? 0) + 1);
    add(`profession ${root[0]}`);
    add(get(record, "contractKind"));
    add(`language ${get(record, "language")}`);
    for (const field of ["ssin", "endOn"]) if (get(record, field) !== "") add(field);
    if (get(record, "inamiNumber").length === 8) add("root only");
    if (get(record, "startOn") >= "2016") add("recent");
  }
  const about = (key: string, share: number) => {
    const found = shares.get(key) ?? 0;
    t.ok(Math.abs(found - share) < 0.02, `${key}: ${found}`);
  };
  about("profession 1", 0.34);
  about("profession 4", 0.24);
  about("profession 6", 0.05);
  about("socialPlci", 0.78);
  about("language nl", 0.54);
  about("ssin", 0.7);
  about("endOn", 0.03);
  about("root only", 0.03);
  t.ok((shares.get("recent") ?? 0) > 0.6);
  const twice = [...holders.values()].filter((count) => count === 2).length;
  t.ok(twice > 900 && twice < 1500, `${twice} providers with two contracts`);
  t.notOk([...holders.values()].some((count) => count > 2));
});

t.test("options out of bounds are refused by name", async (t) => {
  t.throws(() => generateRecords({ records: -1, seed: 1 }), { name: "RangeError", message: /^records/ });
  t.throws(() => generateRecords({ records: 2_000_001, seed: 1 }), { message: /^records/ });
  t.throws(() => generateRecords({ records: 1, seed: 0.5 }), { message: /^seed/ });
  t.throws(() => generateRecords({ records: 1, seed: 1, errors: 1.01 }), { message: /^errors/ });
  t.throws(() => generateRecords({ records: 1, seed: 1, createdAt: "2026-11-22" }), { message: /^createdAt/ });
});
