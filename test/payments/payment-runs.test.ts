import t from "tap";
import { isStructuredCommunication } from "../../src/identifiers/structured-communication.ts";
import { makeRun, previewRun } from "../../src/payments/make-run.ts";
import { orderRun, withdrawRun } from "../../src/payments/order-run.ts";
import { ANNA, IBANS, openPaymentScene, TODAY, YEAR } from "./payment-scene.ts";

t.test("a run pays what is decided, once, and its advice tells the insurer", async (t) => {
  const scene = await openPaymentScene(t);
  const [alpha, beta] = scene.insurers;
  const [one, two, three, none] = await Promise.all([scene.person(), scene.person(), scene.person(), scene.person()]);
  const ownReference = "090933755493";
  await scene.decide(one, { amountCents: 318_012, contract: await scene.contract(one, alpha, ownReference) });
  await scene.decide(two, { amountCents: 150_001, contract: await scene.contract(two, alpha) });
  await scene.decide(three, { amountCents: 99, contract: await scene.contract(three, beta) });
  await scene.decide(none, { amountCents: null });

  const preview = await scene.database.institute.begin((tx) => previewRun(tx, YEAR));
  t.match(
    [...preview],
    [
      { enterpriseNumber: "0403019261", obstacle: null, lines: 2, paymentsCents: 468_013, recoveriesCents: 0 },
      { enterpriseNumber: "0428759497", obstacle: null, lines: 1, paymentsCents: 99, recoveriesCents: 0 },
    ],
  );
  t.equal((await scene.advices()).length, 0, "a preview changes nothing");

  const made = await scene.act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY }));
  t.match(made.details, { premiumYear: YEAR, runNumber: 1, lines: 3, providers: 0 });
  t.strictSame(await Promise.all([one, two, three, none].map(scene.state)), ["toPay", "toPay", "toPay", "decided"]);
  await t.rejects(
    scene.act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY })),
    { code: "runOpen" },
    "one run is prepared at a time",
  );
  await scene.act((tx) => orderRun(tx, ANNA, { runId: made.runId, today: TODAY }));
  await t.rejects(
    scene.act((tx) => orderRun(tx, ANNA, { runId: made.runId, today: TODAY })),
    { code: "runNotPrepared" },
  );
  await t.rejects(
    scene.act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY })),
    { code: "nothingToPay" },
    "what is under way is not due",
  );

  const advices = await scene.advices();
  const none0 = { carriedIn: 0, carriedOut: 0, state: "announced" };
  t.match(advices, [
    { insurerId: alpha, iban: IBANS[0], lines: 2, cents: 468_013, total: 468_013, ...none0 },
    { insurerId: beta, iban: IBANS[1], lines: 1, cents: 99, total: 99, ...none0 },
  ]);
  const lines = await scene.owner<{ reference: string; amount_cents: number }[]>`
    select reference, amount_cents from remittance_line order by insurer_id, line_number`;
  t.equal(lines[0]!.reference, ownReference, "the contract's own reference where it has one");
  const ours = [...lines.slice(1), ...advices].map(({ reference }) => reference);
  t.ok(ours.every(isStructuredCommunication), "ours are structured communications");
  t.equal(new Set(ours).size, ours.length, "each its own");

  const [first, second] = advices;
  const rows = [`${first!.reference},,executed,468013,${TODAY},`, `${second!.reference},,executed,99,${TODAY},`];
  t.match(await scene.book(...rows), { details: { applied: 2, unchanged: 0, rejected: 0 } });
  t.strictSame(await Promise.all([one, two, three].map(scene.state)), ["paid", "paid", "paid"]);
  t.match(
    [...(await scene.owner`select amount_cents, paid_on from contract_payment order by amount_cents`)],
    [99, 150_001, 318_012].map((amount_cents) => ({ amount_cents, paid_on: TODAY })),
  );
  t.match(await scene.book(...rows), { details: { applied: 0, unchanged: 2, rejected: 0 } }, "booked once");
  const moves =
    await scene.owner`select to_state, cause from dossier_event where person_id = ${one} order by move_number`;
  t.strictSame(
    [...moves].slice(3).map((row) => ({ ...row })),
    [
      { to_state: "toPay", cause: "paymentRun" },
      { to_state: "paid", cause: "paymentExecuted" },
    ],
  );
  const events = await scene.owner`select insurer_id, kind from event where kind like 'payment%' order by event_id`;
  t.strictSame(
    [...events].map(({ insurer_id, kind }) => [insurer_id, kind]),
    [
      [alpha, "paymentAnnounced"],
      [beta, "paymentAnnounced"],
      [alpha, "paymentExecuted"],
      [beta, "paymentExecuted"],
    ],
  );
});

