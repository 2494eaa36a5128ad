import fc from "fast-check";
import t from "tap";
import { findRetryDelay, RETRY_LADDER_MS } from "../../src/webhooks/retry-ladder.ts";

const DAY_MS = 86_400_000;
const middle = () => 0.5;

t.test("what is not taken is tried for a day, at first soon, and then never again", async (t) => {
  const delays = RETRY_LADDER_MS.map((_, index) => findRetryDelay(index + 1, middle)!);
  t.equal(
    delays.reduce((sum, delay) => sum + delay, 0),
    DAY_MS,
  );
  t.equal(delays[0], 5_000);
  t.same(
    delays,
    delays.toSorted((one, other) => one - other),
    "never sooner than before",
  );
  t.equal(findRetryDelay(RETRY_LADDER_MS.length + 1, middle), undefined);
});

t.test("chance moves an attempt by a tenth of its step at most", async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: RETRY_LADDER_MS.length }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, chance) => {
        const step = RETRY_LADDER_MS[failures - 1]!;
        const delay = findRetryDelay(failures, () => chance)!;
        return delay >= step * 0.9 - 1 && delay <= step * 1.1 + 1;
      },
    ),
  );
  t.not(
    findRetryDelay(3, () => 0),
    findRetryDelay(3, () => 1),
  );
});
