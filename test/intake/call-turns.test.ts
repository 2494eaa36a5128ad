import t from "tap";
import { createCallTurns } from "../../src/intake/call-turns.ts";

t.test("calls of one insurer begin in their order, no more than its share at once", async (t) => {
  const turns = createCallTurns(2);
  const begun: number[] = [];
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const calls = ends.map(({ promise }, call) =>
    turns.run(7, async () => {
      begun.push(call);
      await promise;
      return call;
    }),
  );
  await turns.run(8, async () => t.same(begun, [0, 1], "another insurer waits for nobody"));
  ends[1]!.resolve();
  t.equal(await calls[1], 1);
  await turns.run(8, async () => t.same(begun, [0, 1, 2]));
  ends[2]!.reject(new Error("refused"));
  await t.rejects(calls[2]!, { message: "refused" });
  await turns.run(8, async () => t.same(begun, [0, 1, 2, 3], "one that fails gives its turn back"));
  ends[0]!.resolve();
  ends[3]!.resolve();
  t.same(await Promise.all([calls[0], calls[3]]), [0, 3]);
  t.equal(await turns.run(7, async () => "again"), "again");
});
