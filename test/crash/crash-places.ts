import { STEPS, type Step } from "../../src/intake/steps.ts";

/** A step, and the how manieth time that one submission reaches it. */
export interface Place {
  readonly step: Step;
  readonly occurrence: number;
}

/** Steps that a submission reaches more than once: crashes come at the first and at the second time. */
const REPEATED: readonly Step[] = ["receive.chunkStored", "process.batchStaged"];

const placesOf = (door: "receive." | "process."): Place[] =>
  STEPS.filter((step) => step.startsWith(door)).flatMap((step) =>
    (REPEATED.includes(step) ? [1, 2] : [1]).map((occurrence) => ({ step, occurrence })),
  );

/** Every place where a reception can end. */
export const RECEIVE_PLACES = placesOf("receive.");

/** Every place where processing can end. */
export const PROCESS_PLACES = placesOf("process.");

/** Bytes of noise that make a file stored in four chunks. */
export const NOISE_BYTES = 900_000;
/** Records that make a file staged in two batches. */
export const TWO_BATCHES = 2_400;
