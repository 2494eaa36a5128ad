import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "../../src/database/connection.ts";
import { openAccount } from "../../src/exchange/account-registry.ts";
import { enterpriseCheckDigits } from "../../src/identifiers/enterprise-number.ts";
import { createClient, grant } from "../../src/identity/client-registry.ts";
import { admitInsurer } from "../../src/identity/insurer-registry.ts";
import type { Actor } from "../../src/identity/registry-error.ts";
import { BenchError } from "../bench-error.ts";

/** Whose files the embedded server of a gateway keeps under `folder`. */
export interface DropAccount {
  readonly accountName: string;
  readonly enterpriseNumber: string;
  readonly folder: string;
}

const ACTOR: Actor = { account: "bench" };
const POLL_MS = 20;
const PATIENCE_MS = 60_000;

const foldersOf = (dataDirectory: string, accountName: string) => join(dataDirectory, "sftp", "accounts", accountName);

/** The account of the first development insurer. */
export function developmentAccount(dataDirectory: string): DropAccount {
  const accountName = "client-alpha";
  return makeFolders({ accountName, enterpriseNumber: "0403019261", folder: foldersOf(dataDirectory, accountName) });
}

/** Admits so many insurers, each with a client and its account. */
export async function openDropAccounts(url: string, dataDirectory: string, count: number): Promise<DropAccount[]> {
  const accounts = Array.from({ length: count }, (_, index): DropAccount => {
    const body = String(4_100_000 + index).padStart(8, "0");
    const accountName = `bench-${index}`;
    const enterpriseNumber = `${body}${enterpriseCheckDigits(body)}`;
    return makeFolders({ accountName, enterpriseNumber, folder: foldersOf(dataDirectory, accountName) });
  });
  const database = createDatabase(url);
  try {
    await database.institute.begin(async (tx) => {
      for (const { accountName, enterpriseNumber } of accounts) {
        const clientId = accountName;
        await admitInsurer(tx, ACTOR, { enterpriseNumber, name: accountName, phase: "loading" });
        await createClient(tx, ACTOR, { clientId, name: accountName, kind: "insurer" });
        await grant(tx, ACTOR, { clientId, enterpriseNumber, validFrom: "2020-01-01" });
        await openAccount(tx, ACTOR, { clientId, accountName, signatureRequired: false, language: "fr" });
      }
    });
  } finally {
    await database.close();
  }
  return accounts;
}

function makeFolders(account: DropAccount): DropAccount {
  for (const name of ["IN", "OUT"]) mkdirSync(join(account.folder, name), { recursive: true, mode: 0o700 });
  return account;
}

/** Puts the file into IN, without its GO. */
export function putFile({ folder, enterpriseNumber }: DropAccount, content: Buffer | string): string {
  const rest = `DICO.${enterpriseNumber}.20261122.00001.S`;
  writeFileSync(join(folder, "unfinished"), content);
  renameSync(join(folder, "unfinished"), join(folder, "IN", `FI.${rest}`));
  return rest;
}

/** Puts GO beside it; answers when, in milliseconds since 1970. */
export function putGo({ folder }: DropAccount, rest: string): number {
  writeFileSync(join(folder, "IN", `GO.${rest}`), "");
  return Date.now();
}

/** Waits for the answer of that code; answers since when its GO has been in OUT, in milliseconds since 1970. */
export async function awaitAnswer(
  { folder }: Pick<DropAccount, "folder">,
  code: "ACRF" | "NOTI",
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const out = join(folder, "OUT");
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(POLL_MS)) {
    const name = readdirSync(out).find((one) => one.startsWith(`GO.${code}.`));
    if (name) return statSync(join(out, name)).mtimeMs;
  }
  throw new BenchError(`${folder} got no FO.${code} within ${patienceMs / 1000} s.`);
}

/** The answer itself. */
export function readAnswer({ folder }: DropAccount, code: "ACRF" | "NOTI"): string {
  const out = join(folder, "OUT");
  const name = readdirSync(out).find((one) => one.startsWith(`FO.${code}.`));
  return name ? readFileSync(join(out, name), "utf8") : "";
}
