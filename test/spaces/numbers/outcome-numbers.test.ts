import { Readable } from "node:stream";
import t from "tap";
import { decideEverybody, withdrawDossier } from "../../../src/advantage/dossier-acts.ts";
import { evaluateAllDossiers } from "../../../src/advantage/evaluate-dossiers.ts";
import { evaluateWhatIsDue } from "../../../src/advantage/keep-evaluated.ts";
import { projectWhatIsDue } from "../../../src/advantage/keep-projected.ts";
import { addDays } from "../../../src/advantage/period.ts";
import { findCalendar, type PremiumYearRules } from "../../../src/advantage/premium-year-rules.ts";
import { loadRulesInForce } from "../../../src/advantage/rules-in-force.ts";
import { createBusinessClock, createFixedBusinessClock } from "../../../src/clock.ts";
import { runTransaction } from "../../../src/database/run-transaction.ts";
import { FINDING_CODES } from "../../../src/findings/finding-codes.ts";
import { startWorker } from "../../../src/intake/worker.ts";
import { loadFactFile } from "../../../src/operator/facts.ts";
import { performAct } from "../../../src/operator/perform-act.ts";
import { parseBookings } from "../../../src/payments/booking.ts";
import { importPayments } from "../../../src/payments/import-payments.ts";
import { makeRun } from "../../../src/payments/make-run.ts";
import { orderRun } from "../../../src/payments/order-run.ts";
import { renderLaterFacts } from "../../../src/spaces/numbers/group-files.ts";
import { OUTCOME_NUMBERS } from "../../../src/spaces/numbers/outcome-numbers.ts";
import { seedNumbers } from "../../../src/spaces/numbers/seed-numbers.ts";
import { bisNumberOf, inamiNumberOf, ssinOf } from "../../../src/spaces/numbers/synthetic-number.ts";
import { clientIdOf } from "../../http/admit-with-client.ts";
import { ALPHA, type AnyItem, type Door, openDoor, ROOT, send, waitForEnd } from "../../http/open-door.ts";
import { type DeclaredNumber, listDeclared, renderDeclared } from "./declare-numbers.ts";
import { giveSpace } from "./give-space.ts";

const GROUP = 123;
const JSON_TYPE = "application/json";
const ANNA = { account: "anna" };
const PERFORMER = { actor: ANNA, method: "CLI", route: "test", status: 0 } as const;

interface Seen {
  readonly contractNumber: string;
  readonly state: string;
  readonly outcome: string;
  readonly amountCents?: number;
  readonly reasons: readonly { readonly code: string }[];
}

interface Answered {
  readonly answer: string;
  readonly inamiNumbers?: readonly string[];
  readonly replacedBy?: string;
}

async function verify(door: Door, key: string, numbers: readonly string[]): Promise<Answered[]> {
  const answer = await door.alpha(`${ROOT}/inamiVerifications`, {
    method: "POST",
    headers: { "Content-Type": JSON_TYPE, "Idempotency-Key": key },
    body: JSON.stringify({ rows: numbers.map((number) => ({ number })) }),
  });
  return (answer.json as unknown as { rows: Answered[] }).rows;
}

async function see(door: Door, premiumYear: number): Promise<Map<string, Seen>> {
  const { json } = await door.alpha(`${ROOT}/socialAdvantages?premiumYear=${premiumYear}&pageSize=1000`);
  return new Map((json.items as unknown as Seen[]).map((seen) => [seen.contractNumber, seen]));
}

