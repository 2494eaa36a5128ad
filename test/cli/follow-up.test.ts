import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import t from "tap";
import { profilePath, writeDevelopmentProfiles } from "../../src/identity/development-profiles.ts";
import { createTestDatabase } from "../database.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { loadTestRegister } from "../flows/test-register.ts";
import { ALPHA } from "../http/open-door.ts";
import { COMPILED, INFOSS, runInfossProcess } from "../operator/run-infoss.ts";
import { startTestApp } from "../start-app.ts";

t.test("an insurer follows what was sent by the command line, with a profile", async (t) => {
  const { url, database } = await createTestDatabase(t);
  await loadTestRegister(t, database);
  const folder = t.testdir();
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder };
  const app = await startTestApp(t, { ...settings, ROLES: "serve,worker" });
  const certificates = join(folder, "certificates");
  await writeDevelopmentProfiles(certificates, app.url!);
  const alpha = profilePath(certificates, "client-alpha");
  const run = (...args: string[]) => runInfossProcess({}, [...args, "--profile", alpha]);

  const contracts = join(folder, "contracts.xml");
  const records = [composeRecord("A"), composeRecord("B", { inamiNumber: "1" })];
  writeFileSync(contracts, composeFile({ sender: ALPHA, reference: "FOLLOWED", records }));
  const sent = await run("send", contracts, "--rest");
  t.equal(sent.status, 3, sent.stderr);
  const submissionId = /<submissionId>(.*?)</.exec(sent.stdout)![1]!;

  await t.test("status: a table, JSON, one in full", async (t) => {
    t.match(
      (await run("status")).stdout,
      new RegExp(`^submissionId .*\n${submissionId} +FOLLOWED +initialLoad +rest +processed `),
    );
    t.match(JSON.parse((await run("status", "--json")).stdout), [{ submissionId, reference: "FOLLOWED" }]);
    t.match(JSON.parse((await run("status", submissionId)).stdout), { submissionId, counts: { rejected: 1 } });
    const unknown = await run("status", "00000000-0000-7000-8000-000000000000");
    t.match(unknown, { status: 1, stdout: "", stderr: /The gateway answered 404: / });
  });

  await t.test("report: in each form, in the language asked for", async (t) => {
    t.match(JSON.parse((await run("report", submissionId)).stdout), { submissionId, counts: { received: 2 } });
    t.match((await run("report", submissionId, "--format", "xml")).stdout, /^<\?xml[\s\S]*<rejected>1<\/rejected>/);
    t.match(
      (await run("report", submissionId, "--format", "csv", "--language", "nl")).stdout,
      /^submissionId,.*\r\n.*inamiNumberInvalid/,
    );
  });

  await t.test("changes: the feed from a position on, and what comes while it is followed", async (t) => {
    const parse = (line: string) => JSON.parse(line) as { position: number; kind: string; reference?: string };
    const [first, ...others] = (await run("changes")).stdout.trim().split("\n").map(parse);
    t.match(first, { position: 1, kind: "submissionProcessed", submissionId });
    const last = others.at(-1) ?? first!;
    const later = (await run("changes", "--after", String(last.position))).stdout.trim().split("\n").filter(Boolean);
    t.ok(later.map(parse).every(({ position }) => position > last.position));
    t.match(await run("changes", "--after", "x"), { status: 2, stderr: /--after is a position/ });

    const args = ["changes", "--after", "1", "--follow", "--profile", alpha];
    const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED };
    const following = spawn(process.execPath, [INFOSS, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    const said = text(following.stderr);
    const lines = createInterface(following.stdout)[Symbol.asyncIterator]();
    writeFileSync(contracts, composeFile({ sender: ALPHA, reference: "LATER" }));
    t.equal((await run("send", contracts, "--rest")).status, 0);
    const told = async () => parse((await lines.next()).value ?? "null");
    let event = await told();
    while (event?.reference !== "LATER") event = await told();
    t.match(event, { kind: "submissionProcessed" });
    following.kill("SIGINT");
    await once(following, "close");
    t.equal(following.exitCode, 0, await said);
  });

  await t.test(
    "receipt verify: offline, with the key set; what was changed, or is about other bytes, is refused",
    async (t) => {
      const at = (name: string) => join(folder, name);
      const keySet = await fetchKeySet(app.url!, readFileSync(join(certificates, "ca.pem")));
      writeFileSync(at("jwks.json"), keySet);
      t.match(JSON.parse(keySet), { keys: [{ kty: "EC" }] });
      const receipt = /<receipt[\s\S]*<\/receipt>/.exec(sent.stdout)![0];
      writeFileSync(at("receipt.xml"), receipt);
      const verify = (...more: string[]) =>
        runInfossProcess({}, ["receipt", "verify", ...more, "--jwks", at("jwks.json")]);
      const good = await verify(at("receipt.xml"));
      t.equal(good.status, 0, good.stderr);
      t.match(JSON.parse(good.stdout), { submissionId, sender: ALPHA, state: "received" });
      t.match(await verify(at("receipt.xml"), "--file", contracts), {
        status: 1,
        stdout: "",
        stderr: /genuine, but not about/,
      });
      writeFileSync(contracts, composeFile({ sender: ALPHA, reference: "FOLLOWED", records }));
      t.match(await verify(at("receipt.xml"), "--file", contracts), { status: 0 });

      const [head, payload, signature] = /<jws>(.*)<\/jws>/.exec(receipt)![1]!.split(".");
      const other = Buffer.from(Buffer.from(payload!, "base64url").toString().replace("received", "refused")).toString(
        "base64url",
      );
      writeFileSync(at("changed.txt"), `${head}.${other}.${signature}`);
      t.match(await verify(at("changed.txt")), { status: 1, stderr: /signature is not good/ });
      writeFileSync(at("none.txt"), "nothing");
      t.match(await verify(at("none.txt")), { status: 1, stderr: /holds no signature/ });
      writeFileSync(at("jwks.json"), '{"keys":[]}');
      t.match(await verify(at("receipt.xml")), { status: 1, stderr: /not in the key set/ });
    },
  );

  await t.test("a profile that is wrong is said to be, by what is wrong", async (t) => {
    const profile = join(folder, "wrong.json");
    const status = (content: string) => {
      writeFileSync(profile, content);
      return runInfossProcess({}, ["status", "--profile", profile]);
    };
    t.match(await status("{"), { status: 1, stderr: /is not understood: it is no JSON object/ });
    t.match(await status('{"url":"x"}'), { status: 1, stderr: /url is none of rest, client/ });
    t.match(await status("{}"), { status: 2, stderr: /Say where to/ });
    t.match(await status('{"rest":"https://localhost:1"}'), { status: 2, stderr: /--client, --key/ });
  });
});

async function fetchKeySet(url: string, ca: Buffer): Promise<string> {
  const { request } = await import("node:https");
  const outgoing = request(`${url}/.well-known/jwks.json`, { ca }).end();
  const [response] = await once(outgoing, "response");
  return await text(response);
}
