import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { createTestDatabase } from "../database.ts";
import { TEST_SETTINGS } from "../test-settings.ts";
import { findTlsWeaknesses } from "./find-tls-weaknesses.ts";

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

const isInstalled = await run("sslscan", ["--version"]).then(
  () => true,
  () => false,
);
/** Where .ci/run runs, a scanner that is missing is a failure. */
const skip = isInstalled || process.env.CI ? false : "sslscan is not installed (Debian package: sslscan)";

async function scan(port: number): Promise<string> {
  const { stdout } = await run("sslscan", ["--no-colour", "--show-sigs", "--xml=-", `127.0.0.1:${port}`]);
  return stdout;
}

t.test("the gateway as it starts offers nothing weak", { skip }, async (t) => {
  const xml = await scan(await startGateway(t));
  t.same(findTlsWeaknesses(xml), []);
  t.match(xml, /status="preferred" sslversion="TLSv1.3"/);
});

t.test("a scan of a listener that is weak tells what is weak", { skip }, async (t) => {
  const authority = await createDevelopmentAuthority();
  const certificate = await issueCertificate(authority, { commonName: "localhost", usage: "server" });
  const server = createServer({
    key: certificate.privateKeyPem,
    cert: certificate.certificatePem,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.2",
    ciphers: "ALL:@SECLEVEL=0",
    ecdhCurve: "P-521:P-256",
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const found = findTlsWeaknesses(await scan((server.address() as AddressInfo).port));
  for (const weakness of [
    "tls1.0 is offered",
    "tls1.1 is offered",
    "tls1.3 is not offered",
    "no suite of TLS 1.3 was found",
    "the suite ECDHE-ECDSA-AES128-SHA is offered",
    "the suite ECDHE-ECDSA-AES256-CCM is offered",
    "the suite ECDHE-ECDSA-AES128-SHA takes the curve P-521",
    "renegotiation is offered",
  ]) {
    t.ok(found.includes(weakness), weakness);
  }
});

t.test("a scan that found nothing is no clean scan", async (t) => {
  t.same(findTlsWeaknesses(""), ["nothing was scanned"]);
  t.same(findTlsWeaknesses("<document><ssltest/></document>"), ["nothing was scanned"]);
  const silent = '<document><ssltest><protocol type="tls" version="1.3" enabled="1"/></ssltest></document>';
  t.same(findTlsWeaknesses(silent), [
    "tls1.2 is not offered",
    "no suite of TLS 1.2 was found",
    "no suite of TLS 1.3 was found",
    "no group was found",
  ]);
});

/** `node src/main.ts start` as an operator starts it; answers its port. */
async function startGateway(t: Test): Promise<number> {
  const { url } = await createTestDatabase(t);
  const env = { ...process.env, ...TEST_SETTINGS, ROLES: "serve", DATABASE_URL: url, DATA_DIRECTORY: t.testdir() };
  const gateway = spawn(process.execPath, [MAIN, "start"], { env, stdio: ["ignore", "pipe", "ignore"] });
  t.teardown(async () => {
    const ended = once(gateway, "exit");
    gateway.kill("SIGTERM");
    await ended;
  });
  for await (const line of createInterface(gateway.stdout)) {
    const port = /https:\/\/localhost:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error("the gateway did not start");
}
