import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { createTestDatabase } from "../database.ts";
import { composeFile } from "../flows/compose-file.ts";
import { TODAY } from "../flows/test-register.ts";
import { createXsdCheck } from "../formats/report/xsd.ts";
import { ALPHA } from "../http/open-door.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { startTestApp } from "../start-app.ts";

t.test("an insurer tests its connection through both doors of a gateway as it starts", async (t) => {
  const { url, owner } = await createTestDatabase(t);
  const folder = t.testdir();
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder };
  const app = await startTestApp(t, { ...settings, ROLES: "serve,sftp" });
  const at = (name: string) => join(folder, "certificates", name);
  const profile = join(folder, "profile.json");
  const files = {
    key: at("client-alpha-assertion-key.pem"),
    certificate: at("client-alpha.pem"),
    certificateKey: at("client-alpha-key.pem"),
    ca: at("ca.pem"),
  };
  writeFileSync(profile, JSON.stringify({ rest: app.url, client: "client-alpha", ...files }));
  const infoss = (...args: string[]) => runInfossProcess({}, [...args, "--profile", profile]);

  await t.test("over REST: what was seen, and by which clock", async (t) => {
    const { status, stdout, stderr } = await infoss("connection", "test");
    t.equal(status, 0, stderr);
    t.match(stdout, /^client: client-alpha$/m);
    t.match(stdout, /^tls\.version: TLSv1\.3$/m);
    t.match(stdout, /^sourceAddress: (127\.0\.0\.1|::1)$/m);
    t.match(stdout, /^body\.digests: sha-256$/m);
    t.match(stdout, /^clock\.byDateHeader: -?\d+$/m);
    t.match(stdout, /^clock\.byAssertion: -?\d+$/m, "the assertion that got the token");
    t.match(stdout, /^token\.scopes: scope:\S+ scope:/m);
    t.match(stderr, "Nothing blocks.");
    const json = JSON.parse((await infoss("connection", "test", "--json", "--language", "de")).stdout);
    t.match(json, { passed: true, seen: { certificate: { chain: [{ subject: String }] } } });
  });

  const { host, port, fingerprint } = app.sftp!;
  await t.test("over SFTP: the receipt of a file with the letter T tells of the SSH session", async (t) => {
    const file = join(folder, "circuit.xml");
    writeFileSync(file, composeFile({ sender: ALPHA, reference: "T-1", environment: "T" }));
    const address = ["--sftp", `sftp://client-alpha@${host}:${port}`, "--host-key", fingerprint];
    const key = ["--key", at("client-alpha-ssh-key")];
    const { status, stdout, stderr } = await runInfossProcess({}, ["send", file, ...address, ...key]);
    t.equal(status, 0, stderr);
    createXsdCheck("receipt/1/receipt.xsd").validate(stdout);
    t.match(stdout, /<state>tested<\/state>[\s\S]*<connection><connectionTestId>[\s\S]*<passed>true<\/passed>/);
    const seen = new Map([...stdout.matchAll(/<seen name="(\w+)">([^<]*)</g)].map(([, name, value]) => [name, value]));
    t.match(Object.fromEntries(seen), {
      accountName: "client-alpha",
      hostKey: fingerprint,
      sourceAddress: "127.0.0.1",
      clientVersion: /^SSH-2\.0-/,
      keyExchange: /^curve25519-sha256/,
      hostKeyAlgorithm: "ssh-ed25519",
      cipher: /^aes/,
      keyAlgorithm: "ssh-ed25519",
      keyFingerprint: /^SHA256:/,
    });
    const [registered] = await owner<{ fingerprint: string }[]>`
      select fingerprint from client_ssh_key where client_id = 'client-alpha'`;
    t.equal(seen.get("keyFingerprint"), registered!.fingerprint, "the key that operators know");
  });

  await t.test("both are kept, and listed", async (t) => {
    const { stdout, stderr } = await infoss("connection", "list", "--json");
    t.match(
      JSON.parse(stdout).map(({ channel, passed }: { channel: string; passed: boolean }) => [channel, passed]),
      [
        ["sftp", true],
        ["rest", true],
        ["rest", true],
      ],
      stderr,
    );
  });

  await t.test("what blocks ends the command with 3", async (t) => {
    await owner`update client_grant set valid_to = ${TODAY} where client_id = 'client-alpha'`;
    await owner`update client_grant set valid_to = '2020-01-01', valid_from = '2019-01-01' where client_id = 'client-alpha'`;
    const ask = async () => await infoss("connection", "test");
    // What a process remembers of a client is ten seconds old at most.
    let result = await ask();
    while (result.status === 0) result = await ask();
    t.match(result, { status: 3, stdout: /^BLOCKS insurerNotGranted: The client may act for no insurer today/m });
  });
});
