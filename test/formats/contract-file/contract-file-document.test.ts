import { readFileSync } from "node:fs";
import t from "tap";
import { ACTION_FIELDS, RECORD_FIELDS } from "../../../src/formats/contract-file/contract-file-vocabulary.ts";
import { READER_LIMITS } from "../../../src/formats/contract-file/reader-limits.ts";
import { FINDING_CASES } from "./finding-cases.ts";
import { judge } from "./libxml2-verdict.ts";
import { readContractFile } from "./read-contract-file.ts";

const DOCUMENT = readFileSync(new URL("../../../docs/exchange/contract-file.md", import.meta.url), "utf8");

t.test("the examples of the document are read without findings and are valid", async (t) => {
  const examples = [...DOCUMENT.matchAll(/```xml\n(.*?)```/gs)].map((match) => match[1] ?? "");
  t.equal(examples.length, 2);
  for (const example of examples) {
    t.same(readContractFile(example).findings, []);
    t.equal(judge(Buffer.from(example)).verdict, "valid");
  }
});

t.test("the document names every limit with its measure and every finding", async (t) => {
  for (const [limit, maximum] of Object.entries(READER_LIMITS)) {
    const row = DOCUMENT.split("\n").find((line) => line.includes(`(\`${limit}\`)`)) ?? "";
    t.match(row, `| ${maximum.toLocaleString("en")}`);
  }
  for (const code of Object.keys(FINDING_CASES)) t.match(DOCUMENT, `\`${code}\``);
});

t.test("the document says which fields belong to which action", async (t) => {
  const columns = ["new", "modify", "close", "reopen"] as const;
  for (const field of RECORD_FIELDS) {
    const row = DOCUMENT.split("\n").find((line) => line.startsWith(`| \`${field}\` |`)) ?? "";
    const cells = row.split("|").slice(2, 6);
    columns.forEach((action, index) => {
      t.equal(cells[index]?.trim() !== "", ACTION_FIELDS[action].includes(field), `${field} of ${action}`);
    });
  }
});
