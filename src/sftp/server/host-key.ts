import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import ssh2 from "ssh2";
import { generateSshKeyPair } from "../../identity/ssh-key-pair.ts";

export interface HostKey {
  /** In the format of OpenSSH. */
  readonly privateKey: string;
  /** `SHA256:…`, what clients pin. */
  readonly fingerprint: string;
  /** `ssh-ed25519 …`, for a file of known hosts. */
  readonly publicKey: string;
}

/** Reads the host key, or makes one on the first start; of several processes that start at once, one makes it. */
export async function readOrMakeHostKey(file: string): Promise<HostKey> {
  const existing = await readFile(file, "utf8").catch(ignoreMissing);
  if (existing !== undefined) return describeKey(existing, file);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomUUID()}`;
  const { privateKey } = generateSshKeyPair("infoss-gateway embedded SFTP server");
  await writeFile(unfinished, privateKey, { mode: 0o600, flush: true });
  try {
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(unfinished);
  }
  return describeKey(await readFile(file, "utf8"), file);
}

function describeKey(privateKey: string, file: string): HostKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey() || key.type !== "ssh-ed25519") {
    throw new Error(`${file} holds no Ed25519 private key: remove it, and the next start makes one.`);
  }
  const blob = key.getPublicSSH();
  return {
    privateKey,
    fingerprint: fingerprintOf(blob),
    publicKey: `ssh-ed25519 ${blob.toString("base64")}`,
  };
}

/** `SHA256:…` of a public key as it goes over the wire, as `ssh-keygen -l` prints it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
