import fc from "fast-check";
import t from "tap";
import { allHold, atLeast, atMost, exitStatus, median, renderReport } from "../../bench/report.ts";

const machine = "2 cores of some processor";

t.test("a figure at its target holds, one beyond it does not", (t) => {
  t.equal(atMost(3, "ratio", 3, "times").holds, true);
  t.equal(atMost(3, "ratio", 3.0001, "times").holds, false);
  t.equal(atLeast(40_000, "floor", 40_000, "records/s").holds, true);
  t.equal(atLeast(40_000, "floor", 39_999.9, "records/s").holds, false);
  t.end();
});

t.test("a figure that was not measured is refused instead of holding by accident", (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => atMost(3, "ratio", value, "times"), { message: "ratio was not measured" });
    t.throws(() => atLeast(3, "ratio", 5, "times") && atLeast(value, "ratio", 5, "times"), RangeError);
  }
  t.end();
});

t.test("the exit status is 0 only when there are figures and all of them hold", (t) => {
  const good = atMost(3, "ratio", 2, "times");
  const bad = atLeast(1, "rate", 0.5, "times");
  const statusOf = (...figures: ReturnType<typeof atMost>[]) => exitStatus({ bench: "load", machine, figures });
  t.equal(statusOf(good, good), 0);
  t.equal(statusOf(good, bad), 1);
  t.equal(statusOf(bad), 1);
  t.equal(statusOf(), 1);
  t.equal(allHold({ bench: "load", machine, figures: [good] }), true);
  t.end();
});

t.test("the last line is the report as one JSON object, above it a table and the notes", (t) => {
  const figures = [atMost(3, "time over the floor", 2.13456, "times"), atLeast(40_000, "floor", 23_161.8, "records/s")];
  const text = renderReport({ bench: "load", machine, figures }, ["one pair"]);
  t.equal(
    text,
    `load on 2 cores of some processor

figure                          value  target
time over the floor       2.135 times  at most 3        holds
floor                23,162 records/s  at least 40,000  DOES NOT HOLD

one pair

${JSON.stringify({ bench: "load", machine, figures })}
`,
  );
  const lines = text.trimEnd().split("\n");
  t.strictSame(JSON.parse(lines.at(-1)!), {
    bench: "load",
    machine,
    figures: [
      { name: "time over the floor", value: 2.135, unit: "times", target: 3, comparison: "atMost", holds: true },
      { name: "floor", value: 23162, unit: "records/s", target: 40000, comparison: "atLeast", holds: false },
    ],
  });
  t.end();
});

t.test("half of the values are at most the median, half at least", (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1]), 2.5);
  t.throws(() => median([]), RangeError);
  const values = fc.array(fc.integer(), { minLength: 1 });
  fc.assert(
    fc.property(values, (list) => {
      const middle = median(list);
      const half = list.length / 2;
      return (
        list.filter((value) => value <= middle).length >= half && list.filter((value) => value >= middle).length >= half
      );
    }),
  );
  t.end();
});
