import fc from "fast-check";
import t from "tap";
import { DigestTable } from "../../src/client/digest-table.ts";

t.test("texts are numbered as a map would number them, beyond every enlargement", async (t) => {
  const texts = fc.array(fc.string({ maxLength: 3 }), { maxLength: 200 });
  const law = fc.property(texts, fc.nat(5_000), (drawn, more) => {
    const series = Array.from({ length: more }, (_, index) => `n${index % 3_000}`);
    const table = new DigestTable();
    const map = new Map<string, number>();
    return [...drawn, ...series, ...drawn].every((text) => {
      const isNew = !map.has(text);
      if (isNew) map.set(text, map.size);
      const found = table.put(text);
      return found.isNew === isNew && found.row === map.get(text);
    });
  });
  t.doesNotThrow(() => fc.assert(law, { numRuns: 20 }));
});
