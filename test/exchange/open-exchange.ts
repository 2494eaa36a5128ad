import type { Test } from "tap";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { openAccount } from "../../src/exchange/account-registry.ts";
import { listOpenAccounts, type SftpAccount } from "../../src/exchange/accounts.ts";
import type { Exchange } from "../../src/exchange/exchange.ts";
import { serveAccount } from "../../src/exchange/serve-account.ts";
import { createClient, grant } from "../../src/identity/client-registry.ts";
import { registerSigningCertificate } from "../../src/identity/credential-registry.ts";
import type { Insurer } from "../flows/open-intake.ts";
import { openIntake } from "../flows/open-intake.ts";
import { loadTestRegister } from "../flows/test-register.ts";
import { createMemoryFolders, type MemoryFolders } from "./memory-folders.ts";

const ACTOR = { account: "test" };
/** Hashes as the audit trail does. */
export const PERSONS = createPersonHasher(Buffer.alloc(32, 7));

export interface AccountOptions {
  readonly signatureRequired?: boolean;
  /** PEM. */
  readonly signingCertificate?: string;
  /** Instead of a new one. */
  readonly insurer?: Insurer;
  /** More insurers that it may act for. */
  readonly others?: readonly Insurer[];
}

/** The file protocol on a database of its own; what is in the folders is in memory. */
export async function openExchange(t: Test, settings: Partial<Exchange> = {}) {
  const flow = await openIntake(t);
  await loadTestRegister(t, flow.database);
  const exchange: Exchange = {
    intake: flow.intake,
    persons: PERSONS,
    goTimeoutMs: 3_600_000,
    settleMs: 60_000,
    sameSecondMs: 0,
    answerRetentionMs: 86_400_000,
    attempts: 3,
    ...settings,
  };
  let opened = 0;

  /** An insurer with an account of its own; further insurers make it a service provider's. */
  async function open(options: AccountOptions = {}) {
    opened += 1;
    const accountName = `account-${opened}`;
    const insurer = options.insurer ?? (await flow.admit());
    const insurers = [insurer, ...(options.others ?? [])];
    await flow.database.institute.begin(async (tx) => {
      await createClient(tx, ACTOR, { clientId: accountName, name: accountName, kind: "serviceProvider" });
      for (const { enterpriseNumber } of insurers) {
        await grant(tx, ACTOR, { clientId: accountName, enterpriseNumber, validFrom: "2020-01-01" });
      }
      const signatureRequired = options.signatureRequired ?? false;
      if (options.signingCertificate) {
        await registerSigningCertificate(tx, ACTOR, { clientId: accountName, pem: options.signingCertificate });
      }
      await openAccount(tx, ACTOR, { clientId: accountName, accountName, signatureRequired, language: "en" });
    });
    const memory = createMemoryFolders();
    return {
      ...memory,
      insurer,
      accountName,
      name: nameFor(insurer),
      serve: (changed: Partial<Exchange> = {}) => serve(accountName, memory, changed),
    };
  }

  async function getAccount(accountName: string): Promise<SftpAccount> {
    const [account] = await listOpenAccounts(exchange.intake, accountName);
    if (!account) throw new Error("the account is not open");
    return account;
  }

  async function serve(
    accountName: string,
    { folders }: Pick<MemoryFolders, "folders">,
    changed: Partial<Exchange> = {},
  ) {
    return await serveAccount(
      { ...exchange, ...changed },
      await getAccount(accountName),
      folders,
      new AbortController().signal,
    );
  }

  return { ...flow, exchange, open, getAccount, serve };
}

export type OpenAccount = Awaited<ReturnType<Awaited<ReturnType<typeof openExchange>>["open"]>>;

function nameFor({ enterpriseNumber }: Insurer) {
  /** `DICO.…`: what follows the prefix. */
  return (sequence = 1, letter = "S", code = "DICO") =>
    [code, enterpriseNumber, "20261122", String(sequence).padStart(5, "0"), letter].join(".");
}
