import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BenchError } from "./bench-error.ts";
import { requireFloorPrograms, validateByFloor } from "./floor/run-floor.ts";
import type { BenchOutcome } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { prepareFiles } from "./prepared-files.ts";
import { watchMemory } from "./process-memory.ts";
import { atMost, median } from "./report.ts";

const RECORDS = 640_000;
const ROUNDS = 2;
const INFOSS = fileURLToPath(new URL("../src/infoss.ts", import.meta.url));

/** `infoss check` on the file of all contracts there are, beside `xmllint` with the schema on the same file. */
export async function benchCheck(): Promise<BenchOutcome> {
  await requireFloorPrograms();
  const { contractFile, byteLength } = await prepareFiles({ records: RECORDS, seed: 1 });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const floorMs = await validateByFloor(contractFile);
    rounds.push({ floorMs, ...(await runCheck(contractFile)) });
  }
  const times = median(rounds.map(({ checkMs, floorMs }) => checkMs / floorMs));
  const peak = Math.max(...rounds.map(({ peakBytes }) => peakBytes));
  return {
    report: {
      bench: "check",
      machine: await describeMachine(),
      figures: [
        atMost(3, "time over xmllint with schema", times, "times"),
        atMost(200, "peak memory", peak / 1e6, "MB"),
      ],
    },
    notes: [
      `${RECORDS.toLocaleString("en")} records, ${(byteLength / 1e6).toFixed(0)} MB:`,
      ...rounds.map(
        ({ floorMs, checkMs, peakBytes }) =>
          `  xmllint ${seconds(floorMs)} s; infoss check ${seconds(checkMs)} s, ${(peakBytes / 1e6).toFixed(0)} MB`,
      ),
    ],
  };
}

async function runCheck(contractFile: string) {
  const start = performance.now();
  const child = spawn(process.execPath, [INFOSS, "check", contractFile, "--format", "csv"], { stdio: "ignore" });
  const watch = watchMemory(child.pid!);
  const [code] = await once(child, "exit");
  const checkMs = performance.now() - start;
  const peakBytes = watch.peakBytes();
  watch.stop();
  if (code !== 0) throw new BenchError(`infoss check ended with ${code}`);
  return { checkMs, peakBytes };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
