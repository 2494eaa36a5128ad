import type { FileEnvironment } from "../formats/contract-file/contract-file-vocabulary.ts";

/** What a generated contract file and its register follow from: the same options give the same bytes. */
export interface GenerationOptions {
  /** Number of records, 0 to 2,000,000. */
  readonly records: number;
  /** 0 to 4,294,967,295. */
  readonly seed: number;
  /** Share of the records that carry one error, 0 to 1. */
  readonly errors?: number;
  /** Enterprise number of the insurer, 10 digits. */
  readonly sender?: string;
  readonly reference?: string;
  readonly environment?: FileEnvironment;
  /** xs:dateTime with offset, in 2026 or later; contracts start before this day. */
  readonly createdAt?: string;
  /** Whether the file says that it ends the initial load. */
  readonly complete?: boolean;
}

export const GENERATION_DEFAULTS = {
  errors: 0,
  sender: "0403019261",
  reference: "LOAD-2026-01",
  environment: "S",
  createdAt: "2026-11-22T10:00:00+01:00",
  complete: false,
} as const satisfies Omit<GenerationOptions, "records" | "seed">;

/** The world holds some 2.2 million providers in good standing, and most have one contract. */
const MOST_RECORDS = 2_000_000;
const CREATED_AT =
  /^(20(?:2[6-9]|[3-9]\d))-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/;

/** The options with every default filled in. Throws a RangeError that names the option out of its bounds. */
export function settleOptions(options: GenerationOptions): Required<GenerationOptions> {
  const settled = { ...GENERATION_DEFAULTS, ...options };
  if (!Number.isInteger(settled.records) || settled.records < 0 || settled.records > MOST_RECORDS) {
    throw new RangeError(`records must be a whole number from 0 to ${MOST_RECORDS}`);
  }
  if (!Number.isInteger(settled.seed) || settled.seed < 0 || settled.seed > 0xffff_ffff) {
    throw new RangeError("seed must be a whole number from 0 to 4294967295");
  }
  if (!(settled.errors >= 0 && settled.errors <= 1)) throw new RangeError("errors must be a share from 0 to 1");
  if (!CREATED_AT.test(settled.createdAt)) {
    throw new RangeError("createdAt must be a date and time with offset in 2026 or later, 2026-11-22T10:00:00+01:00");
  }
  return settled;
}
