import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Sql } from "../../src/database/sql.ts";
import { holdLock, untilLocksAreAwaited } from "../flows/hold-lock.ts";
import { until } from "../flows/open-intake.ts";
import { addressOf, COMPILED, createInfoss, INFOSS } from "../operator/run-infoss.ts";
import { openPaymentScene, YEAR } from "../payments/payment-scene.ts";

const VALIDATION = ["--environment", "validation"];

/**
 * Runs the command in a process of its own up to the statement that needs `table`, kills the process there, and waits
 * until the server has taken its transaction back.
 */
async function killAt(owner: Sql, table: string, words: string): Promise<void> {
  const release = await holdLock(owner, (tx) => tx`lock table ${tx(table)} in share row exclusive mode`);
  const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, DATABASE_URL: addressOf(owner) };
  const child = spawn(process.execPath, [INFOSS, ...words.split(" "), ...VALIDATION], { env, stdio: "ignore" });
  const ended = once(child, "close");
  await untilLocksAreAwaited(owner, 1);
  child.kill("SIGKILL");
  await ended;
  await release();
  await until(async () => {
    const [row] = await owner<{ count: number }[]>`
      select count(*) as count from pg_stat_activity
      where datname = current_database() and application_name = 'infoss-gateway' and state <> 'idle'`;
    return row!.count === 0;
  });
}

t.test("a payment run whose process is killed at any step pays everybody once", async (t) => {
  const scene = await openPaymentScene(t);
  const { owner } = scene;
  const infoss = createInfoss(owner);
  const people = await Promise.all(Array.from({ length: 5 }, () => scene.person()));
  for (const personId of people)
    await scene.decide(personId, { amountCents: 1_000, contract: await scene.contract(personId, scene.insurers[0]) });
  const states = async () => [...new Set(await Promise.all(people.map(scene.state)))];
  const count = async (table: string) => (await owner`select from ${owner(table)}`).length;

  for (const table of ["dossier", "remittance_line", "operator_act"]) {
    await killAt(owner, table, `payments run ${YEAR}`);
    t.strictSame(
      [await states(), await count("payment_run"), await count("remittance_line"), await count("operator_act")],
      [["decided"], 0, 0, 0],
      `killed at ${table}: nothing of the run is there`,
    );
  }
  t.match(await infoss(`payments run ${YEAR}`, ...VALIDATION), { status: 0, stdout: /runNumber 1, lines 5/ });
  t.match(await infoss(`payments run ${YEAR}`, ...VALIDATION), { status: 1, stderr: /is prepared: order or withdraw/ });
  const [run] = await owner<{ id: string }[]>`select run_id as id from payment_run`;

  for (const table of ["remittance_line", "operator_act"]) {
    await killAt(owner, table, `payments order ${run!.id}`);
    t.strictSame(
      [await states(), (await owner`select from remittance_line where state <> 'prepared'`).length],
      [["toPay"], 0],
      `killed at ${table}: nothing was announced`,
    );
  }
  t.equal((await infoss(`payments order ${run!.id}`, ...VALIDATION)).status, 0);
  t.match(await infoss(`payments run ${YEAR}`, ...VALIDATION), { status: 1, stderr: /nothing can be paid/ });

  const [advice] = await owner<{ reference: string; day: string }[]>`
    select reference, announced_on as day from remittance_advice`;
  const file = join(t.testdir(), "booked.csv");
  const row = `${advice!.reference},,executed,5000,${advice!.day},`;
  writeFileSync(file, `reference,line,outcome,amountCents,bookedOn,reason\n${row}\n`);
  for (const table of ["remittance_line", "contract_payment", "payment_import"]) {
    await killAt(owner, table, `payments import ${file}`);
    t.strictSame(
      [await states(), await count("contract_payment"), await count("payment_import")],
      [["toPay"], 0, 0],
      `killed at ${table}: nothing was booked`,
    );
  }
  t.match(await infoss(`payments import ${file}`, ...VALIDATION), { status: 0, stdout: /applied 1, unchanged 0/ });
  t.match(await infoss(`payments import ${file}`, ...VALIDATION), { status: 0, stdout: /applied 0, unchanged 1/ });
  t.strictSame(await states(), ["paid"]);
  const [sum] = await owner`select sum(amount_cents)::int as cents, count(*)::int as count from contract_payment`;
  t.match(sum, { cents: 5_000, count: 5 });
  const moves =
    await owner`select count(*)::int as count from dossier_event where to_state in ('toPay', 'paid') group by person_id`;
  t.ok(
    moves.every((row) => row.count === 2),
    "each dossier moved once to be paid and once when it was",
  );
});
