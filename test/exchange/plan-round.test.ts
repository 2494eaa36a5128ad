import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { KnownDrop, SeenFile } from "../../src/exchange/drop.ts";
import { planRound, type Step } from "../../src/exchange/plan-round.ts";

const REST = "DICO.0403019261.20261122.00001.S";
const SETTINGS = {
  goTimeoutMs: 100_000,
  settleMs: 20_000,
  sameSecondMs: 0,
  maximumBytes: 1_000,
  maximumVerificationBytes: 500,
};
const TICK_MS = 10_000;

/** A server's IN and what the gateway remembers of it, with the steps carried out as serveAccount does, in memory. */
function createModel() {
  const listing = new Map<string, SeenFile>();
  const drops = new Map<string, KnownDrop>();
  /** Each outcome with the files that it covers. */
  const outcomes: { act: Step["act"]; files: readonly SeenFile[]; reason?: string }[] = [];
  let hasSubmission = false;
  let now = 1_000_000;

  function leave(name: string, files: readonly SeenFile[], removals: number): void {
    for (const { name: file } of files.slice(0, removals)) listing.delete(file);
    if (removals >= files.length) drops.delete(name);
  }

  function settle(step: Extract<Step, { files: readonly SeenFile[] }>, removals: number): void {
    outcomes.push({ act: step.act, files: step.files, ...("reason" in step && { reason: step.reason }) });
    const seen = { name: step.name, state: "settled" as const, seen: step.files, attempts: 0 };
    drops.set(step.name, { ...seen, firstSeenAt: now, changedAt: now });
    leave(step.name, step.files, removals);
  }

  return {
    outcomes,
    listing,
    drops,
    put(name: string, size = 0, modifiedAt = now) {
      listing.set(name, { name, size, modifiedAt });
    },
    /** One round; the process dies after that many files have left IN (of each outcome). */
    serve(removals = Number.POSITIVE_INFINITY) {
      for (const step of planRound([...listing.values()], [...drops.values()], now, SETTINGS)) {
        if (step.act === "watch") drops.set(step.drop.name, step.drop);
        else if (step.act === "forget") drops.delete(step.name);
        else if (step.act === "clear") leave(step.name, step.files, removals);
        else if (step.act !== "cancelTaken" || hasSubmission) settle(step, removals);
        if (step.act === "take" && step.isStarted) hasSubmission = true;
      }
      now += TICK_MS;
    },
    serveUntilQuiet() {
      for (let round = 0; round < 40; round += 1) this.serve();
    },
  };
}

type Model = ReturnType<typeof createModel>;

/** What a client puts under one name, in whatever order and at whatever ticks, and where processes die. */
const PREFIXES = ["FI", "FS", "GO", "TD"] as const;
const arrivals = fc.record({
  order: fc.shuffledSubarray([...PREFIXES], { minLength: 1 }),
  /** Ticks between one and the next; 0: the same listing shows both. */
  gaps: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
  /** Files that leave IN before the process dies, round by round; 9: it lives. */
  deaths: fc.array(fc.constantFrom(0, 1, 2, 3, 9), { maxLength: 8 }),
});

function play(model: Model, { order, gaps, deaths }: typeof arrivals extends fc.Arbitrary<infer V> ? V : never): void {
  const left = [...deaths];
  for (const [index, prefix] of order.entries()) {
    for (let tick = 0; tick < gaps[index]!; tick += 1) model.serve(left.shift());
    model.put(`${prefix}.${REST}`, prefix === "FI" ? 500 : 0);
  }
  for (const removals of left) model.serve(removals);
  model.serveUntilQuiet();
}

t.test("whatever comes in whatever order, and whenever the process dies, has exactly one outcome", async () => {
  fc.assert(
    fc.property(arrivals, (arrival) => {
      const model = createModel();
      play(model, arrival);
      const covered = model.outcomes.flatMap(({ files }) => files.map(({ name }) => name));
      deepEqual(covered.toSorted(), arrival.order.map((prefix) => `${prefix}.${REST}`).toSorted());
      equal(model.listing.size, 0, "IN is empty");
      equal(model.drops.size, 0, "and nothing is remembered of it");
    }),
    { numRuns: 2_000 },
  );
});

t.test(
  "every order of file, signature and GO, each a tick after the other, is taken once, with what has come",
  async (t) => {
    const orders = permutations(["FI", "FS", "GO"]);
    t.equal(orders.length, 6);
    for (const order of orders) {
      const model = createModel();
      for (const prefix of order) {
        model.put(`${prefix}.${REST}`, prefix === "FI" ? 500 : 0);
        model.serve();
      }
      model.serveUntilQuiet();
      const [first] = model.outcomes;
      t.match(first, { act: "take" }, order.join(" "));
      t.equal(model.listing.size, 0);
    }
  },
);

t.test("TD takes back what was not taken, in every order", async (t) => {
  for (const order of permutations(["FI", "GO", "TD"])) {
    const model = createModel();
    for (const prefix of order) model.put(`${prefix}.${REST}`, prefix === "FI" ? 500 : 0);
    model.serveUntilQuiet();
    t.strictSame(
      model.outcomes.map(({ act }) => act),
      ["cancel"],
      `${order.join(" ")} within a tick`,
    );
  }
  for (const order of permutations(["FI", "TD"])) {
    const model = createModel();
    for (const prefix of order) {
      model.put(`${prefix}.${REST}`, prefix === "FI" ? 500 : 0);
      model.serve();
    }
    model.serveUntilQuiet();
    t.strictSame(
      model.outcomes.map(({ act }) => act),
      ["cancel"],
      `${order.join(", then ")}`,
    );
  }
});

