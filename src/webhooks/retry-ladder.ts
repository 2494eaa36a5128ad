const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How long to wait after each failure in a row; all together a day. After one failure more, nothing is tried again. */
export const RETRY_LADDER_MS: readonly number[] = [
  5 * SECOND_MS,
  25 * SECOND_MS,
  2 * MINUTE_MS,
  7.5 * MINUTE_MS,
  20 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  4 * HOUR_MS,
  4 * HOUR_MS,
  4 * HOUR_MS,
  4 * HOUR_MS,
];

/** Endpoints that failed together do not all come back together. */
const JITTER = 0.1;

/** Time until the next attempt after `failures` in a row, within a tenth of the ladder's step; undefined: there is none. */
export function findRetryDelay(
  failures: number,
  random: () => number = Math.random,
  ladder: readonly number[] = RETRY_LADDER_MS,
): number | undefined {
  const step = ladder[failures - 1];
  return step === undefined ? undefined : Math.round(step * (1 + JITTER * (2 * random() - 1)));
}
