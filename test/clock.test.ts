import t from "tap";
import { createBusinessClock, createFixedBusinessClock } from "../src/clock.ts";

function todayAt(instant: string, offset?: Temporal.DurationLike): string {
  return createBusinessClock(offset, () => Temporal.Instant.from(instant)).today();
}

t.test("the day changes at midnight in Brussels, in winter and in summer", async (t) => {
  t.equal(todayAt("2026-12-31T22:59:59.999Z"), "2026-12-31");
  t.equal(todayAt("2026-12-31T23:00:00Z"), "2027-01-01");
  t.equal(todayAt("2026-07-14T21:59:59.999Z"), "2026-07-14");
  t.equal(todayAt("2026-07-14T22:00:00Z"), "2026-07-15");
});

t.test("the day of a change of hour is one day, whatever its length", async (t) => {
  // 29 March 2026 has 23 hours, 25 October 2026 has 25.
  t.equal(todayAt("2026-03-28T22:59:59Z"), "2026-03-28");
  t.equal(todayAt("2026-03-28T23:00:00Z"), "2026-03-29");
  t.equal(todayAt("2026-03-29T21:59:59Z"), "2026-03-29");
  t.equal(todayAt("2026-03-29T22:00:00Z"), "2026-03-30");
  t.equal(todayAt("2026-10-24T22:00:00Z"), "2026-10-25");
  t.equal(todayAt("2026-10-25T22:59:59Z"), "2026-10-25");
  t.equal(todayAt("2026-10-25T23:00:00Z"), "2026-10-26");
});

t.test("an offset in days is counted in calendar days across a change of hour", async (t) => {
  t.equal(todayAt("2026-03-28T22:30:00Z", { days: 1 }), "2026-03-29", "23:30 stays 23:30");
  t.equal(todayAt("2026-03-28T22:30:00Z", { hours: 24 }), "2026-03-30", "24 hours later it is 00:30");
  t.equal(todayAt("2026-10-24T22:30:00Z", { days: -1 }), "2026-10-24");
  t.equal(todayAt("2026-01-31T12:00:00Z", { months: 1 }), "2026-02-28");
});

t.test("an offset moves over the end of a premium year", async (t) => {
  t.equal(todayAt("2026-12-31T12:00:00Z", { days: 1 }), "2027-01-01");
  t.equal(todayAt("2027-01-01T00:00:00Z", { days: -1 }), "2026-12-31");
});

t.test("without arguments it follows the real clock", async (t) => {
  const before = Temporal.Now.plainDateISO("Europe/Brussels").toString();
  const today = createBusinessClock().today();
  t.ok([before, Temporal.Now.plainDateISO("Europe/Brussels").toString()].includes(today), today);
});

t.test("a fixed clock stands still and takes real days only", async (t) => {
  t.equal(createFixedBusinessClock("2028-02-29").today(), "2028-02-29");
  for (const nonsense of ["2027-02-29", "2026-13-01", "yesterday", ""]) {
    t.throws(() => createFixedBusinessClock(nonsense), RangeError, nonsense);
  }
});
