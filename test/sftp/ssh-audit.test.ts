import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import ssh2 from "ssh2";
import t from "tap";
import { generateSshKeyPair } from "../../src/identity/ssh-key-pair.ts";
import { startEmbeddedServer } from "./drop-server.ts";
import { findSshWeaknesses } from "./find-ssh-weaknesses.ts";
import { skipWithout } from "./installed.ts";
import { startSshd } from "./sshd.ts";

const run = promisify(execFile);

/** Its exit status tells of complaints too, among them those about names that are no algorithms. */
async function audit(port: number, ...options: readonly string[]): Promise<string> {
  const { stdout } = await run("ssh-audit", [...options, "-p", String(port), "127.0.0.1"]).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

async function findWeaknesses(port: number): Promise<string[]> {
  return findSshWeaknesses(await audit(port, "-j"), await audit(port, "-n", "-l", "warn"));
}

t.test("the embedded server offers nothing weak", { skip: skipWithout("ssh-audit") }, async (t) => {
  t.same(await findWeaknesses((await startEmbeddedServer(t)).port), []);
});

t.test(
  "OpenSSH as shipped offers nothing weak",
  { skip: skipWithout("ssh-audit", "sshd", "nss_wrapper") },
  async (t) => {
    t.same(await findWeaknesses((await startSshd(t)).port), []);
  },
);

t.test("a scan of a server that is weak tells what is weak", { skip: skipWithout("ssh-audit") }, async (t) => {
  const weak = new ssh2.Server(
    {
      hostKeys: [generateSshKeyPair("weak").privateKey],
      algorithms: {
        kex: ["ecdh-sha2-nistp256", "diffie-hellman-group14-sha1"],
        cipher: ["aes128-cbc"],
        hmac: ["hmac-sha1"],
        compress: ["zlib"],
      },
    },
    (client) => client.on("error", () => {}),
  );
  weak.listen(0, "127.0.0.1");
  await once(weak, "listening");
  t.teardown(() => weak.close());
  const found = await findWeaknesses((weak.address() as AddressInfo).port);
  for (const weakness of [
    "the kex ecdh-sha2-nistp256 is offered",
    "the kex diffie-hellman-group14-sha1 is offered",
    "the enc aes128-cbc is offered",
    "the mac hmac-sha1 is offered",
    "the compression zlib is offered",
  ]) {
    t.ok(found.includes(weakness), weakness);
  }
  t.ok(
    found.some((weakness) => /^kex diffie-hellman-group14-sha1: /.test(weakness)),
    "and the scanner's own words",
  );
});

t.test("a scan that found nothing is no clean scan", async (t) => {
  t.same(findSshWeaknesses("", ""), ["nothing was scanned"]);
  t.same(findSshWeaknesses("{}", ""), ["nothing was scanned"]);
  t.same(findSshWeaknesses('{"kex":[],"key":[],"enc":[],"mac":[]}', ""), [
    "another version of SSH than 2 is spoken",
    "the key exchange is not strict",
    "no kex was found",
    "no key was found",
    "no enc was found",
    "no mac was found",
    "no compression was found",
  ]);
});
