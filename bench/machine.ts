import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";

/** The machine a figure was measured on, in one line. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim().replaceAll(/\s+/g, " ") ?? "unknown processor";
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  return `${availableParallelism()} cores of ${model}, ${gibibytes} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
}

/** Column of `steal` among the times of the line `cpu` of /proc/stat (proc(5)); those behind it are counted before it too. */
const STEAL = 7;

/**
 * Begins to watch what a host withholds from its virtual machine: what is answered says, in one line, the share of the CPU
 * time since then. Undefined where the system does not tell. Much of it, and the figures are of the host.
 */
export function watchStolenTime(): () => string | undefined {
  const before = readCpuTimes();
  return () => {
    const after = readCpuTimes();
    if (!before || !after) return undefined;
    const passed = after.map((value, index) => value - before[index]!);
    const share = passed[STEAL]! / passed.reduce((sum, value) => sum + value, 0);
    return `withheld by the host of this machine: ${(share * 100).toFixed(1)} % of the CPU time of the run`;
  };
}

function readCpuTimes(): readonly number[] | undefined {
  try {
    const [, ...values] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.split(/\s+/);
    return values.slice(0, STEAL + 1).map(Number);
  } catch {
    return undefined;
  }
}
