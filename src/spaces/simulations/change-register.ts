import { stringify } from "csv-stringify/sync";
import { syncPersons } from "../../advantage/sync-persons.ts";
import type { TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "../../operator/operator-change.ts";
import { nameActor } from "../../operator/perform-act.ts";
import { loadProviders } from "../../register/load-register.ts";
import { listChangesWithoutPersons, markPersonsMade } from "../../register/register-changes.ts";
import { RegisterFileError } from "../../register/register-file-error.ts";
import { REGISTER_COLUMNS } from "../../register/register-rows.ts";
import { isNumberOf } from "../space-days.ts";
import { followDay } from "./follow-day.ts";
import { lockSpace, type SimulatedSpace } from "./simulated-space.ts";

/** What the register says from now on of a holder's number. */
export const REGISTER_CHANGES = ["expired", "deceased", "replaced", "restored"] as const;
export type SimulatedRegisterChange = (typeof REGISTER_CHANGES)[number];

export interface RegisterOrder {
  readonly insurerId: number;
  readonly realDay: string;
  /** 8 or 11 digits, of the space's group. */
  readonly inamiNumber: string;
  readonly change: SimulatedRegisterChange;
  /** Last day of validity, or of life; absent: the day of the space. */
  readonly on?: string | undefined;
  /** The number that takes its place: 8 or 11 digits, of the same group. */
  readonly replacedBy?: string | undefined;
}

export interface ChangedRegister extends OperatorChange {
  readonly today: string;
  /** False where the register said so already. */
  readonly isChanged: boolean;
}

interface ProviderRow {
  readonly inamiNumber: string;
  readonly ssin: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly replacedBy: string | null;
  readonly deceasedOn: string | null;
}

/**
 * Changes what the register says of a number of the space, as loading a file of it does: contracts are checked again, and
 * dossiers follow. Throws OperatorError for a number that is not the space's alone.
 */
export async function changeRegister(tx: TransactionSql, actor: Actor, order: RegisterOrder): Promise<ChangedRegister> {
  const { insurerId, change } = order;
  const space = await lockSpace(tx, insurerId, order.realDay);
  const provider = await getProvider(tx, space, order.inamiNumber);
  const row = { ...provider, ...(await describeChange(tx, space, order)) };
  const text = stringify([row], { header: true, columns: [...REGISTER_COLUMNS] });
  const effect = await loadProviders(tx, inOnePiece(text)).catch(refuse);
  const changes = await listChangesWithoutPersons(tx);
  await syncPersons(tx);
  await markPersonsMade(tx, changes);
  await followDay(tx, space, nameActor(actor));
  const isChanged = effect.changed > 0;
  const details = { change, today: space.today, changed: effect.changed };
  return { act: "registerSimulated", actor, insurerId, details, today: space.today, isChanged };
}

async function describeChange(
  tx: TransactionSql,
  space: SimulatedSpace,
  { change, on = space.today, inamiNumber, replacedBy }: RegisterOrder,
): Promise<Partial<ProviderRow>> {
  switch (change) {
    case "expired":
      return { validTo: on };
    case "deceased":
      return { validTo: on, deceasedOn: on };
    case "restored":
      return { validTo: null, deceasedOn: null, replacedBy: null };
    case "replaced": {
      if (replacedBy === undefined || replacedBy.slice(0, 8) === inamiNumber.slice(0, 8))
        throw new OperatorError("successorMissing", "Name another number of your space in replacedBy.");
      return { replacedBy: (await getProvider(tx, space, replacedBy)).inamiNumber };
    }
  }
}

/** What the register has was good: it is the order that makes it wrong. */
function refuse(error: unknown): never {
  if (!(error instanceof RegisterFileError)) throw error;
  throw error.troubles.some(({ column }) => column === "validTo")
    ? new OperatorError("invalidDay", "The number is valid from a later day on.")
    : new OperatorError(
        "successorMissing",
        "That number was itself replaced by this one: name another number of your space.",
      );
}

async function getProvider(tx: TransactionSql, space: SimulatedSpace, inamiNumber: string): Promise<ProviderRow> {
  const root = inamiNumber.slice(0, 8);
  const [row] = isNumberOf(space, root)
    ? await tx<ProviderRow[]>`
        select p.inami_number as "inamiNumber", p.ssin, p.valid_from as "validFrom", p.valid_to as "validTo",
          s.inami_number as "replacedBy", p.deceased_on as "deceasedOn"
        from provider p left join provider s on s.inami_root = p.replaced_by_root where p.inami_root = ${root}`
    : [];
  if (row) return row;
  const sentence =
    "Only numbers of your own space that the register knows can be changed: see the table of synthetic numbers.";
  throw new OperatorError("providerNotOfSpace", sentence);
}

async function* inOnePiece(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
