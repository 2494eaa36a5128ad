import { randomUUID } from "node:crypto";
import type { Test } from "tap";
import { contestDossier } from "../../src/advantage/dossier-acts.ts";
import type { DossierState } from "../../src/advantage/dossier-states.ts";
import { moveDossiers, openDossiers } from "../../src/advantage/move-dossiers.ts";
import type { MoveRun } from "../../src/advantage/move-run.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import type { TransactionSql } from "../../src/database/sql.ts";
import type { Actor } from "../../src/identity/registry-error.ts";
import type { OperatorChange } from "../../src/operator/operator-change.ts";
import { performAct } from "../../src/operator/perform-act.ts";
import { parseBookings } from "../../src/payments/booking.ts";
import { importPayments } from "../../src/payments/import-payments.ts";
import { makeRun } from "../../src/payments/make-run.ts";
import { orderRun } from "../../src/payments/order-run.ts";
import { rulesOf } from "../advantage/dossiers.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

export const YEAR = 2024;
export const TODAY = "2025-10-01";
export const ANNA: Actor = { account: "anna" };
export const BERT: Actor = { account: "bert" };
export const IBANS = ["BE68539007547034", "BE62510007547061"] as const;
const NUMBERS = ["0403019261", "0428759497"] as const;

/** Where the advantage goes: to a contract, or (absent) to the provider's own account. */
export interface Decision {
  readonly amountCents: number | null;
  readonly contract?: Contract;
}

export interface Contract {
  readonly insurerId: number;
  readonly contractId: string;
}

export interface PaymentScene extends Pick<TestDatabase, "database" | "owner"> {
  /** Alpha and Beta, with an account each. */
  readonly insurers: readonly [number, number];
  person(): Promise<string>;
  contract(personId: string, insurerId: number, paymentReference?: string): Promise<Contract>;
  /** Brings a dossier to `decided` from wherever evaluation may lead, or to recovery or supplement from `paid`. */
  decide(personId: string, decision: Decision): Promise<void>;
  move(personId: string, to: DossierState, decision?: Decision): Promise<void>;
  contest(personId: string): Promise<void>;
  state(personId: string): Promise<string | undefined>;
  act<Change extends OperatorChange>(work: (tx: TransactionSql) => Promise<Change>): Promise<Change>;
  /** Makes a run and orders it; answers its id. */
  pay(): Promise<string>;
  book(...rows: readonly string[]): ReturnType<typeof importPayments>;
  advices(): Promise<readonly AdviceRow[]>;
}

export interface AdviceRow {
  readonly insurerId: number;
  readonly runId: string;
  readonly reference: string;
  readonly iban: string;
  readonly lines: number;
  readonly cents: number;
  readonly carriedIn: number;
  readonly total: number;
  readonly carriedOut: number;
  readonly state: string;
}

const MOVES: MoveRun = {
  ...{ rules: rulesOf(YEAR), businessDate: TODAY, movedAt: "2025-10-01T10:00:00Z" },
  ...{ movedBy: "system", cause: "test" },
};
let roots = 200_000;

/** A database with two insurers that have accounts; dossiers of one premium year are brought into it by hand. */
export async function openPaymentScene(t: Test): Promise<PaymentScene> {
  const opened = await createTestDatabase(t);
  const rows = await opened.owner<{ insurerId: number }[]>`
    insert into insurer (enterprise_number, name, phase) values (${NUMBERS[0]}, 'Alpha', 'live'), (${NUMBERS[1]}, 'Beta', 'live')
    returning insurer_id as "insurerId"`;
  return await setPaymentScene(opened, [rows[0]!.insurerId, rows[1]!.insurerId]);
}

