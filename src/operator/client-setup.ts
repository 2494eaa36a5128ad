import { createPublicKey } from "node:crypto";
import type { JWK } from "jose";
import type { TransactionSql } from "../database/sql.ts";
import { type ClientName, createClient, grant } from "../identity/client-registry.ts";
import { registerCertificate, registerKey } from "../identity/credential-registry.ts";
import type { ClientKind } from "../identity/identity-kinds.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";

const MAXIMUM_KEYS = 10;

/** The keys of a text that holds a JWK set, a single JWK, or a public key in PEM. Throws OperatorError. */
export function parseKeySet(text: string): JWK[] {
  const value = text.trimStart().startsWith("-----BEGIN ") ? readPem(text) : readJson(text);
  const keys: unknown = isObject(value) && "keys" in value ? value.keys : [value];
  if (Array.isArray(keys) && keys.length > 0 && keys.length <= MAXIMUM_KEYS && keys.every(isJwk)) return keys;
  throw new OperatorError("invalidKeySet", 'A JWK set has the form {"keys": [{"kty": …}]}, with at least one key.');
}

function readPem(text: string): unknown {
  if (text.includes("PRIVATE KEY-----")) {
    throw new OperatorError("invalidKeySet", "This is a private key: keep it, and register its public part.");
  }
  try {
    return createPublicKey(text).export({ format: "jwk" });
  } catch {
    throw new OperatorError("invalidKeySet", "This PEM holds no public key.");
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OperatorError(
      "invalidKeySet",
      "Keys are given as a JWK set in JSON or as a public key in PEM; this is neither.",
    );
  }
}

/** Registers every key of a set, in its order. */
export async function registerKeys(
  tx: TransactionSql,
  actor: Actor,
  { clientId, keys, expiresAt }: ClientName & { keys: readonly JWK[]; expiresAt?: Date },
): Promise<OperatorChange[]> {
  const changes: OperatorChange[] = [];
  for (const jwk of keys)
    changes.push(await registerKey(tx, actor, { clientId, jwk, ...(expiresAt && { expiresAt }) }));
  return changes;
}

export interface ClientSetup extends ClientName {
  readonly name: string;
  readonly kind: ClientKind;
  readonly scopes?: readonly string[];
  readonly keys?: readonly JWK[];
  readonly certificatePem?: string;
  /** Enterprise number of the insurer it acts for from `grantFrom` (`yyyy-mm-dd`) on. */
  readonly enterpriseNumber?: string;
  readonly grantFrom: string;
}

/** Makes a client with all it needs to call. */
export async function setUpClient(tx: TransactionSql, actor: Actor, setup: ClientSetup): Promise<OperatorChange[]> {
  const { clientId, name, kind, scopes, keys = [], certificatePem, enterpriseNumber, grantFrom } = setup;
  const changes: OperatorChange[] = [
    await createClient(tx, actor, { clientId, name, kind, ...(scopes && { scopes }) }),
  ];
  changes.push(...(await registerKeys(tx, actor, { clientId, keys })));
  if (certificatePem !== undefined)
    changes.push(await registerCertificate(tx, actor, { clientId, pem: certificatePem }));
  if (enterpriseNumber !== undefined) {
    changes.push(await grant(tx, actor, { clientId, enterpriseNumber, validFrom: grantFrom }));
  }
  return changes;
}

/**
 * Throws OperatorError for a client of operators: these get what they may do and what proves them on the command line
 * only, so that a stolen token cannot make itself last.
 */
export async function refuseOperatorClient(tx: TransactionSql, clientId: string): Promise<void> {
  const [row] = await tx<{ kind: ClientKind }[]>`select kind from client where client_id = ${clientId}`;
  if (row?.kind !== "operator") return;
  throw new OperatorError(
    "operatorOnCommandLine",
    "Clients of operators are made and changed on the command line only.",
  );
}

function isJwk(value: unknown): value is JWK {
  return isObject(value) && "kty" in value && typeof value.kty === "string";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
