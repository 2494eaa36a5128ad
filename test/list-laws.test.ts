import t from "tap";
import { listLaws } from "./list-laws.ts";

t.test("how often a law was tried is told, other comments are not", async (t) => {
  const output = `TAP version 14
# Subtest: test/flows/a.test.ts
    # Subtest: law: a name of a test
        # law: two: 15 runs
        # seed 7
        ok 1 - law: holds
    # law: one: 400 runs
`;
  t.same(listLaws(output), ["law: one: 400 runs", "law: two: 15 runs"]);
  t.same(listLaws("TAP version 14\nok 1 - runs\n1..1\n"), []);
});
