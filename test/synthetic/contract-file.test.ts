import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import t from "tap";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import type { GenerationOptions } from "../../src/synthetic/generation-options.ts";
import { generateRegister } from "../../src/synthetic/register-file.ts";

const SCHEMA = fileURLToPath(new URL("../../schemas/contract-file/1/contract-file.xsd", import.meta.url));

function render(options: GenerationOptions): string {
  return [...generateContractFile(options)].join("");
}

function sha256(chunks: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

function countRecords(text: string): number {
  return text.split("<record ").length - 1;
}

t.test("the same options give the same bytes, today and in every later version", async (t) => {
  const options = { records: 1000, seed: 1, errors: 0.1 };
  t.equal(sha256(generateContractFile(options)), "6791459008efc63626bf27a337f1f4cde53cfe78b3b3b8db05c128f68b1f6919");
  t.equal(sha256(generateRegister(options)), "7b68b8e31d9d4d50c981ed38e19c5873731bba5f808e854abd4991cd9a4f3505");
});

t.test("another seed gives other records and another register", async (t) => {
  const files = [1, 2, 3].map((seed) => sha256(generateContractFile({ records: 100, seed })));
  const registers = [1, 2, 3].map((seed) => sha256(generateRegister({ records: 100, seed })));
  t.equal(new Set([...files, ...registers]).size, 6);
});

t.test("the file holds as many records as asked for and says so, none included", async (t) => {
  for (const records of [0, 1, 999]) {
    const text = render({ records, seed: 1, errors: 0.5 });
    t.equal(countRecords(text), records);
    t.match(text, `recordCount="${records}"`);
  }
});

t.test("the header says what was asked for", async (t) => {
  t.match(
    render({ records: 0, seed: 1 }),
    /environment="S" kind="initialLoad"\n\s+createdAt="2026-11-22T10:00:00\+01:00" recordCount="0">/,
  );
  const header = render({
    records: 0,
    seed: 1,
    sender: "0428759497",
    reference: `A&B "<1>"`,
    environment: "T",
    createdAt: "2027-01-31T23:59:59Z",
    complete: true,
  });
  t.match(header, `sender="0428759497" reference="A&#38;B &#34;&#60;1&#62;&#34;" environment="T" kind="initialLoad"`);
  t.match(header, `createdAt="2027-01-31T23:59:59Z" recordCount="0" complete="true">`);
});

t.test("the file comes in chunks that stay small whatever its size", async (t) => {
  const lengths = [...generateContractFile({ records: 3000, seed: 1 })].map((chunk) => chunk.length);
  t.ok(lengths.length > 5);
  t.ok(Math.max(...lengths) < 140_000);
});

t.test("a file with errors in its records is well-formed all the same", async (t) => {
  execFileSync("xmllint", ["--noout", "--stream", "-"], { input: render({ records: 2000, seed: 5, errors: 1 }) });
  t.pass("xmllint reads it");
});

t.test("a file without errors holds to the published schema", async (t) => {
  const input = render({ records: 5000, seed: 6, complete: true });
  execFileSync("xmllint", ["--noout", "--stream", "--schema", SCHEMA, "-"], {
    input,
    stdio: ["pipe", "ignore", "pipe"],
  });
  t.pass("xmllint validates it");
});
