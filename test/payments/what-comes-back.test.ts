import t from "tap";
import { listCarried } from "../../src/payments/run-queries.ts";
import { openPaymentScene, type PaymentScene, TODAY } from "./payment-scene.ts";

async function referenceOf(scene: PaymentScene, index: number): Promise<string> {
  return (await scene.advices())[index]!.reference;
}

t.test("recoveries are netted, the rest is carried forward, dossiers are settled", async (t) => {
  const scene = await openPaymentScene(t);
  const { owner } = scene;
  const [alpha, beta] = scene.insurers;
  const [moved, more, late] = await Promise.all([scene.person(), scene.person(), scene.person()]);
  const [atAlpha, atBeta] = [await scene.contract(moved, alpha), await scene.contract(moved, beta)];
  const other = await scene.contract(more, alpha);
  await scene.decide(moved, { amountCents: 300_000, contract: atAlpha });
  await scene.decide(more, { amountCents: 100_000, contract: other });
  await scene.pay();
  await scene.book(`${await referenceOf(scene, 0)},,executed,400000,${TODAY},`);

  // Another contract takes the advantage of one, the other gets more.
  await scene.decide(moved, { amountCents: 300_000, contract: atBeta });
  await scene.decide(more, { amountCents: 120_050, contract: other });
  t.strictSame([await scene.state(moved), await scene.state(more)], ["recovery", "supplement"]);
  await scene.pay();
  t.match((await scene.advices()).slice(1), [
    { insurerId: alpha, lines: 2, cents: -279_950, total: 0, carriedOut: -279_950, state: "executed" },
    { insurerId: beta, lines: 1, cents: 300_000, total: 300_000, state: "announced" },
  ]);
  t.equal(await scene.state(more), "settled", "what is netted whole needs no bank");
  t.equal(await scene.state(moved), "recovery", "the other contract is not paid yet");
  t.strictSame(
    (await listCarried(scene.database.institute)).map((row) => ({ ...row })),
    [{ enterpriseNumber: "0403019261", carriedCents: -279_950 }],
  );
  await scene.book(`${await referenceOf(scene, 2)},,executed,300000,${TODAY},`);
  t.equal(await scene.state(moved), "settled");
  const kinds = await owner`select kind, amount_cents from remittance_line order by advice_id, amount_cents`;
  t.strictSame(kinds.map(({ kind, amount_cents }) => [kind, amount_cents]).sort(), [
    ["payment", 100_000],
    ["payment", 300_000],
    ["payment", 300_000],
    ["recovery", -300_000],
    ["supplement", 20_050],
  ]);
  t.strictSame(
    (await owner`select amount_cents from contract_payment order by amount_cents`).map((row) => row.amount_cents),
    [0, 120_050, 300_000],
    "what stands on each contract",
  );

  await scene.decide(late, { amountCents: 500_000, contract: await scene.contract(late, alpha) });
  await scene.pay();
  t.match((await scene.advices()).slice(3), [
    { insurerId: alpha, cents: 500_000, carriedIn: -279_950, total: 220_050, carriedOut: 0, state: "announced" },
  ]);
  t.equal((await listCarried(scene.database.institute)).length, 0);
  await scene.book(`${await referenceOf(scene, 3)},,returned,220050,${TODAY},AC04`);
  t.equal(await scene.state(late), "toPay", "what came back is paid again");
  t.match(await listCarried(scene.database.institute), [{ carriedCents: -279_950 }], "and what it took is owed again");
  await scene.pay();
  t.match((await scene.advices()).slice(4), [{ carriedIn: -279_950, total: 220_050 }]);
  await scene.book(`${await referenceOf(scene, 4)},,executed,220050,${TODAY},`);
  t.equal(await scene.state(late), "paid");
});

t.test("money that comes back after it was paid is paid again, as a whole or line by line", async (t) => {
  const scene = await openPaymentScene(t);
  const [alpha] = scene.insurers;
  const [one, two] = await Promise.all([scene.person(), scene.person()]);
  await scene.decide(one, { amountCents: 10_000, contract: await scene.contract(one, alpha) });
  await scene.decide(two, { amountCents: 20_000, contract: await scene.contract(two, alpha) });
  await scene.pay();
  const reference = await referenceOf(scene, 0);
  await scene.book(`${reference},,executed,30000,${TODAY},`);
  const [line] = await scene.owner`select line_number, person_id from remittance_line where amount_cents = 20000`;
  t.equal(line!.person_id, two);
  const row = `${reference},${line!.line_number},returned,20000,${TODAY},contract paid out`;
  t.match(await scene.book(row), { details: { applied: 1, rejected: 0 } });
  t.match(await scene.book(row), { details: { applied: 0, unchanged: 1, rejected: 0 } });
  t.strictSame([await scene.state(one), await scene.state(two)], ["paid", "supplement"]);
  const [event] = await scene.owner`select details from event where kind = 'paymentReturned'`;
  t.equal(event!.details.lineNumber, line!.line_number);
  await scene.pay();
  t.match((await scene.advices()).slice(1), [{ lines: 1, cents: 20_000, total: 20_000 }]);
  await scene.book(`${await referenceOf(scene, 1)},,executed,20000,${TODAY},`);
  t.equal(await scene.state(two), "settled");
  t.match(await scene.book(`${reference},,returned,30000,${TODAY},`), {
    findings: [{ line: 2, code: "lineNotReturnable" }],
  });
  await scene.book(`${await referenceOf(scene, 1)},,returned,20000,${TODAY},`);
  t.equal(await scene.state(two), "settled", "a settled dossier stays where it is");
  await scene.pay();
  t.match((await scene.advices()).slice(2), [{ cents: 20_000, total: 20_000 }], "and its money goes out again");
});

