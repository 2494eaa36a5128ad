import type { Held } from "../client/sending.ts";

const WAITS_FOR: Readonly<Record<string, string>> = {
  sequenceGap: "the delta before it",
  massChange: "an operator of the institute, for it closes or cancels many contracts",
  predecessorHeld: "a delta with a lower number that is held",
  predecessorQuarantined: "a delta with a lower number that the institute could not process",
  initialLoadOpen: "the end of your initial load",
  simulation: "the end of a simulation",
};

/** What a file that is held waits for, in a line for a person. */
export function describeHeld({ reason = "", until, awaitedSequence }: Held): string {
  const what = WAITS_FOR[reason] ?? (reason || "something else");
  const number = awaitedSequence === undefined ? "" : `, sequence number ${awaitedSequence}`;
  const limit = until === undefined ? "" : `, until ${until}`;
  return `The file is held${reason && ` (${reason})`}: it waits for ${what}${number}${limit}. Once that is there it runs by itself.\n`;
}
