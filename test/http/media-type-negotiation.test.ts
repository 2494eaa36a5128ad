import fc from "fast-check";
import t from "tap";
import { negotiateMediaType } from "../../src/http/media-type-negotiation.ts";

const OFFERED = ["application/json", "application/xml", "text/csv"] as const;

t.test(
  "the media type the client likes best is taken, the first offered where it likes several the same",
  async (t) => {
    const cases: [string | undefined, string | undefined][] = [
      [undefined, "application/json"],
      ["", "application/json"],
      ["*/*", "application/json"],
      ["text/csv", "text/csv"],
      ["TEXT/CSV", "text/csv"],
      ["text/*", "text/csv"],
      ["application/*", "application/json"],
      ["application/xml, application/json", "application/json"],
      ["application/xml;q=0.9, application/json;q=0.8", "application/xml"],
      ["application/xml ; q=0.9 , application/json ; q=0.95", "application/json"],
      ["*/*;q=0.1, text/csv", "text/csv"],
      ["text/csv;q=0, */*", "application/json"],
      ["application/json;q=0, application/*", "application/xml"],
      ["application/*;q=0.3, text/csv;q=0.2, application/json;q=0.1", "application/xml"],
      ["application/json;charset=utf-8;q=0.1, text/csv;q=0.2", "text/csv"],
      ["text/html", undefined],
      ["text/csv;q=0", undefined],
      ["*/*;q=0", undefined],
      ["nonsense, */csv, text/csv;q=2, text/csv;q=x", undefined],
      [",,text/csv,,", "text/csv"],
    ];
    for (const [accept, wanted] of cases) t.equal(negotiateMediaType(accept, OFFERED), wanted, `${accept}`);
  },
);

t.test("whatever the header is, the answer is one of the offered or none", async () => {
  fc.assert(
    fc.property(fc.string(), (accept) => {
      const found = negotiateMediaType(accept, OFFERED);
      return found === undefined || OFFERED.includes(found);
    }),
  );
});

t.test("the order of ranges in the header does not matter", async () => {
  const range = fc
    .tuple(fc.constantFrom(...OFFERED, "text/*", "application/*", "*/*", "text/html"), fc.integer({ min: 0, max: 10 }))
    .map(([type, weight]) => `${type};q=${weight / 10}`);
  const ranges = fc.uniqueArray(range, { selector: (text) => text.split(";")[0] });
  fc.assert(
    fc.property(ranges, (header) => {
      return negotiateMediaType(header.join(), OFFERED) === negotiateMediaType(header.toReversed().join(), OFFERED);
    }),
  );
});
