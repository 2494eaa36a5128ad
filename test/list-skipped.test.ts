import t from "tap";
import { listSkipped } from "./list-skipped.ts";

t.test("what was skipped is told with its reason, which says what to do", async (t) => {
  const output = `TAP version 14
# Subtest: test/sftp/a.test.ts
    # Subtest: a story
        ok 1 - at the embedded server # SKIP not installed: lftp (as root: apt-get install lftp)
        ok 2 - at OpenSSH # SKIP not installed: lftp (as root: apt-get install lftp)
        1..2
    ok 1 - a story # time=1ms
    ok 2 - another # SKIP
    ok 3 - runs
    1..3
ok 1 - test/sftp/a.test.ts # time=2ms
`;
  t.same(listSkipped(output), [
    "skipped 2: not installed: lftp (as root: apt-get install lftp)",
    "skipped 1: no reason was given",
  ]);
  t.same(listSkipped("TAP version 14\nok 1 - runs\n1..1\n"), []);
});
