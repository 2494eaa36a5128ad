import { readFile } from "node:fs/promises";
import type { JSONWebKeySet } from "jose";
import type { TransactionSql } from "../database/sql.ts";
import type { InsurerPhase } from "../identity/identity-kinds.ts";
import { admitInsurer, type InsurerName, setPhase } from "../identity/insurer-registry.ts";
import type { Actor, RegistryChange } from "../identity/registry-error.ts";
import { insertAdmission, listAdmissions } from "../readiness/readiness-admissions.ts";
import { StatementRefused, verifyStatement } from "../readiness/readiness-statement.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";
import { nameActor } from "./perform-act.ts";

/** How an insurer shows that it is ready for production, or why it need not. */
export interface ReadinessGrounds {
  /** Compact JWS, as validation signed it. */
  readonly statement?: string | undefined;
  readonly reason?: string | undefined;
}

export interface ReadinessRules {
  readonly environment: "validation" | "production";
  /** The key set that validation publishes, JSON; where there is none, no statement can be imported. */
  readonly keySetFile?: string | undefined;
}

/** Phases in which an insurer declares real contracts. */
const DECLARING: readonly InsurerPhase[] = ["loading", "live"];

/** Moves an insurer to another phase. Into the initial load of production goes whoever has shown readiness, once. */
export async function moveToPhase(
  tx: TransactionSql,
  actor: Actor,
  { phase, ...insurer }: InsurerName & ReadinessGrounds & { readonly phase: InsurerPhase },
  rules: ReadinessRules,
): Promise<OperatorChange[]> {
  const moved = await setPhase(tx, actor, { enterpriseNumber: insurer.enterpriseNumber, phase });
  return [...(await showReadiness(tx, actor, moved, { ...insurer, phase }, rules)), moved];
}

/** Lets an insurer in; the same holds for one that begins with the initial load. */
export async function admitWithReadiness(
  tx: TransactionSql,
  actor: Actor,
  {
    name,
    phase,
    ...insurer
  }: InsurerName & ReadinessGrounds & { readonly name: string; readonly phase?: InsurerPhase },
  rules: ReadinessRules,
): Promise<OperatorChange[]> {
  const { enterpriseNumber } = insurer;
  const admitted = await admitInsurer(tx, actor, { enterpriseNumber, name, ...(phase && { phase }) });
  return [admitted, ...(await showReadiness(tx, actor, admitted, { ...insurer, phase: phase ?? "access" }, rules))];
}

async function showReadiness(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, details }: RegistryChange,
  { phase, statement, reason }: ReadinessGrounds & { readonly phase: InsurerPhase },
  rules: ReadinessRules,
): Promise<OperatorChange[]> {
  const isAsked = rules.environment === "production" && DECLARING.includes(phase);
  const isGiven = statement !== undefined || reason !== undefined;
  if (isGiven && !isAsked) {
    throw new OperatorError(
      "readinessNotAsked",
      "A statement of readiness, or a reason instead, is taken where production lets an insurer into its initial load.",
    );
  }
  if (!isAsked) return [];
  const enterpriseNumber = String(details.enterpriseNumber);
  const admission = { insurerId: insurerId!, admittedBy: nameActor(actor) };
  if (statement !== undefined && reason !== undefined) {
    throw new OperatorError("readinessNotAsked", "Give a statement of readiness or a reason, not both.");
  }
  if (statement !== undefined) {
    const { statementId, issuedAt, expiresAt } = await checkStatement(statement, enterpriseNumber, rules);
    await insertAdmission(tx, { ...admission, statement: { jws: statement.trim(), statementId } });
    const told = { enterpriseNumber, statementId, issuedAt, expiresAt };
    return [{ act: "readinessImported", actor, insurerId: insurerId!, details: told }];
  }
  if (reason !== undefined) {
    if (!/^(?=.*\S)[^\p{Cc}]{1,500}$/u.test(reason)) {
      throw new OperatorError("invalidReason", "A reason is one line of 1 to 500 characters.");
    }
    await insertAdmission(tx, { ...admission, reason });
    return [{ act: "readinessWaived", actor, insurerId: insurerId!, details: { enterpriseNumber, reason } }];
  }
  if ((await listAdmissions(tx, enterpriseNumber)).length > 0) return [];
  throw new OperatorError(
    "readinessMissing",
    `Insurer ${enterpriseNumber} has not shown that it is ready: give its statement of readiness from validation, or a reason why it may load without one.`,
  );
}

async function checkStatement(statement: string, enterpriseNumber: string, { keySetFile }: ReadinessRules) {
  const keySet = await readKeySet(keySetFile);
  try {
    return await verifyStatement(statement, { keySet, enterpriseNumber, now: new Date() });
  } catch (error) {
    if (error instanceof StatementRefused) throw new OperatorError("readinessRefused", error.message);
    throw error;
  }
}

/** Read at each import: a file that was replaced counts at once. */
async function readKeySet(file: string | undefined): Promise<JSONWebKeySet> {
  if (file === undefined) {
    const sentence = "READINESS_KEY_SET_FILE is not set: production does not know the keys of validation.";
    throw new OperatorError("readinessRefused", sentence);
  }
  try {
    const { keys } = JSON.parse(await readFile(file, "utf8"));
    if (Array.isArray(keys)) return { keys };
  } catch {
    // Told below, as what else is no key set.
  }
  throw new OperatorError("readinessRefused", "READINESS_KEY_SET_FILE holds no key set (JSON with keys).");
}
