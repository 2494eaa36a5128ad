import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { createTestDatabase } from "../database.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { startTestApp } from "../start-app.ts";

t.test("an integrator admits itself and begins anew by the command line alone", async (t) => {
  const { url, owner } = await createTestDatabase(t);
  const data = t.testdir({ integrator: {}, foreign: { "infoss.json": "{}" } });
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: data };
  const app = await startTestApp(t, { ...settings, ROLES: "serve,sftp" });
  const folder = join(data, "integrator", "space");
  const at = (name: string) => join(folder, name);
  const ca = join(data, "certificates", "ca.pem");
  const request = (...more: string[]) =>
    runInfossProcess({}, ["admission", "request", "--rest", app.url!, "--name", "My system", "--ca", ca, ...more]);
  const infoss = (...args: string[]) => runInfossProcess({}, [...args, "--profile", at("infoss.json")]);

  await t.test("it asks once, and can connect by either door", async (t) => {
    const { status, stdout, stderr } = await request("--folder", folder, "--json");
    t.equal(status, 0, stderr);
    const admission = JSON.parse(stdout);
    t.match(admission, { clientId: /^space-/, space: { contractCount: 200, phase: "live", name: "My system" } });
    t.same(readdirSync(folder).sort(), [
      "ca.pem",
      "client-key.pem",
      "client.pem",
      "id_ed25519",
      "id_ed25519.pub",
      "infoss.json",
    ]);
    t.equal(statSync(at("client-key.pem")).mode & 0o077, 0, "its keys are its own");
    t.notMatch(readFileSync(at("infoss.json"), "utf8"), "PRIVATE");
    const tested = await infoss("connection", "test");
    t.equal(tested.status, 0, tested.stderr);
    const [, send = ""] = /infoss (send FILE --sftp .*)\n/.exec(stderr) ?? [];
    t.match(send, /--sftp sftp:\/\/space-\S+@\S+:\d+ --key \S+ --host-key SHA256:/);
  });

  await t.test("it looks at its space, and gets another", async (t) => {
    const { status, stdout, stderr } = await infoss("space");
    t.equal(status, 0, stderr);
    t.match(stdout, /^enterpriseNumber: 099\d{7}$[\s\S]*^contractCount: 200$/m);
    const before = JSON.parse((await infoss("space", "--json")).stdout);
    const reset = await infoss("space", "reset", "--phase", "loading", "--json");
    t.equal(reset.status, 0, reset.stderr);
    const after = JSON.parse(reset.stdout);
    t.match(after, { phase: "loading", clientId: before.clientId, contractCount: 200 });
    t.not(after.enterpriseNumber, before.enterpriseNumber);
  });

  await t.test("asking again with what lies there renews", async (t) => {
    const key = readFileSync(at("client-key.pem"), "utf8");
    rmSync(at("infoss.json"));
    const { status, stdout, stderr } = await request("--folder", folder);
    t.equal(status, 0, stderr);
    t.match(stdout, /^phase: loading$/m, "the same space");
    t.equal(readFileSync(at("client-key.pem"), "utf8"), key);
    const [row] = await owner`select count(*) as count from space_account`;
    t.match(row, { count: 1 });
    t.equal((await infoss("space")).status, 0, "with the profile written again");
  });

  await t.test("what cannot be done is said", async (t) => {
    const foreign = await request("--folder", join(data, "foreign"));
    t.match(foreign, { status: 1, stderr: /is a profile with other keys: name another --folder/ });
    t.match(await runInfossProcess({}, ["admission", "request", "--rest", app.url!]), { status: 2, stderr: /--name/ });
    t.match(await runInfossProcess({}, ["space", "reset", "--phase", "access"]), { status: 2 });
    const sites = ["admission", "request", "--rest", app.url!, "--name", "X", "--folder", join(data, "x")];
    t.match(await runInfossProcess({}, sites), { status: 1, stderr: /not of an authority known here: give --ca/ });
    writeFileSync(join(data, "x", "client-key.pem"), "no key");
    t.match(await request("--folder", join(data, "x")), { status: 1, stderr: /is no EC P-256 key/ });
    t.match(await runInfossProcess({}, ["space", "--help"]), {
      status: 0,
      stdout: /Examples:[\s\S]*infoss space reset/,
    });
  });

  await t.test("operators see and end it by command", async (t) => {
    const list = await runInfossProcess(settings, ["spaces", "list", "--json"]);
    t.equal(list.status, 0, list.stderr);
    const [only] = JSON.parse(list.stdout);
    t.match(only, { name: "My system", phase: "loading" });
    t.match((await runInfossProcess(settings, ["spaces", "list"])).stdout, /^enterpriseNumber +name +clientId/);
    const end = ["spaces", "end", only.enterpriseNumber];
    t.match(await runInfossProcess(settings, end), { status: 2, stderr: /--environment validation/ });
    const ended = await runInfossProcess(settings, [...end, "--environment", "validation", "--as", "desk"]);
    t.match(ended, { status: 0, stdout: /^spaceEnded: client space-/ });
    t.match(await runInfossProcess(settings, [...end, "--environment", "validation"]), {
      status: 1,
      stderr: /No space/,
    });
    const acts = await owner`select from operator_act where document like '%"spaceEnded"%' and document like '%desk%'`;
    t.equal(acts.length, 1);
    let answer = await infoss("space");
    // What a process remembers of a client is ten seconds old at most.
    while (answer.status === 0) answer = await infoss("space");
    t.match(answer, { status: 1, stderr: /403/ });
  });
});
