import { channel } from "node:diagnostics_channel";

export const STEPS = [
  "receive.chunkStored",
  "receive.beforeCommit",
  "receive.afterCommit",
  "process.claimed",
  "process.batchStaged",
  "process.staged",
  "process.contractsMerged",
  "process.beforeCommit",
  "process.afterCommit",
] as const;
export type Step = (typeof STEPS)[number];

const steps = channel("infoss:step");

/** Tells whoever listens on the diagnostics channel `infoss:step` that a step is reached: crash tests stop the process there. */
export function reachStep(step: Step): void {
  if (steps.hasSubscribers) steps.publish(step);
}
