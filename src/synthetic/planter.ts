import type { GeneratedRecord } from "./generated-record.ts";
import type { Random } from "./random.ts";

/** What a planted error may draw on. */
export interface PlantingContext {
  readonly random: Random;
  /** The last day, counted from 1970-01-01, on which a contract of the file starts. */
  readonly latestStart: number;
  /** The latest record before this one that is not rejected. */
  readonly earlier: GeneratedRecord;
}

/** What to change in a good record so that it raises one finding and no other. */
export type Planter = (record: GeneratedRecord, context: PlantingContext) => Partial<GeneratedRecord>;
