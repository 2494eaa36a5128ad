import ssh2 from "ssh2";
import t from "tap";
import { generateSshKeyPair } from "../../src/identity/ssh-key-pair.ts";

t.test("every key pair works: what the private key signs, the public key verifies", async (t) => {
  // The library alone makes about one in two hundred that does not.
  let sound = 0;
  for (let count = 0; count < 1_000; count += 1) {
    const { privateKey, publicKey } = generateSshKeyPair("someone");
    const [key, lock] = [privateKey, publicKey].map((text) => ssh2.utils.parseKey(text));
    if (!key || !lock || key instanceof Error || lock instanceof Error) continue;
    if (lock.verify(Buffer.from("a"), key.sign(Buffer.from("a"))) === true) sound += 1;
  }
  t.equal(sound, 1_000);
  t.match(generateSshKeyPair("someone").publicKey, /^ssh-ed25519 \S+ someone$/);
});
