import { availableParallelism, cpus, totalmem } from "node:os";

/** The machine a figure was measured on, in one line. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim().replaceAll(/\s+/g, " ") ?? "unknown processor";
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  return `${availableParallelism()} cores of ${model}, ${gibibytes} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
}
