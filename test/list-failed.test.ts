import t from "tap";
import { listFailed } from "./list-failed.ts";

t.test("each failed assertion is told once, with the tests it stands in and its diagnosis", async (t) => {
  const output = `TAP version 14
# Subtest: test/a.test.ts
    # Subtest: a story
        ok 1 - begins
        not ok 2 - ends
          ---
          diff: |
            -1
            +2
          ...
        1..2
    not ok 1 - a story # time=1ms
    # Subtest: another
        not ok 1 - later # TODO
        1..1
    ok 2 - another # time=1ms
    not ok 3 - alone
    1..3
    # failed 2 of 3 tests
not ok 1 - test/a.test.ts # time=2ms
  ---
  exitCode: 1
  ...
# Subtest: test/b.test.ts
    ok 1 - all is well
    1..1
not ok 2 - test/b.test.ts # time=3ms
  ---
  signal: SIGKILL
  ...
`;
  t.same(listFailed(output), [
    "test/a.test.ts > a story > not ok 2 - ends\n          diff: |\n            -1\n            +2",
    "test/a.test.ts > not ok 3 - alone",
    "not ok 2 - test/b.test.ts # time=3ms\n  signal: SIGKILL",
  ]);
  t.same(listFailed("TAP version 14\nok 1 - runs\n1..1\n"), []);
});
