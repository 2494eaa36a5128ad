import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import t from "tap";
import { COMPILED } from "../operator/run-infoss.ts";
import { PATIENT } from "../test-settings.ts";

// The whole main job, on a machine that others load.
const DEMO = fileURLToPath(new URL("../../src/cli/demo.ts", import.meta.url));

/** What it is for, in the order in which it is shown. */
const ESSENTIAL = [
  /insurer Alpha has its events pushed to https:/,
  /gets an access token by private_key_jwt, bound to its client certificate/,
  /receipt:\n\{\n {2}"submissionId": "[0-9a-f-]{36}"[\s\S]*\nsigned: eyJ/,
  /state processed\n[\s\S]*"received": \d+/,
  /report: \d+ records have something to tell, for example\n {2}record \d+ \(\S+\) \w+: \w+: \S/,
  /ready to mend: \d+ rejected records as a contract file, \d+ bytes/,
  /webhook, signature verified: \{.*submissionProcessed/,
  /delta 2 comes first .*: state held, sequenceGap, until /,
  /delta 1: state processed, 1 of 1 records accepted/,
  /delta 2: state processed, 1 of 1 records accepted/,
  /everything ever recorded of /,
  /as known before the deltas /,
  /as known now /,
  /webhook, signature verified: \{.*submissionHeld/,
  /puts IN\/FI\.DICO\..* and its GO over SFTP/,
  /OUT\/FO\.ACRF\./,
  /OUT\/FO\.NOTI\./,
  /what became of a client of insurer Alpha for premium year \d{4}, and why/,
  /a change of status in the feed: \{.*socialAdvantageChanged/,
  /OUT\/FO\.STAT\./,
  /webhook, signature verified: \{.*socialAdvantageChanged/,
  /\ndone in [\d.]+ s\n/,
];

t.test("the demo shows the main job from nothing to a status, and ends well", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infoss-demo-"));
  // Its own PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const env = { NODE_COMPILE_CACHE: COMPILED, ...PATIENT };
  const variables = Object.entries({ PATH: process.env.PATH, ...env }).map(([name, value]) => `${name}=${value}`);
  // By way of env, which becomes node: the test runner would add its own preloads to a child of node.
  const demo = spawn("env", ["-i", ...variables, process.execPath, DEMO], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  t.teardown(() => endGroup(demo.pid!));
  // Before the test's own time is over, so that what was not shown is told.
  const patience = setTimeout(() => endGroup(demo.pid!), 240_000);
  const [said, complained] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, "close")]);
  clearTimeout(patience);
  t.equal(demo.exitCode, 0, complained);
  let from = 0;
  for (const line of ESSENTIAL) {
    const found = line.exec(said.slice(from));
    t.ok(found, `${line}`);
    from += found ? found.index + 1 : 0;
  }
  t.notMatch(said, /whsec_/, "no secret is printed");
});

/** The demo and the gateway that it started, where they have not ended. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // All of them have ended.
  }
}
