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

t.test("who waits for a receipt keeps the quiet away before and after the transfer, and takes no room", async (t) => {
  const slots = createTransferSlots(1);
  const served = slots.announce();
  const giveBack = slots.take();
  t.ok(giveBack, "an announcement takes no slot");
  giveBack?.();
  let quiet = false;
  const waiting = slots.untilQuiet(60_000).then(() => {
    quiet = true;
  });
  await new Promise(setImmediate);
  t.notOk(quiet);
  served();
  served();
  await waiting;
  t.ok(quiet);
});

t.test("nobody waits when it has not been quiet for as long as there is patience", async (t) => {
  const slots = createTransferSlots(1);
  const served = slots.announce();
  await slots.untilQuiet(5);
  let others = 0;
  for (; others < 1_000; others += 1) await slots.untilQuiet(5);
  t.equal(others, 1_000, "the patience of all of them is over at once");
  served();
  const again = slots.announce();
  let isOver = false;
  const waiting = slots.untilQuiet(60_000).then(() => {
    isOver = true;
  });
  await new Promise(setImmediate);
  t.notOk(isOver, "it began anew when it was quiet for a moment");
  again();
  await waiting;
});
