import fc from "fast-check";
import t from "tap";
import { makeRun } from "../../src/payments/make-run.ts";
import { orderRun, withdrawRun } from "../../src/payments/order-run.ts";
import { ANNA, type Contract, openPaymentScene, type PaymentScene, TODAY, YEAR } from "./payment-scene.ts";

/** What can happen to three dossiers, each with a contract at both insurers and an account of its own. */
const step = fc.oneof(
  fc.record({
    do: fc.constant("decide" as const),
    who: fc.nat(2),
    where: fc.constantFrom(0, 1, "own" as const),
    cents: fc.option(fc.integer({ min: 1, max: 400_000 }), { freq: 6 }),
  }),
  fc.record({ do: fc.constant("contest" as const), who: fc.nat(2) }),
  fc.record({ do: fc.constant("run" as const) }),
  fc.record({ do: fc.constant("order" as const) }),
  fc.record({ do: fc.constant("withdraw" as const) }),
  fc.record({
    do: fc.constant("book" as const),
    outcome: fc.constantFrom("executed", "executed", "returned"),
    which: fc.nat(9),
  }),
  fc.record({ do: fc.constant("giveLineBack" as const), which: fc.nat(9) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface World {
  readonly scene: PaymentScene;
  readonly people: readonly string[];
  readonly contracts: readonly (readonly [Contract, Contract])[];
}

t.test("whatever happens, sums agree, nobody is paid twice, and in the end everybody has what is due", async (t) => {
  const scene = await openPaymentScene(t);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const world = await createWorld(scene);
      for (const one of steps) {
        await take(world, one);
        await checkSums(scene);
      }
      await payEverything(world);
      await checkEnd(world);
    }),
    { numRuns: Number(process.env.PAYMENT_LAW_RUNS ?? 12), endOnFailure: true },
  );
});

async function createWorld(scene: PaymentScene): Promise<World> {
  // What was left of the world before would be in the way of the next run.
  await scene.owner`truncate remittance_line, remittance_advice, provider_payment, payment_run, contract_payment, dossier, dossier_event cascade`;
  const people = await Promise.all([scene.person(), scene.person(), scene.person()]);
  const contracts = [];
  for (const personId of people) {
    const pair = [await scene.contract(personId, scene.insurers[0]), await scene.contract(personId, scene.insurers[1])];
    contracts.push(pair as [Contract, Contract]);
    await scene.owner`insert into provider_iban values (uuidv7(), ${personId}, 'BE68539007547034', 'confirmed', now(), 'a', now(), 'b')`;
  }
  return { scene, people, contracts };
}

async function take({ scene, people, contracts }: World, step: Step): Promise<void> {
  if (step.do === "decide") {
    const personId = people[step.who]!;
    const contract = step.where === "own" ? {} : { contract: contracts[step.who]![step.where]! };
    return await decide(scene, personId, { amountCents: step.cents, ...contract });
  }
  if (step.do === "contest") {
    const personId = people[step.who]!;
    const state = await scene.state(personId);
    return state === "decided" || state === "toPay" || state === "paid" ? await scene.contest(personId) : undefined;
  }
  if (step.do === "run")
    return await orNothing(scene.act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY })));
  if (step.do === "order" || step.do === "withdraw") {
    const [run] = await scene.owner<
      { runId: string }[]
    >`select run_id as "runId" from payment_run where state = 'prepared'`;
    if (!run) return;
    const today = TODAY;
    return await orNothing(
      scene.act((tx) => (step.do === "order" ? orderRun(tx, ANNA, { ...run, today }) : withdrawRun(tx, ANNA, run))),
    );
  }
  if (step.do === "book") return await book(scene, step.outcome, step.which);
  const lines = await scene.owner<{ reference: string; number: number; cents: number }[]>`
    select a.reference, l.line_number as number, l.amount_cents as cents from remittance_line l
    join remittance_advice a using (insurer_id, advice_id) where l.state = 'executed' and a.state = 'executed'
      and l.amount_cents > 0 order by a.reference, l.line_number`;
  const line = lines[step.which % Math.max(lines.length, 1)];
  if (line) await scene.book(`${line.reference},${line.number},returned,${line.cents},${TODAY},`);
}

/** From wherever the dossier is, as evaluation and revision lead; what is settled stays. */
async function decide(scene: PaymentScene, personId: string, decision: Parameters<PaymentScene["decide"]>[1]) {
  const state = await scene.state(personId);
  if (state === "contested") {
    const [row] = await scene.owner`select contested_from as "from" from dossier where person_id = ${personId}`;
    if (row!.from === "paid") return await scene.move(personId, "recovery", decision);
    return await scene.move(personId, "decided", decision);
  }
  if (state === "recovery" || state === "supplement" || state === "settled") return;
  if (state === "evaluated") {
    await scene.move(personId, "evaluated", decision);
    return await scene.move(personId, "decided");
  }
  await scene.decide(personId, decision);
}

