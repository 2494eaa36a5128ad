import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import t from "tap";
import { startGateway } from "./crash/gateway-process.ts";
import { createTestDatabase } from "./database.ts";
import { contractFile } from "./http/open-door.ts";

const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [getToken = "", sendFile = "", readAnswers = "", ...others] = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(
  ([, lines = ""]) => lines,
);

t.test("the README gets a token with curl and openssl in three commands, and calls with it", async (t) => {
  t.same(others, []);
  const { url } = await createTestDatabase(t);
  const folder = t.testdir({ generated: {} });
  const DATA_DIRECTORY = join(folder, ".local");
  mkdirSync(join(DATA_DIRECTORY, "generated"), { recursive: true });
  // A number with wrong check digits: rejected whatever the register says.
  const file = contractFile({ reference: "README-1", inamiNumbers: ["12345600001"] });
  writeFileSync(join(DATA_DIRECTORY, "generated", "contracts.xml"), file);
  const gateway = startGateway({ DATABASE_URL: url, DATA_DIRECTORY, ROLES: "serve,worker" }, join(folder, "no-plan"));
  t.teardown(async () => {
    gateway.signal("SIGTERM");
    await gateway.ended;
  });
  t.ok(await gateway.ready, gateway.printed.join("\n"));
  const port = new URL(gateway.address()!).port;
  const run = async (...blocks: string[]) => {
    const lines = blocks.join("").replaceAll("localhost:8443", `localhost:${port}`);
    return await promisify(execFile)("bash", ["-c", `set -e -o pipefail\n${lines}`], { cwd: folder });
  };

  const commands = getToken
    .trim()
    .replaceAll(/(\\|\|)\n/g, "$1")
    .split("\n");
  t.match(commands, [/^CLAIMS=\$?/, /^SIGNATURE=\$\(/, /^TOKEN=\$\(curl /]);
  t.equal(commands.length, 3);
  const { stdout: token } = await run(getToken, 'printf %s "$TOKEN"');
  t.match(token, /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);

  const TOKEN = `TOKEN='${token}'\n`;
  const sent = await run(TOKEN, sendFile);
  t.equal(sent.stderr, "");
  const { submissionId, state } = JSON.parse(sent.stdout);
  t.equal(state, "received");

  const [call = "", api = ""] = sendFile.split("\n");
  const setUp = `${call}\n${api}\n`;
  const follow = `call "$api/submissions/${submissionId}"`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if ((await run(TOKEN, setUp, follow)).stdout.includes('"endedAt"')) break;
    await sleep(100);
  }
  const { stdout } = await run(TOKEN, setUp, readAnswers.replaceAll("SUBMISSION_ID", submissionId));
  t.match(stdout, /"reference":"README-1"[\s\S]*inamiNumberInvalid[\s\S]*submissionId,[\s\S]*<!-- inamiNumberInvalid/);
});