t.test("what moves between the run and the order is not paid", async (t) => {
  const scene = await openPaymentScene(t);
  const [alpha, beta] = scene.insurers;
  const [stays, contested, evaluated] = await Promise.all([scene.person(), scene.person(), scene.person()]);
  const contract = await scene.contract(contested, alpha);
  await scene.decide(stays, { amountCents: 1_000, contract: await scene.contract(stays, alpha) });
  await scene.decide(contested, { amountCents: 2_000, contract });
  await scene.decide(evaluated, { amountCents: 3_000, contract: await scene.contract(evaluated, beta) });
  const { runId } = await scene.act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY }));
  await scene.contest(contested);
  await scene.move(evaluated, "evaluated", { amountCents: null });
  const ordered = await scene.act((tx) => orderRun(tx, ANNA, { runId, today: TODAY }));
  t.match(ordered.details, { advices: 1, withheld: 2 });
  t.match(await scene.advices(), [
    { insurerId: alpha, lines: 1, total: 1_000, state: "announced" },
    { insurerId: beta, state: "withheld" },
  ]);
  const seen = await scene.database.asInsurer(beta).run((tx) => tx`select from remittance_advice`);
  t.equal(seen.length, 0, "an advice that was never announced is shown to nobody");

  await scene.move(contested, "decided", { amountCents: 2_500, contract });
  await scene.pay();
  t.match(await scene.advices(), [{}, {}, { insurerId: alpha, lines: 1, total: 2_500, state: "announced" }]);
});

t.test("what cannot be paid is told, and not paid", async (t) => {
  const scene = await openPaymentScene(t);
  const { owner } = scene;
  const [alpha, beta] = scene.insurers;
  const people = await Promise.all([scene.person(), scene.person(), scene.person(), scene.person()]);
  const contracts = [];
  for (const [index, personId] of people.entries()) {
    contracts.push(await scene.contract(personId, index === 3 ? beta : alpha));
    await scene.decide(personId, { amountCents: 100 + index, contract: contracts[index]! });
  }
  await owner`update contract set cancelled_at = now() where contract_id = ${contracts[0]!.contractId}`;
  await owner`update contract set transferred_on = '2024-12-31' where contract_id = ${contracts[1]!.contractId}`;
  await owner`update contract set transferred_on = '2025-01-01' where contract_id = ${contracts[2]!.contractId}`;
  await owner`update insurer_iban set state = 'rejected' where insurer_id = ${beta}`;
  const preview = await scene.database.institute.begin((tx) => previewRun(tx, YEAR));
  t.strictSame(
    preview.map(({ obstacle, paymentsCents }) => [obstacle, paymentsCents]),
    [
      [null, 102],
      ["contractCancelled", 100],
      ["contractTransferred", 101],
      ["noIban", 103],
    ],
  );
  await scene.pay();
  t.match(await scene.advices(), [{ insurerId: alpha, lines: 1, total: 102 }]);
  t.strictSame(await Promise.all(people.map(scene.state)), ["decided", "decided", "toPay", "decided"]);
});

t.test("a run that was withdrawn is due again", async (t) => {
  const scene = await openPaymentScene(t);
  const personId = await scene.person();
  await scene.decide(personId, { amountCents: 700, contract: await scene.contract(personId, scene.insurers[0]) });
  const { runId } = await scene.act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY }));
  await scene.act((tx) => withdrawRun(tx, ANNA, { runId }));
  t.equal(await scene.state(personId), "toPay");
  await scene.pay();
  const advices = await scene.advices();
  t.match(advices, [
    { state: "withheld", total: 700 },
    { state: "announced", total: 700 },
  ]);
  await scene.book(`${advices[1]!.reference},,executed,700,${TODAY},`);
  t.equal(await scene.state(personId), "paid");
});
