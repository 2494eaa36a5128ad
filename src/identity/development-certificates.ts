import { randomBytes, X509Certificate } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ClientKind } from "./identity-tables.ts";
import { generateSshKeyPair } from "./ssh-key-pair.ts";

/** The clients of a fresh validation environment; no such companies exist. */
export const DEVELOPMENT_CLIENTS = [
  { clientId: "client-alpha", kind: "insurer", name: "Synthetic Insurer Alpha", enterpriseNumber: "0403019261" },
  { clientId: "client-beta", kind: "insurer", name: "Synthetic Insurer Beta", enterpriseNumber: "0428759497" },
  {
    clientId: "client-provider",
    kind: "serviceProvider",
    name: "Synthetic Service Provider",
    enterpriseNumber: "0471938850",
  },
  { clientId: "client-operator", kind: "operator", name: "Synthetic Operator" },
] as const satisfies readonly DevelopmentClientName[];

interface DevelopmentClientName {
  /** Also how its files are named. */
  readonly clientId: string;
  readonly kind: ClientKind;
  readonly name: string;
  readonly enterpriseNumber?: string;
}

const SIGNING_KEYS = "signing-keys";
/** Names sort: the next key would be 0002-key.pem. */
const SIGNING_KEY = `${SIGNING_KEYS}/0001-key.pem`;

const AUDIT_KEY = "audit-key";

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** SHA-256 of the certificate's DER form, 32 bytes. */
  readonly thumbprint: Buffer;
}

export interface DevelopmentClient extends CertificateFiles, DevelopmentClientName {
  /** EC P-256 key in PKCS#8 PEM that signs its assertions. */
  readonly assertionKeyFile: string;
  /** Key that opens its SFTP account, in the format of OpenSSH; its public part is beside it, with `.pub`. Operators have none. */
  readonly sshKeyFile?: string;
}

export interface DevelopmentCertificates {
  readonly folder: string;
  readonly authority: CertificateFiles;
  readonly server: CertificateFiles;
  readonly clients: readonly DevelopmentClient[];
  /** Folder of the EC P-256 keys in PKCS#8 PEM that sign receipts and tokens. */
  readonly signingKeysFolder: string;
  /** Secret that hashes persons' numbers in the audit trail. */
  readonly auditKeyFile: string;
}

/**
 * Makes the authority, server, client and signing keys of a development machine in `folder` (absolute) unless they are
 * there. The folder appears complete or not at all. Throws when it exists without one of its files.
 */
export async function ensureDevelopmentCertificates(folder: string): Promise<DevelopmentCertificates> {
  if (!(await exists(folder))) await createFolder(folder);
  return describeFolder(folder);
}

async function createFolder(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await mkdir(join(unfinished, SIGNING_KEYS));
    for (const [name, content] of await generateFiles()) {
      const secret = /key(\.pem)?$/.test(name);
      await writeFile(join(unfinished, name), content, { mode: secret ? 0o600 : 0o644, flush: true });
    }
    await chmod(unfinished, 0o755);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process finished first: its files are as good as ours.
    if (!(await exists(folder))) throw error;
  }
}

async function generateFiles(): Promise<Map<string, string>> {
  const { createDevelopmentAuthority, generateSigningKeyPem, issueCertificate } = await import(
    "./issue-certificate.ts"
  );
  const authority = await createDevelopmentAuthority();
  const server = await issueCertificate(authority, { commonName: "localhost", usage: "server" });
  const files = new Map([
    ["ca.pem", authority.certificatePem],
    ["ca-key.pem", authority.privateKeyPem],
    ["server.pem", server.certificatePem],
    ["server-key.pem", server.privateKeyPem],
    [SIGNING_KEY, await generateSigningKeyPem()],
    [AUDIT_KEY, randomBytes(32).toString("base64")],
  ]);
  for (const { clientId, name, kind, ...other } of DEVELOPMENT_CLIENTS) {
    const enterprise = "enterpriseNumber" in other ? { enterpriseNumber: other.enterpriseNumber } : {};
    const client = await issueCertificate(authority, { commonName: name, usage: "client", ...enterprise });
    files.set(`${clientId}.pem`, client.certificatePem).set(`${clientId}-key.pem`, client.privateKeyPem);
    files.set(assertionKey(clientId), await generateSigningKeyPem());
    if (kind === "operator") continue;
    const { privateKey, publicKey } = generateSshKeyPair(clientId);
    files.set(sshKey(clientId), privateKey).set(`${sshKey(clientId)}.pub`, `${publicKey}\n`);
  }
  return files;
}

async function describeFolder(folder: string): Promise<DevelopmentCertificates> {
  const clientKeys = DEVELOPMENT_CLIENTS.flatMap(({ clientId, kind }) => [
    assertionKey(clientId),
    ...(kind === "operator" ? [] : [sshKey(clientId), `${sshKey(clientId)}.pub`]),
  ]);
  for (const file of [SIGNING_KEY, AUDIT_KEY, ...clientKeys].map((name) => join(folder, name))) {
    if (!(await exists(file))) throw incomplete(folder, file);
  }
  return {
    folder,
    authority: await describePair(folder, "ca"),
    server: await describePair(folder, "server"),
    clients: await Promise.all(
      DEVELOPMENT_CLIENTS.map(async (client) => ({
        ...(await describePair(folder, client.clientId)),
        ...client,
        assertionKeyFile: join(folder, assertionKey(client.clientId)),
        ...(client.kind !== "operator" && { sshKeyFile: join(folder, sshKey(client.clientId)) }),
      })),
    ),
    signingKeysFolder: join(folder, SIGNING_KEYS),
    auditKeyFile: join(folder, AUDIT_KEY),
  };
}

function assertionKey(clientId: string): string {
  return `${clientId}-assertion-key.pem`;
}

function sshKey(clientId: string): string {
  return `${clientId}-ssh-key`;
}

async function describePair(folder: string, name: string): Promise<CertificateFiles> {
  const certificateFile = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}-key.pem`);
  for (const file of [certificateFile, keyFile]) if (!(await exists(file))) throw incomplete(folder, file);
  const certificate = new X509Certificate(await readFile(certificateFile));
  return { certificateFile, keyFile, thumbprint: Buffer.from(certificate.fingerprint256.replaceAll(":", ""), "hex") };
}

function incomplete(folder: string, file: string): Error {
  return new Error(`${file} is missing. Remove the folder ${folder} and start again: all its files are made anew.`);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
