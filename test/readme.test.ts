import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { startGateway } from "./crash/gateway-process.ts";
import { createTestDatabase } from "./database.ts";
import { contractFile } from "./http/open-door.ts";
import { skipWithout } from "./sftp/installed.ts";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));
const text = readFileSync(join(PROJECT, "README.md"), "utf8");
const [getToken = "", sendFile = "", readAnswers = "", dropFile = "", ...others] = [
  ...text.matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, lines = ""]) => lines);

/** A gateway on a database of its own, with `folder`/.local as its data directory. */
async function startIn(t: Test, folder: string, roles: string) {
  const { url } = await createTestDatabase(t);
  const DATA_DIRECTORY = join(folder, ".local");
  const gateway = startGateway({ DATABASE_URL: url, DATA_DIRECTORY, ROLES: roles }, join(folder, "no-plan"));
  t.teardown(async () => {
    gateway.signal("SIGTERM");
    await gateway.ended;
  });
  t.ok(await gateway.ready, gateway.printed.join("\n"));
  return gateway;
}

t.test("the README gets a token with curl and openssl in three commands, and calls with it", async (t) => {
  t.same(others, []);
  const folder = t.testdir({ generated: {} });
  mkdirSync(join(folder, ".local", "generated"), { recursive: true });
  // A number with wrong check digits: rejected whatever the register says.
  const file = contractFile({ reference: "README-1", inamiNumbers: ["12345600001"] });
  writeFileSync(join(folder, ".local", "generated", "contracts.xml"), file);
  const gateway = await startIn(t, folder, "serve,worker");
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
  for (let attempt = 0; attempt < 1_200; attempt += 1) {
    if ((await run(TOKEN, setUp, follow)).stdout.includes('"endedAt"')) break;
    await sleep(100);
  }
  const { stdout } = await run(TOKEN, setUp, readAnswers);
  t.match(stdout, /"reference":"README-1"[\s\S]*inamiNumberInvalid[\s\S]*submissionId,[\s\S]*<!-- inamiNumberInvalid/);
});

t.test(
  "the README drops a file with OpenSSH's sftp and fetches its answers",
  { skip: skipWithout("sftp") },
  async (t) => {
    // `npm run` wants the project where it is called.
    const folder = t.testdir({});
    for (const name of ["package.json", "src", "node_modules"]) symlinkSync(join(PROJECT, name), join(folder, name));
    const gateway = await startIn(t, folder, "serve,worker,sftp");
    const env = { ...process.env, npm_config_loglevel: "error" };
    const run = async (lines: string) =>
      await promisify(execFile)("bash", ["-c", `set -e -o pipefail\n${lines}`], { cwd: folder, env });

    const [drop = "", fetch = "", ...rest] = dropFile
      .replaceAll("-P 2222", `-P ${gateway.sftpPort()}`)
      .split("sleep 5; ");
    t.same(rest, []);
    t.notSame(fetch, "");
    t.equal((await run(drop)).stderr, "");
    const setUp = /^drop\(\) .*\n/m.exec(drop)?.[0] ?? "";
    const local = () => readdirSync(join(folder, ".local", "beta")).filter((name) => name.startsWith("FO."));
    // Where five seconds are not enough, somebody who tries it fetches once more.
    for (let attempt = 0; attempt < 1_200 && local().length < 2; attempt += 1) {
      await sleep(100);
      await run(setUp + fetch).catch((error: Error) => t.match(error.message, /not found/));
    }
    const names = local().sort();
    t.match(names, [/^FO\.ACRF\.0428759497\.\d{8}\.00001\.S$/, /^FO\.NOTI\.0428759497\.\d{8}\.0000\d\.S$/]);
    const [receipt = "", report = ""] = names.map((name) => readFileSync(join(folder, ".local", "beta", name), "utf8"));
    t.match(receipt, /<fileName>FI\.DICO\.0428759497\.20261122\.00001\.S<[\s\S]*<state>received</);
    t.match(report, /<fileName>FI\.DICO\.0428759497\.20261122\.00001\.S<[\s\S]*<state>processed</);
  },
);
