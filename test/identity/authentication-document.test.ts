import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { ASSERTION_LIFETIME_SECONDS, TOKEN_LIFETIME_SECONDS } from "../../src/identity/token-endpoint.ts";
import { openSetting, useToken } from "./authorization-listener.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/exchange/authentication.md");
const text = readFileSync(DOCUMENT, "utf8");

t.test("the shell lines of authentication.md get a token with curl and openssl", async (t) => {
  const setting = await openSetting(t);
  const { alpha, listener } = setting;
  const folder = t.testdir({
    "ca.pem": setting.authority.certificatePem,
    "client-alpha.pem": alpha.certificate.certificatePem,
    "client-alpha-key.pem": alpha.certificate.privateKeyPem,
    "client-alpha-assertion-key.pem": alpha.key.export({ type: "pkcs8", format: "pem" }),
  });
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines);
  t.equal(blocks.length, 5);
  writeFileSync(join(folder, "all.sh"), `set -e -o pipefail\n${blocks.join("\n")}\n`);
  const env = { ...process.env, GATEWAY: listener.url, CERTIFICATES: folder };
  for (const _ of ["once", "and again, with another assertion"]) {
    const { stderr } = await promisify(execFile)("bash", ["all.sh"], { cwd: folder, env });
    t.equal(stderr, "");
    const { access_token: token } = JSON.parse(readFileSync(join(folder, "token.json"), "utf8"));
    t.equal((await useToken(setting, token, alpha.certificate)).status, 200);
  }
});

t.test("the times in authentication.md are those of the code", async (t) => {
  t.match(text, `"expires_in":${TOKEN_LIFETIME_SECONDS}`);
  t.match(text, `at most ${ASSERTION_LIFETIME_SECONDS} seconds ahead`);
});