t.test("each synthetic number gives the outcome that the table says, by facts and rules alone", async (t) => {
  const clock = createBusinessClock();
  const today = clock.today();
  const year = Number(today.slice(0, 4));
  const door = await openDoor(t, { clock });
  const { institute } = door.database;
  await giveSpace(door.owner, { insurerId: door.alphaId, clientId: clientIdOf(ALPHA), group: GROUP });
  await seedNumbers(institute, { group: GROUP, today });
  const { years } = await loadRulesInForce(institute);
  const rules = years.get(year)!;
  const calendar = findCalendar(rules, "dentist");
  const contracts = listDeclared(GROUP, year);

  await t.test("the verification answers by number, and by SSIN", async (t) => {
    await door.owner`update insurer set phase = 'access'`;
    const rows = await verify(
      door,
      "BY-NUMBER",
      OUTCOME_NUMBERS.map(({ code }) => inamiNumberOf(GROUP, code)),
    );
    for (const [index, { code, verified, provider }] of OUTCOME_NUMBERS.entries()) {
      t.equal(rows[index]!.answer, verified, code);
      if (provider?.replacedBy) t.equal(rows[index]!.replacedBy, inamiNumberOf(GROUP, provider.replacedBy));
    }
    t.match(await verify(door, "BY-SSIN", [ssinOf(GROUP, "00"), bisNumberOf(GROUP, "07"), ssinOf(GROUP, "05")]), [
      { answer: "valid", inamiNumbers: [inamiNumberOf(GROUP, "00")] },
      { answer: "replaced", replacedBy: ssinOf(GROUP, "07") },
      { answer: "unknown" },
    ]);
  });

  await t.test("the report of a file carries the finding", async (t) => {
    await door.owner`update insurer set phase = 'loading'`;
    const worker = startWorker(door.intake, { concurrency: 1, pollIntervalMs: 50 });
    t.teardown(() => worker.stop(0));
    const { submissionId } = (await send(door.alpha, renderDeclared(contracts))).json;
    t.match((await waitForEnd(door.alpha, submissionId!)).json, { state: "processed" });
    const records = await listRecords(door, submissionId!);
    for (const { contractNumber, outcome } of contracts) {
      const { finding } = outcome;
      const { outcome: became, findings } = records.get(contractNumber)!;
      t.same(findings?.map(({ code }) => code) ?? [], finding ? [finding] : [], contractNumber);
      const severity = finding && FINDING_CODES[finding].severity;
      const expected = { blocking: "rejected", warning: "acceptedWithWarnings" } as const;
      t.equal(became, severity ? expected[severity] : "accepted", contractNumber);
    }
  });

  await t.test("the same number says the same in a single call", async (t) => {
    await door.owner`update insurer set phase = 'live'`;
    const call = (key: string, code: string) =>
      door.alpha(`${ROOT}/contracts`, {
        method: "POST",
        headers: { "Content-Type": JSON_TYPE, "Idempotency-Key": key },
        body: JSON.stringify({
          ...{ contractNumber: `SINGLE-${code}`, inamiNumber: inamiNumberOf(GROUP, code), startOn: `${year}-01-01` },
          ...{ contractKind: "socialPlci", solidarity: true, ssin: ssinOf(GROUP, code) },
        }),
      });
    for (const { code, finding } of OUTCOME_NUMBERS.filter(({ code }) => code < "08" && code !== "01")) {
      const { status, text } = await call(`KEY-${code}`, code);
      const isRefused = finding !== undefined;
      t.equal(status, isRefused ? 400 : 201, code);
      if (isRefused) t.match(text, new RegExp(finding), code);
    }
    await door.owner`update contract set cancelled_at = now() where contract_number like 'SINGLE-%'`;
  });

  await t.test("the calendar goes by: every state, outcome and reason is seen", async (t) => {
    const live = (day: string) => liveDay(door, rules, day);
    const dayAfter = addDays(calendar.linkingUntil, 1);
    const expectAll = async (what: string, expected: (declared: DeclaredNumber) => object | undefined) => {
      const seen = await see(door, year);
      for (const declared of contracts) {
        const wanted = expected(declared);
        if (wanted) t.match(seen.get(declared.contractNumber), wanted, `${what}: ${declared.contractNumber}`);
      }
    };
    const ofThisYear = ({ outcome }: DeclaredNumber) => outcome.advantage && outcome.declared.premiumYear === "Y";

    await live(dayAfter);
    await expectAll("before the evaluation", (one) =>
      ofThisYear(one) ? { state: "open", outcome: "pending" } : undefined,
    );
    await live(calendar.evaluationOn);
    await evaluateAllDossiers(institute, runOn(rules, calendar.evaluationOn, "julyEvaluation"));
    await live(addDays(calendar.evaluationOn, 1));
    await expectAll("evaluated", (one) => (ofThisYear(one) ? { state: "evaluated", outcome: "pending" } : undefined));
    await live(calendar.decisionOn);
    await decideEverybody(institute, runOn(rules, calendar.decisionOn, "decision"));
    await live(addDays(calendar.decisionOn, 1));
    await expectAll("decided", (one) => (ofThisYear(one) && !isEarlier(one) ? expectedView(one, rules) : undefined));
    const before = await see(door, year - 1);
    if (today > findCalendar(years.get(year - 1)!, "dentist").linkingUntil) {
      for (const one of contracts.filter(({ outcome }) => outcome.declared.premiumYear === "Y-1"))
        t.match(before.get(one.contractNumber), expectedView(one, rules), one.contractNumber);
    }
    t.notOk([...(await see(door, year)).keys()].includes("C-62"), "without a contract there is nothing to see");

    await learn(door, "decision", year, addDays(calendar.decisionOn, 1));
    await live(addDays(calendar.decisionOn, 2));
    t.match((await see(door, year)).get("C-70"), {
      state: "contested",
      outcome: "pending",
      reasons: [{ code: "underReview" }],
    });
    await pay(door, year, addDays(calendar.decisionOn, 3), live, async () =>
      t.match((await see(door, year)).get("C-00"), { state: "toPay", outcome: "payable" }),
    );
    const paid = await see(door, year);
    for (const code of ["00", "01", "10", "71", "72"])
      t.match(paid.get(`C-${code}`), { state: "paid", outcome: "payable", payment: {} }, code);
    const late = addDays(calendar.decisionOn, 20);
    await learn(door, "payment", year, late);
    await live(late);
    const after = await see(door, year);
    t.match(after.get("C-71"), { state: "recovery", outcome: "notPayable", reasons: [{ code: "conditionsNotMet" }] });
    const more = rules.professions.get("pharmacist")!.amounts.get("option3")!.cents;
    t.match(after.get("C-72"), { state: "supplement", outcome: "payable", amountCents: more });
    await withdraw(door, rules, addDays(late, 1), inamiNumberOf(GROUP, "40"));
    await pay(door, year, addDays(late, 2), live);
    const settled = await see(door, year);
    t.match(settled.get("C-71"), { state: "settled", outcome: "notPayable", reasons: [{ code: "conditionsNotMet" }] });
    t.match(settled.get("C-72"), { state: "settled", outcome: "payable", payment: { amountCents: more } });
    t.match(settled.get("C-40"), {
      state: "withdrawn",
      outcome: "notPayable",
      reasons: [{ code: "conditionsNotMet" }],
    });
  });
});