async function book(scene: PaymentScene, outcome: string, which: number): Promise<void> {
  const open = await scene.owner<{ reference: string; cents: number }[]>`
    select reference, total_cents as cents from remittance_advice
    where state = 'announced' or (state = 'executed' and total_cents > 0)
    union all select reference, amount_cents from provider_payment where state in ('announced', 'executed') order by 1`;
  const one = open[which % Math.max(open.length, 1)];
  if (one) await scene.book(`${one.reference},,${outcome},${one.cents},${TODAY},`);
}

/** A refusal that says why is as good as an act. */
async function orNothing(acting: Promise<unknown>): Promise<void> {
  await acting.catch((error: unknown) => {
    const code = (error as { code?: string }).code ?? "";
    if (!["runOpen", "nothingToPay"].includes(code)) throw error;
  });
}

async function checkSums({ owner }: PaymentScene): Promise<void> {
  const wrong = await owner`
    select a.advice_id from remittance_advice a
    cross join lateral (select coalesce(sum(amount_cents), 0) as cents, count(*) as number from remittance_line l
      where l.insurer_id = a.insurer_id and l.advice_id = a.advice_id and l.state <> 'withheld') l
    where a.state <> 'withheld' and ((l.cents, l.number) is distinct from (a.lines_cents, a.line_count)
      or a.lines_cents + a.carried_in_cents <> a.total_cents + a.carried_out_cents)`;
  if (wrong.length > 0) throw new Error(`advices do not agree: ${JSON.stringify(wrong)}`);
  const debts = await owner`
    select insurer_id from remittance_advice where state in ('prepared', 'announced', 'executed')
    group by insurer_id having sum(carried_out_cents - carried_in_cents) > 0`;
  if (debts.length > 0) throw new Error(`more was taken than was owed: ${JSON.stringify(debts)}`);
  const kept = await owner`
    select p.contract_id from contract_payment p where p.amount_cents <> (
      select coalesce(sum(l.amount_cents), 0) from remittance_line l where l.contract_id = p.contract_id and l.state = 'executed')`;
  if (kept.length > 0) throw new Error(`what stands on a contract is not what was paid: ${JSON.stringify(kept)}`);
}

/** Contests end as they were decided, every run is ordered, every transfer executed, until nothing is due. */
async function payEverything(world: World): Promise<void> {
  const { scene, people } = world;
  for (const personId of people) {
    const [row] = await scene.owner`select state, contested_from as "from" from dossier where person_id = ${personId}`;
    if (row?.state === "contested") await scene.move(personId, row.from === "paid" ? "paid" : "decided");
    if (row?.state === "evaluated") await scene.move(personId, "decided");
  }
  for (let turn = 0; turn < 4; turn++) {
    await take(world, { do: "run" });
    await take(world, { do: "order" });
    const open = await scene.owner<{ reference: string; cents: number }[]>`
      select reference, total_cents as cents from remittance_advice where state = 'announced'
      union all select reference, amount_cents from provider_payment where state = 'announced'`;
    if (open.length > 0)
      await scene.book(...open.map(({ reference, cents }) => `${reference},,executed,${cents},${TODAY},`));
  }
}

/** Each has what its dossier says, where it says; and the insurers have that much, less what they still owe. */
async function checkEnd({ scene: { owner } }: World): Promise<void> {
  const wrong = await owner`
    select d.person_id, d.state, d.amount_cents, d.outcome, m.paid, m.linked
    from dossier d
    cross join lateral (select coalesce(sum(cents), 0) as paid, coalesce(sum(cents) filter (where
        contract_id is not distinct from d.linked_contract_id), 0) as linked from (
      select contract_id, amount_cents as cents from remittance_line l where l.person_id = d.person_id and l.state = 'executed'
      union all select null, amount_cents from provider_payment p where p.person_id = d.person_id and p.state = 'executed') one) m
    cross join lateral (select case when d.outcome in ('socialAdvantage', 'conventionAdvantage') and d.state <> 'withdrawn'
      then d.amount_cents else 0 end as cents) due
    where d.outcome is not null and (m.paid <> due.cents or m.linked <> due.cents
      or d.state not in ('paid', 'settled', 'decided') or (d.state = 'decided' and due.cents > 0))`;
  if (wrong.length > 0) throw new Error(`not what is due: ${JSON.stringify(wrong)}`);
  const insurers = await owner`
    select i.insurer_id, a.transferred, a.owed, l.received from insurer i
    cross join lateral (select coalesce(sum(total_cents), 0) as transferred,
        coalesce(sum(carried_out_cents - carried_in_cents), 0) as owed
      from remittance_advice where insurer_id = i.insurer_id and state = 'executed') a
    cross join lateral (select coalesce(sum(amount_cents), 0) as received from remittance_line l
      join remittance_advice o using (insurer_id, advice_id) where l.insurer_id = i.insurer_id and o.state = 'executed'
        and l.state in ('executed', 'returned')) l
    where a.transferred + a.owed <> l.received`;
  if (insurers.length > 0) throw new Error(`insurers do not have what their lines say: ${JSON.stringify(insurers)}`);
}
