import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createRoundLanes } from "../../src/sftp/round-lanes.ts";

t.test("a round that lasts makes room for others, as long as those that last have room", async (t) => {
  let rings = 0;
  const lanes = createRoundLanes(2, 5, () => {
    rings += 1;
  });
  const first = Array.from({ length: 2 }, () => lanes.enter("quick"));
  t.equal(lanes.room("quick"), 0);
  await sleep(50);
  t.equal(lanes.room("quick"), 2, "both moved over");
  t.equal(lanes.room("burdensome"), 0);
  t.ok(rings > 0, "somebody is told of the room");
  const second = Array.from({ length: 2 }, () => lanes.enter("quick"));
  await sleep(50);
  t.equal(lanes.room("quick"), 0, "there is no room to move to");
  first[0]!.leave();
  t.equal(lanes.room("quick"), 1, "one of those that last moves over as soon as there is");
  t.equal(lanes.room("burdensome"), 0);
  for (const round of [...second, first[1]!]) round.leave();
  t.equal(lanes.room("quick"), 2);
  t.equal(lanes.room("burdensome"), 2);
});

t.test("a burdensome account takes no room of the others", async (t) => {
  const lanes = createRoundLanes(1, 5, () => {});
  const round = lanes.enter("burdensome");
  t.equal(lanes.room("quick"), 1);
  t.equal(lanes.room("burdensome"), 0);
  await sleep(20);
  round.leave();
  t.equal(lanes.room("burdensome"), 1);
});
