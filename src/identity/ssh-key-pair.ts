import ssh2 from "ssh2";

export interface SshKeyPair {
  /** In the format of OpenSSH, without passphrase. */
  readonly privateKey: string;
  /** `ssh-ed25519 …` and the comment. */
  readonly publicKey: string;
}

const PROBE = Buffer.from("probe");

/** Makes an Ed25519 key pair. ssh2 makes about one in two hundred that does not work: it is tried, and made anew. */
export function generateSshKeyPair(comment: string): SshKeyPair {
  for (;;) {
    const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    if (fits(privateKey, publicKey)) return { privateKey, publicKey };
  }
}

function fits(privateKey: string, publicKey: string): boolean {
  const [key, lock] = [privateKey, publicKey].map((text) => ssh2.utils.parseKey(text));
  if (!key || !lock || key instanceof Error || lock instanceof Error) return false;
  try {
    return lock.verify(PROBE, key.sign(PROBE)) === true && key.getPublicSSH().equals(lock.getPublicSSH());
  } catch {
    return false;
  }
}