t.test("a dossier that moved while its money was under way is paid the difference", async (t) => {
  const scene = await openPaymentScene(t);
  const [alpha] = scene.insurers;
  const [same, less] = await Promise.all([scene.person(), scene.person()]);
  const [first, second] = [await scene.contract(same, alpha), await scene.contract(less, alpha)];
  await scene.decide(same, { amountCents: 1_000, contract: first });
  await scene.decide(less, { amountCents: 2_000, contract: second });
  await scene.pay();
  await scene.contest(same);
  await scene.move(less, "evaluated", { amountCents: 1_500, contract: second });
  await scene.book(`${await referenceOf(scene, 0)},,executed,3000,${TODAY},`);
  t.strictSame([await scene.state(same), await scene.state(less)], ["contested", "evaluated"]);
  await scene.move(same, "decided", { amountCents: 1_000, contract: first });
  await scene.move(less, "decided");
  await scene.pay();
  t.equal(await scene.state(same), "paid", "what was paid of it is what is due");
  t.match((await scene.advices()).slice(1), [{ lines: 1, cents: -500, total: 0, carriedOut: -500, state: "executed" }]);
  t.equal(await scene.state(less), "paid");
});

t.test("what cannot be booked is told row by row, and the rest is booked", async (t) => {
  const scene = await openPaymentScene(t);
  const [alpha, beta] = scene.insurers;
  const [one, two] = await Promise.all([scene.person(), scene.person()]);
  await scene.decide(one, { amountCents: 10_000, contract: await scene.contract(one, alpha) });
  await scene.decide(two, { amountCents: 20_000, contract: await scene.contract(two, beta) });
  await scene.pay();
  const [a, b] = [await referenceOf(scene, 0), await referenceOf(scene, 1)];
  const rows: [string, string | undefined][] = [
    [`900009999989,,executed,10000,${TODAY},`, "paymentUnknown"],
    [`x,,executed,10000,${TODAY},`, "paymentUnknown"],
    [`${a},,paid,10000,${TODAY},`, "outcomeInvalid"],
    [`${a},,executed,100.00,${TODAY},`, "amountInvalid"],
    [`${a},,executed,9999,${TODAY},`, "amountDiffers"],
    [`${a},,executed,10000,2025-10-02,`, "dateInvalid"],
    [`${a},,executed,10000,2025-09-30,`, "dateInvalid"],
    [`${a},,executed,10000,2025-02-30,`, "dateInvalid"],
    [`${a},7,returned,10000,${TODAY},`, "lineUnknown"],
    [`${a},1,returned,10000,${TODAY},`, "lineNotReturnable"],
    [`${b},,returned,20000,${TODAY},AC01`, undefined],
    [`${b},,executed,20000,${TODAY},`, "alreadyReturned"],
    [`${a.slice(0, 3)}/${a.slice(3, 7)}/${a.slice(7)},,executed,10000,${TODAY},`, undefined],
  ];
  const { findings, details } = await scene.book(...rows.map(([row]) => row));
  t.strictSame(
    findings.map(({ line, code }) => [line, code]),
    rows.flatMap(([, code], index) => (code === undefined ? [] : [[index + 2, code]])),
  );
  t.match(details, { applied: 2, unchanged: 0, rejected: 11 });
  t.strictSame([await scene.state(one), await scene.state(two)], ["paid", "toPay"]);
  const kept = await scene.owner`select findings from payment_import`;
  t.equal(kept[0]!.findings.length, 11);
  await t.rejects(scene.act(() => Promise.reject(new Error("x"))));
});

t.test("convention advantages go to the provider's own account and to no insurer", async (t) => {
  const scene = await openPaymentScene(t);
  const { owner } = scene;
  const [own, without] = await Promise.all([scene.person(), scene.person()]);
  const contract = await scene.contract(own, scene.insurers[0]);
  await scene.decide(own, { amountCents: 250_000 });
  await scene.decide(without, { amountCents: 250_000 });
  await owner`insert into provider_iban values (uuidv7(), ${own}, 'BE68539007547034', 'confirmed', now(), 'a', now(), 'b')`;
  const told = [...(await owner`select event_id from event`)];
  await scene.pay();
  t.strictSame([await scene.state(own), await scene.state(without)], ["toPay", "decided"]);
  t.equal((await scene.advices()).length, 0);
  const [payment] = await owner`select reference, iban, amount_cents from provider_payment`;
  await scene.book(`${payment!.reference},,executed,250000,${TODAY},`);
  t.equal(await scene.state(own), "paid");
  t.strictSame([...(await owner`select event_id from event`)], told, "no insurer is told");

  await scene.decide(own, { amountCents: 250_000, contract });
  await scene.pay();
  t.match(await scene.advices(), [{ cents: 250_000, total: 250_000 }]);
  const claims = await owner`select reference, iban, amount_cents from provider_payment where amount_cents < 0`;
  t.match([...claims], [{ iban: null, amount_cents: -250_000 }], "the provider is asked to give it back");
  await scene.book(`${await referenceOf(scene, 0)},,executed,250000,${TODAY},`);
  t.equal(await scene.state(own), "recovery");
  await scene.book(`${claims[0]!.reference},,executed,-250000,${TODAY},`);
  t.equal(await scene.state(own), "settled");
});
