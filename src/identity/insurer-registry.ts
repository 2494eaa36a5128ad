import type { TransactionSql } from "../database/sql.ts";
import { parseEnterpriseNumber } from "../identifiers/enterprise-number.ts";
import { INSURER_PHASES, type InsurerPhase } from "./identity-kinds.ts";
import { type Actor, type RegistryChange, RegistryError } from "./registry-error.ts";

// What operators do to insurers. Each function runs in the caller's transaction, as the institute's role, so that the
// audit row of the act is committed with it; each throws RegistryError and then has changed nothing.

/** An insurer as operators name it: by enterprise number, written in whatever way. */
export interface InsurerName {
  readonly enterpriseNumber: string;
}

/** Lets an insurer in; `access` is where the agreement begins (exchange.md section 7). */
export async function admitInsurer(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber, name, phase = "access" }: InsurerName & { name: string; phase?: InsurerPhase },
): Promise<RegistryChange & { readonly insurerId: number }> {
  const number = readEnterpriseNumber(enterpriseNumber);
  const [row] = await tx<{ insurerId: number }[]>`
    insert into insurer (enterprise_number, name, phase) values (${number}, ${checkName(name)}, ${checkPhase(phase)})
    on conflict (enterprise_number) do nothing returning insurer_id as "insurerId"`;
  if (!row) throw new RegistryError("insurerExists", `An insurer ${number} was admitted before.`);
  return {
    act: "insurerAdmitted",
    actor,
    insurerId: row.insurerId,
    details: { enterpriseNumber: number, name, phase },
  };
}

/** Moves an insurer to another phase; operators may choose any, the end of the initial load chooses `live` by itself. */
export async function setPhase(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber, phase }: InsurerName & { phase: InsurerPhase },
): Promise<RegistryChange> {
  checkPhase(phase);
  const insurer = await lockInsurerByNumber(tx, enterpriseNumber);
  if (insurer.phase === phase) {
    throw new RegistryError("phaseNotAllowed", `Insurer ${insurer.enterpriseNumber} is in the phase ${phase} already.`);
  }
  // Deltas run only after the end of the initial load; a live insurer without one would wait for ever.
  if (phase === "live" && insurer.initialLoadCompletedAt === null) {
    throw new RegistryError(
      "phaseNotAllowed",
      `Insurer ${insurer.enterpriseNumber} has not ended its initial load: it becomes live when that ends.`,
    );
  }
  await tx`update insurer set phase = ${phase} where insurer_id = ${insurer.insurerId}`;
  return {
    act: "phaseSet",
    actor,
    insurerId: insurer.insurerId,
    details: { enterpriseNumber: insurer.enterpriseNumber, before: insurer.phase, phase },
  };
}

/**
 * Ends the initial load in the insurer's place: it becomes live, files of the load that still wait are refused, and the
 * workers let the deltas run that were held for it.
 */
export async function completeLoad(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber }: InsurerName,
): Promise<RegistryChange> {
  const insurer = await lockInsurerByNumber(tx, enterpriseNumber);
  if (insurer.phase !== "loading" || insurer.initialLoadCompletedAt !== null) {
    const sentence = `Insurer ${insurer.enterpriseNumber} is in the phase ${insurer.phase}: only a load that runs can be ended.`;
    throw new RegistryError("phaseNotAllowed", sentence);
  }
  await tx`
    update insurer set phase = 'live', initial_load_completed_at = clock_timestamp() where insurer_id = ${insurer.insurerId}`;
  return {
    act: "initialLoadCompleted",
    actor,
    insurerId: insurer.insurerId,
    details: { enterpriseNumber: insurer.enterpriseNumber },
  };
}

export interface Contact {
  readonly email: string;
  readonly name: string;
  readonly language: "fr" | "nl" | "de";
}

/** Adds a contact of an insurer, or replaces the one with the same address. */
export async function putContact(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber, email, name, language }: InsurerName & Contact,
): Promise<RegistryChange> {
  const { insurerId } = await lockInsurerByNumber(tx, enterpriseNumber);
  if (!/^[^\s@<>"',;]{1,64}@[^\s@<>"',;]{1,185}$/.test(email)) {
    throw new RegistryError("invalidContact", "The contact's e-mail address is not one.");
  }
  if (!["fr", "nl", "de"].includes(language)) {
    throw new RegistryError("invalidContact", "The contact's language must be fr, nl or de.");
  }
  await tx`
    insert into insurer_contact (insurer_id, email, name, language)
    values (${insurerId}, ${email.toLowerCase()}, ${checkName(name)}, ${language})
    on conflict (insurer_id, email) do update set name = excluded.name, language = excluded.language`;
  return { act: "contactPut", actor, insurerId, details: { language } };
}

export async function removeContact(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber, email }: InsurerName & Pick<Contact, "email">,
): Promise<RegistryChange> {
  const { insurerId } = await lockInsurerByNumber(tx, enterpriseNumber);
  const { count } = await tx`
    delete from insurer_contact where insurer_id = ${insurerId} and email = ${email.toLowerCase()}`;
  if (count === 0) throw new RegistryError("contactNotFound", "The insurer has no contact with that address.");
  return { act: "contactRemoved", actor, insurerId, details: {} };
}

export interface LockedInsurer {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly phase: InsurerPhase;
  readonly initialLoadCompletedAt: Date | null;
}

/** The insurer, kept from changing until the transaction ends. */
export async function lockInsurerByNumber(tx: TransactionSql, enterpriseNumber: string): Promise<LockedInsurer> {
  const number = readEnterpriseNumber(enterpriseNumber);
  const [row] = await tx<LockedInsurer[]>`
    select insurer_id as "insurerId", enterprise_number as "enterpriseNumber", phase,
      initial_load_completed_at as "initialLoadCompletedAt"
    from insurer where enterprise_number = ${number} for no key update`;
  if (!row) throw new RegistryError("insurerNotFound", `No insurer ${number} was admitted.`);
  return row;
}

export function checkName(name: string): string {
  if (/^[^\p{Cc}]{1,200}$/u.test(name) && name.trim() === name) return name;
  throw new RegistryError("invalidName", "A name has 1 to 200 characters, without spaces around it or line breaks.");
}

function readEnterpriseNumber(text: string): string {
  const number = parseEnterpriseNumber(text);
  if (number !== undefined) return number;
  throw new RegistryError("invalidEnterpriseNumber", "An enterprise number has ten digits, the last two check digits.");
}

function checkPhase(phase: InsurerPhase): InsurerPhase {
  if (INSURER_PHASES.includes(phase)) return phase;
  throw new RegistryError("phaseNotAllowed", `A phase is one of ${INSURER_PHASES.join(", ")}.`);
}
