import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { parseGenerateCommand, UsageError } from "../../src/cli/generate.ts";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import { generateRegister } from "../../src/synthetic/register-file.ts";

const GENERATE = fileURLToPath(new URL("../../src/cli/generate.ts", import.meta.url));

function run(folder: string, ...args: string[]) {
  return spawnSync(process.execPath, [GENERATE, ...args], { cwd: folder, encoding: "utf8" });
}

t.test("contract file and register are written as the options say", async (t) => {
  const folder = t.testdir();
  const args = ["--records", "300", "--seed", "9", "--errors", "0.2", "--out", "deep/er", "--reference", "LOAD-X"];
  const result = run(folder, ...args, "--sender", "BE 0428.759.497", "--environment", "T", "--complete");
  t.equal(result.stderr, "");
  t.equal(result.status, 0);
  const options = {
    records: 300,
    seed: 9,
    errors: 0.2,
    reference: "LOAD-X",
    sender: "0428759497",
    environment: "T",
    complete: true,
  } as const;
  t.equal(readFileSync(join(folder, "deep/er/contracts.xml"), "utf8"), [...generateContractFile(options)].join(""));
  t.equal(readFileSync(join(folder, "deep/er/register.csv"), "utf8"), [...generateRegister(options)].join(""));
});

t.test("without a folder they go to .local/generated", async (t) => {
  const folder = t.testdir();
  t.equal(run(folder, "--records", "1").status, 0);
  t.match(readFileSync(join(folder, ".local/generated/contracts.xml"), "utf8"), `recordCount="1"`);
  t.match(readFileSync(join(folder, ".local/generated/register.csv"), "utf8"), /^inamiNumber,/);
});

t.test("what cannot be understood is said in one sentence", async (t) => {
  const cases: [string, string[]][] = [
    ["--records is missing", []],
    ["--records ten is not a number", ["--records", "ten"]],
    ["--records must be a whole number", ["--records", "1.5"]],
    ["--records -1 is not a number", ["--records=-1"]],
    ["--seed must be a whole number", ["--records", "1", "--seed", "4294967296"]],
    ["--errors must be a share", ["--records", "1", "--errors", "2"]],
    ["--sender 0431150351 is not an enterprise number", ["--records", "1", "--sender", "0431150351"]],
    ["--reference must have 1 to 35 characters", ["--records", "1", "--reference", "R".repeat(36)]],
    ["--environment must be R, S or T", ["--records", "1", "--environment", "X"]],
    ["--created-at must be a date and time", ["--records", "1", "--created-at", "today"]],
    ["Unknown option '--recods'", ["--recods", "1"]],
    ["Unexpected argument 'more'", ["--records", "1", "more"]],
  ];
  for (const [sentence, args] of cases) {
    try {
      t.fail("understood", { command: parseGenerateCommand(args) });
    } catch (error) {
      t.ok(error instanceof UsageError && error.message.startsWith(sentence), sentence);
    }
  }
});

t.test("a command that is not understood ends with status 2, says how to use it and writes nothing", async (t) => {
  const folder = t.testdir();
  const result = run(folder, "--records", "many");
  t.equal(result.status, 2);
  t.ok(result.stderr.startsWith("--records many is not a number\n\nUsage: npm run generate"));
  t.same(readdirSync(folder), []);
});

t.test(
  "a folder that cannot be made ends with status 1 and a sentence",
  { skip: process.platform === "linux" ? false : "it takes a folder of /proc: run on Linux" },
  async (t) => {
    const result = run(t.testdir(), "--records", "1", "--out", "/proc/infoss-none/x");
    t.equal(result.status, 1);
    t.match(result.stderr, /^--out \/proc\/infoss-none\/x cannot be written to: .*\n$/);
  },
);

t.test("--help explains every option", async (t) => {
  const result = run(t.testdir(), "--help");
  t.equal(result.status, 0);
  for (const option of [
    "records",
    "seed",
    "errors",
    "out",
    "sender",
    "reference",
    "environment",
    "created-at",
    "complete",
  ]) {
    t.match(result.stdout, `--${option}`);
  }
});
