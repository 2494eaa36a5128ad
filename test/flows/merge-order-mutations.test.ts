import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import type { Mutation } from "./mutate-source.ts";

const TEST = fileURLToPath(new URL("merge-order.test.ts", import.meta.url));
const MUTATE = fileURLToPath(new URL("mutate-source.ts", import.meta.url));

/** What makes the order of the merge; `merge-order.test.ts` must not hold without any of it. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "records of a file are applied in another order": {
    file: "src/contracts/apply-records.ts",
    from: "order by record_number limit",
    to: "order by record_number desc limit",
  },
  "a gap in the sequence holds nothing up": {
    file: "src/intake/place-deltas.ts",
    from: "delta.sequence > expected",
    to: "false",
  },
};

/** Of a change that changes nothing the test says the same as without: it is the mutation that turns it red. */
const NO_CHANGE: Mutation = {
  file: "src/contracts/apply-records.ts",
  from: "const PIECE_RECORDS",
  to: "const PIECE_RECORDS",
};

function run(mutation: Mutation): { status: number | null; output: string } {
  const env = { ...process.env, MUTATION: JSON.stringify(mutation), TAP_BAIL: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", MUTATE, TEST], { encoding: "utf8", env });
  return { status, output: `${stdout}\n${stderr}` };
}

t.test("without a mutation the test of the order is green", async (t) => {
  const { status, output } = run(NO_CHANGE);
  t.equal(status, 0, { output });
});

for (const [what, mutation] of Object.entries(MUTATIONS)) {
  t.test(`when ${what}, the test of the order turns red`, async (t) => {
    const { status, output } = run(mutation);
    t.not(status, 0);
    t.match(output, /not ok \d+ /, "by what it asserts or waits for");
    t.notMatch(output, /does not hold exactly once/);
  });
}
