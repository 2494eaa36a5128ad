/**
 * Preloaded into a gateway (`node --import`). When a step named in the plan is reached, the process sends itself the
 * plan's signal, SIGKILL mostly, before its next instruction. The plan is a file, so that a running process can be
 * given one; whoever removes the file first carries it out, so that of several processes exactly one dies.
 */
import { subscribe } from "node:diagnostics_channel";
import { readFileSync, unlinkSync } from "node:fs";
import type { CrashPlan } from "./crash-plan.ts";

const file = process.env.CRASH_PLAN;
const reached = new Map<string, number>();
/** Occurrences are counted within one submission: processing begins with the claim, chunks end with the commit. */
const COUNTED_ANEW = ["process.claimed", "receive.beforeCommit"];

subscribe("infoss:step", (message) => {
  const step = String(message);
  if (COUNTED_ANEW.includes(step)) forgetOthersOf(step);
  const occurrence = (reached.get(step) ?? 0) + 1;
  reached.set(step, occurrence);
  const plan = readPlan();
  if (plan?.step !== step || plan.occurrence !== occurrence) return;
  if (takePlan()) process.kill(process.pid, plan.signal);
});

function forgetOthersOf(step: string): void {
  const [stage] = step.split(".");
  for (const other of reached.keys()) if (other.startsWith(`${stage}.`)) reached.delete(other);
}

function readPlan(): CrashPlan | undefined {
  try {
    return JSON.parse(readFileSync(String(file), "utf8"));
  } catch {
    return undefined;
  }
}

function takePlan(): boolean {
  try {
    unlinkSync(String(file));
    return true;
  } catch {
    return false;
  }
}
