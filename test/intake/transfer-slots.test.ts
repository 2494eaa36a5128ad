import t from "tap";
import { createTransferSlots } from "../../src/intake/transfer-slots.ts";

t.test("there are so many slots and no more", async (t) => {
  const slots = createTransferSlots(2);
  const first = slots.take()!;
  slots.take();
  t.equal(slots.take(), undefined);
  first();
  first();
  t.ok(slots.take(), "given back once, whoever gives it back twice");
  t.equal(slots.take(), undefined);
});

t.test("it is quiet when the last slot is given back, and nobody waits for that without end", async (t) => {
  const slots = createTransferSlots(2);
  await slots.untilQuiet(60_000);
  const [first, second] = [slots.take()!, slots.take()!];
  await slots.untilQuiet(1);
  let isQuiet = false;
  const waiting = slots.untilQuiet(60_000).then(() => {
    isQuiet = true;
  });
  first();
  await new Promise(setImmediate);
  t.equal(isQuiet, false);
  second();
  await waiting;
  t.equal(isQuiet, true);
});
