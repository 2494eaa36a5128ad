import t from "tap";
import { isStructuredCommunication } from "../../src/identifiers/structured-communication.ts";
import { makeRun } from "../../src/payments/make-run.ts";
import { PAYMENT_MOVES, PAYMENT_STATES } from "../../src/payments/payment-states.ts";
import { ANNA, openPaymentScene, TODAY, YEAR } from "./payment-scene.ts";

const refused = { code: "23514" };

t.test("the database keeps sums, moves and amounts, whoever writes", async (t) => {
  const scene = await openPaymentScene(t);
  const { owner, database } = scene;
  const { institute } = database;
  const personId = await scene.person();
  const contract = await scene.contract(personId, scene.insurers[0]);
  await scene.decide(personId, { amountCents: 1_000, contract });
  await scene.act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY }));

  await t.rejects(
    institute`update remittance_advice set total_cents = 999, lines_cents = 999`,
    refused,
    "an advice that says another sum than its lines",
  );
  await t.rejects(institute`update remittance_advice set total_cents = 2000`, refused, "or does not add up");
  await t.rejects(
    institute.begin(async (tx) => {
      await tx`insert into remittance_line (insurer_id, advice_id, line_number, premium_year, contract_id, contract_number,
          inami_root, kind, amount_cents, reference, person_id, move_number, state)
        select insurer_id, advice_id, 2, premium_year, contract_id, contract_number, inami_root, kind, amount_cents, reference,
          person_id, move_number, state from remittance_line`;
    }),
    { code: "23505" },
    "a contract twice under way for a year",
  );
  await t.rejects(
    institute`insert into provider_payment (reference, run_id, person_id, premium_year, kind, amount_cents, iban, move_number, state)
      select next_payment_reference(), run_id, ${personId}, ${YEAR}, 'payment', 1, 'BE68539007547034', 1, 'prepared' from payment_run`,
    refused,
    "a cent more than the dossier's amount, on whatever way",
  );
  const denied = { code: "42501" };
  await t.rejects(institute`update remittance_line set amount_cents = 1`, denied, "an amount is never changed");
  await t.rejects(institute`update remittance_advice set iban = 'x'`, denied, "nor the account of a run");
  await t.rejects(institute`delete from remittance_line`, denied);
  await t.rejects(database.plain`select person_id from remittance_line`, denied, "whose dossier, no insurer reads");
  for (const table of ["payment_run", "provider_payment", "payment_import", "insurer_iban", "provider_iban"])
    await t.rejects(database.plain`select from ${database.plain(table)}`, denied, table);

  for (const from of PAYMENT_STATES)
    for (const to of PAYMENT_STATES) {
      const may = (PAYMENT_MOVES[from] as readonly string[]).includes(to);
      const trying = owner.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`update remittance_line set state = ${from}, executed_on = '2025-10-01',
          returned_on = ${from === "returned" ? "2025-10-01" : null}`;
        await tx`set local session_replication_role = origin`;
        await tx`update remittance_line set state = ${to}, returned_on = ${to === "returned" ? "2025-10-01" : null}`;
        throw new Error("moved");
      });
      await t.rejects(trying, may ? { message: "moved" } : refused, `${from} -> ${to}`);
    }
});

t.test("references of our own are structured communications, each once", async (t) => {
  const { database } = await openPaymentScene(t);
  const rows = await database.institute<{ reference: string }[]>`
    select next_payment_reference() as reference from generate_series(1, 300)`;
  const references = rows.map(({ reference }) => reference);
  t.ok(references.every((reference) => isStructuredCommunication(reference)));
  t.equal(new Set(references).size, 300);
});
