import { randomUUID } from "node:crypto";
import { CompactSign, compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from "jose";
import { type KeyRing, SIGNING_ALGORITHM } from "../identity/signing-keys.ts";
import { READINESS_ITEMS } from "./readiness-items.ts";

const STATEMENT_TYPE = "infoss-readiness+jws";
/** Days for which a statement is good. */
export const STATEMENT_DAYS = 30;
const DAY_MS = 86_400_000;
/** Clocks of two environments may differ by so much. */
const CLOCK_TOLERANCE_MS = 300_000;
const MAXIMUM_LENGTH = 16_384;

/** What validation says of an insurer that has done everything. */
export interface ReadinessStatement {
  readonly statementId: string;
  readonly environment: string;
  readonly enterpriseNumber: string;
  /** All that were asked for, each fulfilled. */
  readonly items: readonly string[];
  readonly issuedAt: string;
  readonly expiresAt: string;
}

export type SignStatement = (enterpriseNumber: string) => Promise<string>;

/** Signs with the key that signs receipts now; compact JWS. */
export function createStatementSigner(keyRing: KeyRing, environment: string): SignStatement {
  return async (enterpriseNumber) => {
    const now = Date.now();
    const statement: ReadinessStatement = {
      statementId: randomUUID(),
      environment,
      enterpriseNumber,
      items: READINESS_ITEMS,
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + STATEMENT_DAYS * DAY_MS).toISOString(),
    };
    const { kid, privateKey } = keyRing.current();
    return await new CompactSign(new TextEncoder().encode(JSON.stringify(statement)))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: STATEMENT_TYPE })
      .sign(privateKey);
  };
}

/** The statement cannot be taken; the message is a sentence for the operator. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
}

/** Checks a statement about the insurer of that number with the published keys of validation. Throws StatementRefused. */
export async function verifyStatement(
  jws: string,
  { keySet, enterpriseNumber, now }: { keySet: JSONWebKeySet; enterpriseNumber: string; now: Date },
): Promise<ReadinessStatement> {
  const statement = await readSigned(jws.trim(), keySet);
  if (statement.environment !== "validation") {
    throw new StatementRefused("The statement is of another environment: only validation states readiness.");
  }
  if (statement.enterpriseNumber !== enterpriseNumber) {
    throw new StatementRefused("The statement is about an insurer of another enterprise number.");
  }
  if (Date.parse(statement.expiresAt) <= now.getTime()) {
    throw new StatementRefused(`The statement expired on ${statement.expiresAt.slice(0, 10)}: ask for a new one.`);
  }
  if (Date.parse(statement.issuedAt) > now.getTime() + CLOCK_TOLERANCE_MS) {
    throw new StatementRefused("The statement was issued at a time to come: compare the clocks of both environments.");
  }
  const missing = READINESS_ITEMS.filter((item) => !statement.items.includes(item));
  if (missing.length > 0) throw new StatementRefused(`The statement does not say that ${missing.join(", ")} was done.`);
  return statement;
}

async function readSigned(jws: string, keySet: JSONWebKeySet): Promise<ReadinessStatement> {
  if (jws.length > MAXIMUM_LENGTH) throw new StatementRefused("The statement is too long to be one.");
  try {
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keySet), {
      algorithms: [SIGNING_ALGORITHM],
    });
    if (protectedHeader.typ !== STATEMENT_TYPE)
      throw new StatementRefused("What is signed is no statement of readiness.");
    return parseStatement(JSON.parse(new TextDecoder().decode(payload)));
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw new StatementRefused("The statement was changed after it was signed, or is signed by another key.");
    }
    if (error instanceof errors.JWKSNoMatchingKey) {
      throw new StatementRefused("The statement is signed by a key that is not in the key set of validation.");
    }
    if (error instanceof errors.JOSEError)
      throw new StatementRefused("The statement cannot be read: it is no signed one.");
    throw error;
  }
}

function parseStatement(value: Readonly<Record<keyof ReadinessStatement, unknown>>): ReadinessStatement {
  const { statementId, environment, enterpriseNumber, items, issuedAt, expiresAt } = value;
  const isInstant = (text: unknown): text is string => typeof text === "string" && !Number.isNaN(Date.parse(text));
  const isWhole =
    typeof statementId === "string" &&
    typeof environment === "string" &&
    typeof enterpriseNumber === "string" &&
    Array.isArray(items) &&
    isInstant(issuedAt) &&
    isInstant(expiresAt);
  if (!isWhole) throw new StatementRefused("The statement lacks something: it is none of this version.");
  return { statementId, environment, enterpriseNumber, items: items.map(String), issuedAt, expiresAt };
}
