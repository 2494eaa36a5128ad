import { existsSync, renameSync, writeFileSync } from "node:fs";
import type { Step } from "../../src/intake/steps.ts";

/** At which step a process is to die, and the how manieth time that one submission reaches it. */
export interface CrashPlan {
  readonly step: Step;
  readonly occurrence: number;
  readonly signal: NodeJS.Signals;
}

/** Leaves a plan for the processes that watch `file`; the first that reaches the step takes it. Appears whole or not at all. */
export function writeCrashPlan(file: string, plan: CrashPlan): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, JSON.stringify(plan));
  renameSync(unfinished, file);
}

/** Whether nobody has carried the plan out yet. */
export function isCrashPending(file: string): boolean {
  return existsSync(file);
}
