import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateSshKeyPair } from "../../src/identity/ssh-key-pair.ts";

export interface SshKey {
  /** As `-i` of a client takes it. */
  readonly file: string;
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly publicKey: string;
  /** The same as it goes over the wire. */
  readonly blob: Buffer;
}

/** Makes an Ed25519 key and puts it into the folder. */
export function makeSshKey(folder: string, name: string): SshKey {
  const pair = generateSshKeyPair(name);
  const file = join(folder, name);
  const publicKey = pair.publicKey.trim().split(" ").slice(0, 2).join(" ");
  writeFileSync(file, pair.privateKey, { mode: 0o600 });
  writeFileSync(`${file}.pub`, `${publicKey}\n`);
  return { file, privateKey: pair.privateKey, publicKey, blob: Buffer.from(publicKey.split(" ")[1]!, "base64") };
}
