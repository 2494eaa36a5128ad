import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";

export interface SshKey {
  /** As `-i` of a client takes it. */
  readonly file: string;
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly publicKey: string;
}

/** Makes an Ed25519 key and puts it into the folder. */
export function makeSshKey(folder: string, name: string): SshKey {
  const pair = ssh2.utils.generateKeyPairSync("ed25519");
  const file = join(folder, name);
  const publicKey = pair.public.trim().split(" ").slice(0, 2).join(" ");
  writeFileSync(file, pair.private, { mode: 0o600 });
  writeFileSync(`${file}.pub`, `${publicKey}\n`);
  return { file, privateKey: pair.private, publicKey };
}
