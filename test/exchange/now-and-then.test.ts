import t from "tap";
import type { Exchange } from "../../src/exchange/exchange.ts";
import { isTime, putOffFirst } from "../../src/exchange/now-and-then.ts";

const HOUR_MS = 3_600_000;
const newExchange = () => ({}) as Exchange;

t.test("it is time once, then not for as long as said, for each key and each exchange", async (t) => {
  const exchange = newExchange();
  t.equal(isTime(exchange, "a", HOUR_MS), true);
  t.equal(isTime(exchange, "a", HOUR_MS), false);
  t.equal(isTime(exchange, "b", HOUR_MS), true);
  t.equal(isTime(newExchange(), "a", HOUR_MS), true);
  t.equal(isTime(exchange, "a", 0), true, "the time is over");
});

t.test(
  "what was never done is put off once: putting it off again and again does not keep it from being done",
  async (t) => {
    const exchange = newExchange();
    putOffFirst(exchange, "a");
    t.equal(isTime(exchange, "a", HOUR_MS), false);
    t.equal(isTime(exchange, "a", 0), true);
    putOffFirst(exchange, "a");
    t.equal(isTime(exchange, "a", 0), true);
  },
);