const isEarlier = ({ contractNumber }: DeclaredNumber) => contractNumber.endsWith("-EARLIER");

function expectedView({ outcome }: DeclaredNumber, rules: PremiumYearRules) {
  const { state, outcome: seen, reasons, amount } = outcome.advantage!;
  const amountCents = amount && rules.professions.get(amount.profession)!.amounts.get(amount.level)!.cents;
  return { state, outcome: seen, reasons: reasons.map((code) => ({ code })), amountCents };
}

async function listRecords(door: Door, submissionId: string): Promise<Map<string, AnyItem>> {
  const outcomes = ["accepted", "acceptedWithWarnings", "rejected"];
  const items: AnyItem[] = [];
  for (const outcome of outcomes) {
    const { json } = await door.alpha(`${ROOT}/submissions/${submissionId}/records?outcome=${outcome}`);
    items.push(...(json.items ?? []));
  }
  return new Map(items.map((item) => [(item as unknown as { senderReference: string }).senderReference, item]));
}

function runOn(rules: PremiumYearRules, businessDate: string, cause: string) {
  return { rules, businessDate, cause, movedBy: "system", movedAt: new Date().toISOString() };
}

/** What workers do of themselves, on a day. */
async function liveDay({ database: { institute } }: Door, _: PremiumYearRules, day: string): Promise<void> {
  const clock = createFixedBusinessClock(day);
  const loadRules = async () => (await loadRulesInForce(institute)).years;
  await evaluateWhatIsDue({ institute, clock, loadRules });
  await projectWhatIsDue({ institute, clock, loadRules });
}

/** What becomes known of some holders only then. */
async function learn({ database: { institute } }: Door, after: "decision" | "payment", year: number, today: string) {
  const { name, text } = renderLaterFacts(GROUP, after, year, today);
  const file = { name, body: Readable.from([Buffer.from(text)]), businessDate: today, amountsAreCents: true };
  await performAct(institute, PERFORMER, (tx) => loadFactFile(tx, ANNA, file));
}

/** As an operator does it for who is no case at all. */
async function withdraw({ database: { institute } }: Door, rules: PremiumYearRules, day: string, inamiNumber: string) {
  const [row] = await institute<{ personId: string }[]>`
    select person_id as "personId" from person_number where inami_root = ${inamiNumber.slice(0, 8)}`;
  await runTransaction(institute, (tx) => withdrawDossier(tx, runOn(rules, day, "withdrawal"), row!));
}

/** A run over what is due, ordered and booked. */
async function pay(
  { database: { institute }, owner, alphaId }: Door,
  premiumYear: number,
  today: string,
  live: (day: string) => Promise<void>,
  whileOrdered?: () => Promise<unknown>,
): Promise<void> {
  await owner`insert into insurer_iban (insurer_id, iban, state, proposed_at, proposed_by, decided_at, decided_by)
    values (${alphaId}, 'BE68539007547034', 'confirmed', now(), 'account:anna', now(), 'account:bert') on conflict do nothing`;
  const { runId } = await performAct(institute, PERFORMER, (tx) => makeRun(tx, ANNA, { premiumYear, today }));
  await live(today);
  await whileOrdered?.();
  await performAct(institute, PERFORMER, (tx) => orderRun(tx, ANNA, { runId, today }));
  const advices = await owner<{ reference: string; total: number }[]>`
    select reference, total_cents as total from remittance_advice where run_id = ${runId}`;
  const lines = advices.map(({ reference, total }) => `${reference},,executed,${total},${today},`);
  const text = ["reference,line,outcome,amountCents,bookedOn,reason", ...lines, ""].join("\n");
  await performAct(institute, PERFORMER, (tx) =>
    importPayments(tx, ANNA, { rows: parseBookings(text), sha256: "", today }),
  );
  await live(addDays(today, 1));
}
