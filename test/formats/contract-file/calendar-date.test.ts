import fc from "fast-check";
import t from "tap";
import {
  formatCalendarDate,
  oneYearAfter,
  parseCalendarDate,
} from "../../../src/formats/contract-file/calendar-date.ts";

t.test("every day of the Gregorian calendar is read, and written back", async (t) => {
  const days = fc
    .integer({ min: 0, max: 3_652_058 })
    .map((day) => Temporal.PlainDate.from("0001-01-01").add({ days: day }));
  const property = fc.property(days, (day) => {
    const text = day.toString();
    const date = parseCalendarDate(text);
    return date === day.year * 10_000 + day.month * 100 + day.day && formatCalendarDate(date) === text;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});

t.test("a text is read exactly where it names a day that exists", async (t) => {
  const digits = (length: number) => fc.nat(10 ** length - 1).map((number) => String(number).padStart(length, "0"));
  const month = fc.oneof(
    digits(2),
    fc.integer({ min: 1, max: 12 }).map((number) => String(number).padStart(2, "0")),
  );
  const text = fc
    .tuple(digits(4), month, fc.oneof(digits(2), fc.constantFrom("28", "29", "30", "31")))
    .map((parts) => parts.join("-"));
  const property = fc.property(text, (written) => {
    const exists = (() => {
      try {
        return Temporal.PlainDate.from(written, { overflow: "reject" }).year > 0;
      } catch {
        return false;
      }
    })();
    return parseCalendarDate(written) > 0 === exists;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 3000 }));
});

t.test("other shapes are no dates", async (t) => {
  for (const text of [
    "",
    "2019-1-1",
    "20190101",
    "2019/01/01",
    "2019-01-01Z",
    "+019-01-01",
    "２０１９-01-01",
    "2019-01-0x",
    " 2019-01-01",
  ]) {
    t.equal(parseCalendarDate(text), 0, text);
  }
});

t.test("one year after 29 February is 28 February", async (t) => {
  t.equal(oneYearAfter(20240229), 20250228);
  t.equal(oneYearAfter(20261122), 20271122);
});
