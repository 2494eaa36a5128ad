import t from "tap";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import { generateRecords } from "../../src/synthetic/contract-records.ts";
import { createProviderSet, generateRegister, REGISTER_HEADER } from "../../src/synthetic/register-file.ts";
import { inamiNumberOf } from "../../src/synthetic/synthetic-provider.ts";

function readRows(text: string): string[][] {
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
}

t.test("the register holds each provider that a record needs once, and about a tenth more", async (t) => {
  const options = { records: 5000, seed: 4, errors: 0.2 };
  const text = [...generateRegister(options)].join("");
  t.ok(text.startsWith(`${REGISTER_HEADER}\n`));
  t.ok(text.endsWith("\n"));
  const roots = readRows(text).map((row) => row[0]!.slice(0, 8));
  const listed = new Set(roots);
  t.equal(listed.size, roots.length, "no number twice");
  const needed = new Set<string>();
  for (const { providerId } of generateRecords(options)) {
    if (providerId !== undefined) needed.add(inamiNumberOf(providerId).slice(0, 8));
  }
  t.ok([...needed].every((root) => listed.has(root)));
  t.ok(roots.length > needed.size * 1.09 && roots.length < needed.size * 1.12, `${roots.length} of ${needed.size}`);
});

t.test("no record's number is listed that the register must not know", async (t) => {
  const options = { records: 5000, seed: 4, errors: 1 };
  const listed = new Set(readRows([...generateRegister(options)].join("")).map((row) => row[0]!.slice(0, 8)));
  let unknown = 0;
  for (const { plantedCode, fields } of generateRecords(options)) {
    if (plantedCode !== "inamiNumberUnknown") continue;
    unknown++;
    t.notOk(listed.has(fields.find(([name]) => name === "inamiNumber")![1].slice(0, 8)));
  }
  t.ok(unknown > 100);
});

t.test("expired, deceased and replaced numbers are there too, and whatever replaced one", async (t) => {
  const rows = readRows([...generateRegister({ records: 20_000, seed: 2 })].join(""));
  const listed = new Set(rows.map((row) => row[0]));
  const replacements = rows.flatMap((row) => (row[4] === "" ? [] : [row[4]]));
  t.ok(replacements.length > 0);
  t.ok(replacements.every((number) => listed.has(number)));
  t.ok(rows.some((row) => row[3] !== "" && row[5] === ""));
  t.ok(rows.some((row) => row[5] !== "" && row[5] === row[3]));
});

t.test("registers of different seeds never say two things of one number", async (t) => {
  const lines = new Map<string, string>();
  let shared = 0;
  for (const seed of [1, 2]) {
    for (const row of readRows([...generateRegister({ records: 40_000, seed })].join(""))) {
      const line = row.join();
      const known = lines.get(row[0]!);
      if (known !== undefined) shared++;
      if (known !== undefined && known !== line) t.equal(line, known);
      lines.set(row[0]!, line);
    }
  }
  t.ok(shared > 100, `${shared} numbers in both`);
});

t.test("the register is the same whether the contract file collected its providers or not", async (t) => {
  const options = { records: 3000, seed: 12, errors: 0.5 };
  const providers = createProviderSet();
  for (const chunk of generateContractFile(options, providers)) t.ok(chunk.length > 0);
  t.equal([...generateRegister(options, providers)].join(""), [...generateRegister(options)].join(""));
});