/** The same in a database that is there, for insurers that are. */
export async function setPaymentScene(
  opened: Pick<TestDatabase, "database" | "owner">,
  insurers: readonly [number, number],
): Promise<PaymentScene> {
  const { owner, database } = opened;
  const { institute } = database;
  for (const [index, insurerId] of insurers.entries())
    await owner`insert into insurer_iban (insurer_id, iban, state, proposed_at, proposed_by, decided_at, decided_by)
      values (${insurerId}, ${IBANS[index]!}, 'confirmed', now(), 'account:anna', now(), 'account:bert')`;

  const move: PaymentScene["move"] = (personId, to, decision) =>
    runTransaction(institute, (tx) => {
      const evaluated = decision && { evaluated: conclude(decision) };
      const contestUntil = to === "decided" ? { contestUntil: "2025-11-30" } : {};
      return moveDossiers(tx, MOVES, [{ personId, to, ...evaluated, ...contestUntil }]);
    });
  const state: PaymentScene["state"] = async (personId) =>
    (await owner`select state from dossier where person_id = ${personId} and premium_year = ${YEAR}`)[0]?.state;
  const act: PaymentScene["act"] = (work) =>
    performAct(institute, { actor: ANNA, method: "CLI", route: "test", status: 0 }, work);

  return {
    ...opened,
    ...{ insurers, move, state, act },
    async person() {
      const [row] = await owner<{ id: string }[]>`insert into person default values returning person_id as id`;
      return row!.id;
    },
    async contract(personId, insurerId, paymentReference) {
      roots += 1;
      const root = `${roots}${String(97 - (roots % 97)).padStart(2, "0")}`;
      const contractId = randomUUID();
      await owner`insert into person_number values (${root}, ${personId}, 'dentist')`;
      await owner`insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
        values (${insurerId}, ${contractId}, ${`C-${root}`}, ${root}, '2018-01-01')`;
      await owner`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number,
          contract_kind, solidarity, payment_reference, action, submission_id, record_number)
        values (${insurerId}, ${contractId}, 1, '2018-01-01', '2019-06-01T08:00:00Z', ${`${root}001`}, 'socialPlci', true,
          ${paymentReference ?? null}, 'new', ${randomUUID()}, 1)`;
      return { insurerId, contractId };
    },
    async decide(personId, decision) {
      const before = await state(personId);
      if (before === undefined) await runTransaction(institute, (tx) => openDossiers(tx, MOVES, [personId]));
      if (before === "paid") return await move(personId, kindOfChange(await amountOf(personId), decision), decision);
      await move(personId, "evaluated", decision);
      await move(personId, "decided");
    },
    contest: (personId) => runTransaction(institute, (tx) => contestDossier(tx, MOVES, { personId, on: TODAY })),
    async pay() {
      const { runId } = await act((tx) => makeRun(tx, ANNA, { premiumYear: YEAR, today: TODAY }));
      await act((tx) => orderRun(tx, ANNA, { runId, today: TODAY }));
      return runId;
    },
    book: (...lines) =>
      act((tx) => {
        const text = ["reference,line,outcome,amountCents,bookedOn,reason", ...lines, ""].join("\n");
        return importPayments(tx, ANNA, { rows: parseBookings(text), sha256: "", today: TODAY });
      }),
    advices: async () =>
      await owner<AdviceRow[]>`
        select insurer_id as "insurerId", run_id as "runId", reference, iban, line_count as lines, lines_cents as cents,
          carried_in_cents as "carriedIn", total_cents as total, carried_out_cents as "carriedOut", state
        from remittance_advice order by run_number, insurer_id`,
  };

  async function amountOf(personId: string): Promise<number> {
    const [row] = await owner<{ cents: number | null; contractId: string | null }[]>`
      select amount_cents as cents from dossier where person_id = ${personId} and premium_year = ${YEAR}`;
    return row?.cents ?? 0;
  }
}

function kindOfChange(before: number, { amountCents }: Decision): DossierState {
  return (amountCents ?? 0) > before ? "supplement" : "recovery";
}

function conclude({ amountCents, contract }: Decision) {
  const outcome = amountCents === null ? "none" : contract ? "socialAdvantage" : "conventionAdvantage";
  return {
    ...({ outcome, isAwaiting: false, profession: null, level: null, months: null, amountCents } as const),
    linkKind: contract ? ("automatic" as const) : null,
    linkedInsurerId: contract?.insurerId ?? null,
    linkedContractId: contract?.contractId ?? null,
    ...{ reasons: [], evaluationBlock: 1, evaluationPlace: 0 },
  };
}
