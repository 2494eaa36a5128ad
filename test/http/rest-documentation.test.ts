import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { clientIdOf } from "./admit-with-client.ts";
import { ALPHA, contractFile, KNOWN_INAMI_NUMBER, openDoor, processSubmissions } from "./open-door.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/exchange/rest.md");

t.test("the shell lines of rest.md work in their order and say what they are there for", async (t) => {
  const door = await openDoor(t);
  await processSubmissions(t, door);
  const folder = t.testdir({
    "ca.pem": door.authority.certificatePem,
    "client-alpha.pem": door.alphaCertificate.certificatePem,
    "client-alpha-key.pem": door.alphaCertificate.privateKeyPem,
    "load.xml": contractFile({ inamiNumbers: [KNOWN_INAMI_NUMBER, "12345600001"] }),
  });
  const blocks = [...readFileSync(DOCUMENT, "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines);
  t.ok(blocks.length > 5);
  writeFileSync(join(folder, "all.sh"), `set -e -o pipefail\n${blocks.join("\n")}`);
  // How to get one is in authentication.md, whose lines have a test of their own.
  const TOKEN = await door.mint(door.alphaCertificate, clientIdOf(ALPHA));
  const env = { ...process.env, GATEWAY: `https://localhost:${door.tls.port}`, CERTIFICATES: folder, TOKEN };
  const { stdout, stderr } = await promisify(execFile)("bash", ["all.sh"], { cwd: folder, env });
  t.equal(stderr, "");
  t.match(
    stdout,
    /"status":"UP"[\s\S]*"durable":true[\s\S]*"rejected":1[\s\S]*tooLateToCancel[\s\S]*"number":133[\s\S]*unknownInput/,
  );
  t.match(readFileSync(join(folder, "report.csv"), "utf8"), /^submissionId,[\s\S]*inamiNumberInvalid/);
  t.match(readFileSync(join(folder, "corrections.xml"), "utf8"), /<!-- inamiNumberInvalid/);
});
