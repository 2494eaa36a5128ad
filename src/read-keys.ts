import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Config, TlsFiles } from "./config.ts";
import type { Database } from "./database/connection.ts";
import { openDevelopmentAccounts } from "./exchange/development-accounts.ts";
import { type DevelopmentCertificates, ensureDevelopmentCertificates } from "./identity/development-certificates.ts";
import { seedDevelopmentClients } from "./identity/development-clients.ts";
import { isRegisterEmpty, loadRegister } from "./register/load-register.ts";

/** Left out of the container image: there the operator loads a register. */
const FIXTURE_REGISTER = fileURLToPath(new URL("../fixtures/initial-load/register.csv", import.meta.url));

export interface Keys {
  readonly tlsFiles: TlsFiles;
  readonly signingKeysFolder: string;
  readonly auditKey: Buffer;
  /** Signs certificate requests, in validation; absent: nobody's. */
  readonly admissionAuthority?: { readonly certificateFile: string; readonly keyFile: string };
}

/** Keys from files, or those of a development machine, which come with all it takes to try the gateway. */
export async function readKeys(config: Config, database: Database): Promise<Keys> {
  const isDevelopment = !config.tls || !config.signingKeysFolder || !config.auditKeyFile;
  const made = isDevelopment ? await ensureDevelopmentCertificates(config.certificatesFolder) : undefined;
  if (made && !config.tls) await seedDevelopment(database, made);
  return {
    tlsFiles: config.tls ?? {
      keyFile: made!.server.keyFile,
      certificateFile: made!.server.certificateFile,
      clientCaFile: made!.authority.certificateFile,
    },
    signingKeysFolder: config.signingKeysFolder ?? made!.signingKeysFolder,
    ...admissionAuthority(config, made),
    auditKey: await readFile(config.auditKeyFile ?? made!.auditKeyFile),
  };
}

/** The development authority's, where the certificates that it signs are taken. */
function admissionAuthority({ spaces, tls }: Config, made: DevelopmentCertificates | undefined) {
  const authority = spaces.authority ?? (tls ? undefined : made?.authority);
  return authority && { admissionAuthority: authority };
}

/** The synthetic insurers with their clients and, while the register is empty, the synthetic one of the checkout's fixtures. */
async function seedDevelopment(database: Database, made: DevelopmentCertificates): Promise<void> {
  await seedDevelopmentClients(database.institute, made);
  await openDevelopmentAccounts(database.institute, made);
  if (existsSync(FIXTURE_REGISTER) && (await isRegisterEmpty(database.institute))) {
    await loadRegister(database, FIXTURE_REGISTER);
  }
}