t.test("what came alone is refused when its time is over", async (t) => {
  const reasons = { GO: "fileMissing", FS: "fileMissing", TD: "nothingToCancel" };
  for (const [prefix, reason] of Object.entries(reasons)) {
    const model = createModel();
    model.put(`${prefix}.${REST}`);
    for (let tick = 0; tick < 10; tick += 1) model.serve();
    t.strictSame(model.outcomes, [], `${prefix} waits`);
    model.serve();
    t.match(model.outcomes, [{ act: "dismiss", reason }]);
  }
  const model = createModel();
  model.put(`FI.${REST}`, 500);
  for (let tick = 0; tick < 10; tick += 1) model.serve();
  t.strictSame(model.outcomes, [], "FI waits");
  model.serve();
  t.match(model.outcomes, [{ act: "take" }], "and is taken to be refused");
});

t.test("an upload that goes on starts the time anew", async (t) => {
  const model = createModel();
  for (let tick = 0; tick < 30; tick += 1) {
    model.put(`FI.${REST}`, 10 + tick);
    model.serve();
  }
  t.strictSame(model.outcomes, []);
  model.put(`GO.${REST}`);
  model.serve();
  t.match(model.outcomes, [{ act: "take" }]);
});

t.test("a file younger than its GO is taken when it has settled", async (t) => {
  const model = createModel();
  model.put(`GO.${REST}`);
  model.serve();
  for (let tick = 0; tick < 5; tick += 1) {
    model.put(`FI.${REST}`, 100 + tick);
    model.serve();
  }
  model.serve();
  t.strictSame(model.outcomes, [], "it may still be growing");
  model.serve();
  t.match(model.outcomes, [{ act: "take", files: [{}, { size: 104 }] }]);
});

t.test("uploads under other names are left alone until they have the right one", async (t) => {
  const model = createModel();
  model.put(`FI.${REST}.filepart`, 500);
  model.put(`GO.${REST}`);
  model.serve();
  model.serve();
  t.strictSame(model.outcomes, []);
  const part = model.listing.get(`FI.${REST}.filepart`)!;
  model.listing.delete(part.name);
  model.listing.set(`FI.${REST}`, { ...part, name: `FI.${REST}` });
  model.serve();
  t.match(model.outcomes, [{ act: "take" }], "renamed");
  model.serveUntilQuiet();
  t.equal(model.outcomes.length, 1);
});

t.test("a file of the same name that comes before its predecessor has left is another input", async (t) => {
  const model = createModel();
  model.put(`FI.${REST}`, 500);
  model.put(`GO.${REST}`);
  model.serve(0);
  t.equal(model.outcomes.length, 1, "taken, nothing has left");
  model.put(`FI.${REST}`, 600);
  model.put(`GO.${REST}`);
  model.serveUntilQuiet();
  t.match(model.outcomes, [{ files: [{}, { size: 500 }] }, { files: [{}, { size: 600 }] }]);
});

t.test("names have nothing to do with each other", async (t) => {
  const model = createModel();
  const names = Array.from(
    { length: 500 },
    (_, index) => `DICO.0403019261.20261122.${String(index).padStart(5, "0")}.S`,
  );
  for (const name of names) model.put(`FI.${name}`, 500);
  for (const name of names) model.put(`GO.${name}`);
  model.serve();
  t.equal(model.outcomes.length, 500);
  t.equal(model.listing.size, 0);
});

t.test("what is too large is refused without being read; what is set aside waits for an operator", async (t) => {
  const model = createModel();
  model.put(`FI.${REST}`, 1_001);
  model.put(`GO.${REST}`);
  model.serve();
  t.match(model.outcomes, [{ act: "dismiss", reason: "tooLarge" }]);

  const seen: SeenFile[] = [
    { name: `GO.${REST}`, size: 0, modifiedAt: 0 },
    { name: `FI.${REST}`, size: 9, modifiedAt: 0 },
  ];
  const aside: KnownDrop = {
    name: `FI.${REST}`,
    state: "quarantined",
    seen,
    firstSeenAt: 0,
    changedAt: 0,
    attempts: 3,
  };
  t.strictSame(planRound(seen, [aside], 1e12, SETTINGS), []);
  t.strictSame(
    planRound(seen, [{ ...aside, state: "waiting", retryAt: 2e12 }], 1e12, SETTINGS),
    [],
    "as one to be tried later",
  );
  t.match(planRound(seen, [{ ...aside, state: "waiting", retryAt: 1e12 }], 1e12, SETTINGS), [{ act: "take" }]);
  const mended = seen.map((file) => ({ ...file, size: file.size + 1 }));
  t.match(
    planRound(mended, [aside], 1e12, SETTINGS),
    [{ act: "watch" }, { act: "take" }],
    "but for another file in its place",
  );
});

t.test("a file written in the second of its GO is looked at twice", async (t) => {
  const seen: SeenFile[] = [
    { name: `GO.${REST}`, size: 0, modifiedAt: 0 },
    { name: `FI.${REST}`, size: 9, modifiedAt: 0 },
  ];
  const settings = { ...SETTINGS, sameSecondMs: 300 };
  const [first] = planRound(seen, [], 1e12, settings);
  t.match(first, { act: "watch" });
  const known = first?.act === "watch" ? [first.drop] : [];
  t.strictSame(planRound(seen, known, 1e12 + 299, settings), []);
  t.match(planRound(seen, known, 1e12 + 300, settings), [{ act: "take" }]);
});

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
