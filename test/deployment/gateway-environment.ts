import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Test } from "tap";
import type { Deployment } from "../../src/config.ts";
import { admitInsurer } from "../../src/identity/insurer-registry.ts";
import {
  createDevelopmentAuthority,
  generateSigningKeyPem,
  issueCertificate,
} from "../../src/identity/issue-certificate.ts";
import { setUpClient } from "../../src/operator/client-setup.ts";
import type { Setting } from "../../src/setting-reader.ts";
import { type GatewayProcess, startGateway } from "../crash/gateway-process.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ALPHA } from "../http/open-door.ts";
import type { Machine } from "../operator/client-machine.ts";

/** An environment as its operators set it up: a database, keys, certificates and an issuer of its own. */
export interface GatewayEnvironment extends TestDatabase {
  /** What the `infoss` command line is run with, and each gateway but for its address. */
  readonly settings: Readonly<Partial<Record<Setting, string>>>;
  /** Who issued the server's certificate, PEM. */
  readonly ca: string;
  /** Starts a gateway as a process of its own; answers its address. */
  start(): Promise<string>;
  /** Those that were started. */
  readonly gateways: readonly GatewayProcess[];
}

let made = 0;

/** Makes the files of an environment that trusts client certificates of `authorities` (PEM). */
export async function createGatewayEnvironment(
  t: Test,
  deployment: Deployment,
  authorities: readonly string[],
  more: Partial<Record<Setting, string>> = {},
): Promise<GatewayEnvironment> {
  const database = await createTestDatabase(t);
  made += 1;
  const folder = join(t.testdirName, `${deployment}-${made}`);
  mkdirSync(join(folder, "signing-keys"), { recursive: true });
  const write = (name: string, content: string) => {
    const file = join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const authority = await createDevelopmentAuthority({ commonName: `Servers of ${deployment}` });
  const server = await issueCertificate(authority, { commonName: "localhost", usage: "server" });
  write("signing-keys/2026-11-22.pem", await generateSigningKeyPem());
  const settings = {
    ENVIRONMENT: deployment,
    ROLES: "serve,worker",
    DATABASE_URL: database.url,
    DATA_DIRECTORY: join(folder, "data"),
    TLS_KEY_FILE: write("server-key.pem", server.privateKeyPem),
    TLS_CERTIFICATE_FILE: write("server.pem", server.certificatePem),
    CLIENT_CA_FILE: write("clients.pem", authorities.join("")),
    SIGNING_KEYS_DIRECTORY: join(folder, "signing-keys"),
    AUDIT_KEY_FILE: write("audit-key", `the audit key of ${deployment}, long enough for one`),
    ...more,
  };
  const gateways: GatewayProcess[] = [];
  return {
    ...database,
    gateways,
    settings,
    ca: authority.certificatePem,
    async start() {
      const port = await findFreePort();
      const PUBLIC_URL = `https://localhost:${port}`;
      // There is no plan of a crash.
      const gateway = startGateway({ ...settings, PORT: String(port), PUBLIC_URL }, join(folder, "no-plan"));
      t.teardown(() => stop(gateway));
      gateways.push(gateway);
      if (!(await gateway.ready)) throw new Error(`the gateway did not start: ${gateway.printed.join("\n")}`);
      return PUBLIC_URL;
    },
  };
}

/** Alpha, in its initial load, with these machines as clients of its own. */
export async function admitMachines({ database }: TestDatabase, machines: readonly Machine[]): Promise<void> {
  const actor = { account: "test" };
  await database.institute.begin(async (tx) => {
    await admitInsurer(tx, actor, { enterpriseNumber: ALPHA, name: "Alpha", phase: "loading" });
    for (const { clientId, certificate, jwksFile } of machines) {
      const { keys } = JSON.parse(readFileSync(jwksFile, "utf8"));
      const { certificatePem } = certificate;
      const setup = { clientId, name: clientId, kind: "insurer", keys, certificatePem } as const;
      await setUpClient(tx, actor, { ...setup, enterpriseNumber: ALPHA, grantFrom: "2020-01-01" });
    }
  });
}

async function stop(gateway: GatewayProcess): Promise<void> {
  gateway.signal("SIGKILL");
  await gateway.ended;
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
}
