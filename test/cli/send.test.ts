import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import SftpClient from "ssh2-sftp-client";
import t from "tap";
import { createTestDatabase } from "../database.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { loadTestRegister } from "../flows/test-register.ts";
import { ALPHA } from "../http/open-door.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { startTestApp } from "../start-app.ts";

t.test("infoss send, as an insurer runs it, through both doors of a gateway as it starts", async (t) => {
  const { url, database } = await createTestDatabase(t);
  await loadTestRegister(t, database);
  const folder = t.testdir();
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder };
  const { sftp, url: restUrl } = await startTestApp(t, { ...settings, ROLES: "serve,sftp" });
  const at = (name: string) => join(folder, "certificates", name);

  function write(reference: string, parts: Partial<Parameters<typeof composeFile>[0]> = {}): string {
    const path = join(folder, `${reference}.xml`);
    writeFileSync(path, composeFile({ sender: ALPHA, reference, ...parts }));
    return path;
  }
  const send = (path: string, ...more: string[]) => runInfossProcess({}, ["send", path, ...more]);
  const { host, port, fingerprint } = sftp!;
  const sshKey = ["--key", at("client-alpha-ssh-key")];
  const bySftp = ["--sftp", `sftp://client-alpha@${host}:${port}`, "--host-key", fingerprint, ...sshKey];
  const certificate = ["--certificate", at("client-alpha.pem"), "--certificate-key", at("client-alpha-key.pem")];
  const assertion = ["--client", "client-alpha", "--key", at("client-alpha-assertion-key.pem")];
  const byRest = ["--rest", restUrl!, ...assertion, ...certificate, "--ca", at("ca.pem")];

  const first = write("R-1");
  const name = ["--sequence", "00001"];
  await t.test("without an answer in time it says so, and that sending again is safe", async (t) => {
    const { status, stdout, stderr } = await send(first, ...bySftp, ...name, "--timeout", "5");
    t.equal(status, 5, stderr);
    t.match(stdout, /<state>received<\/state>/, "the receipt was there");
    t.match(stderr, /FI\.DICO\.0403019261\.\d{8}\.00001\.S\n.*again is always safe/);
    t.notMatch(stderr, "\u001b", "no progress bar where there is no terminal");
  });

  await startTestApp(t, { ...settings, ROLES: "worker" });
  await t.test("all records accepted: 0", async (t) => {
    const { status, stdout, stderr } = await send(first, ...bySftp, ...name);
    t.equal(status, 0, stderr);
    t.match(stdout, /<receipt [\s\S]*<jws>[\s\S]*<report [\s\S]*<accepted>1<\/accepted>/);
    const again = await send(first, ...byRest);
    t.equal(again.status, 0, again.stderr);
    const ticketOf = (text: string) => /<submissionId>(.*)</.exec(text)?.[1];
    t.equal(ticketOf(again.stdout), ticketOf(stdout), "the other door knows it");
  });

  await t.test("older answers to the name are not taken for those to the file sent now", async (t) => {
    const sequence = ["--sequence", "00007"];
    const refused = write("W-1", { environment: "R" });
    const fileName = /^FI\S+/.exec((await send(refused, ...bySftp, ...sequence)).stderr)![0].replace(/R$/, "S");
    const client = new SftpClient();
    await client.connect({
      host,
      port,
      username: "client-alpha",
      privateKey: readFileSync(at("client-alpha-ssh-key")),
    });
    t.teardown(() => client.end());
    const receipts = async () => (await client.list("OUT")).filter(({ name }) => name.startsWith("FO.ACRF."));
    const drop = async (prefix: string) => {
      const before = (await receipts()).length;
      await client.put(refused, `IN/${fileName}`);
      await client.put(Buffer.alloc(0), `IN/${prefix}${fileName.slice(2)}`);
      while ((await receipts()).length === before) await sleep(50);
    };
    await drop("GO");
    await drop("TD");
    const left = (await receipts()).map(({ name }) => name);

    const mended = await send(write("W-1"), ...bySftp, ...sequence);
    t.match(mended.stderr, fileName, "under the same name");
    t.equal(mended.status, 0, mended.stderr);
    t.same(
      (await receipts()).map(({ name }) => name),
      left,
      "whoever sent the others finds their answers",
    );
    for (const name of left) await client.delete(`OUT/${name}`);
  });

  await t.test("some rejected: 3, refused: 4, through both doors", async (t) => {
    const records = [composeRecord("A", { contractNumber: "C-9" }), composeRecord("B", { inamiNumber: "1" })];
    for (const [index, door] of [bySftp, byRest].entries()) {
      const partly = await send(write(`P-${index}`, { records }), ...door);
      t.equal(partly.status, 3, partly.stderr);
      t.match(partly.stdout, "<rejected>1</rejected>");
      t.match(partly.stderr, /^2 records: \d accepted, .*1 rejected\.$/m);
      const refused = await send(write(`X-${index}`, { environment: "R" }), ...door);
      t.equal(refused.status, 4, refused.stderr);
      t.match(refused.stdout, "environmentMismatch");
    }
    t.equal((await send(write("T-1", { environment: "T" }), ...byRest)).status, 0, "a circuit test that works");
  });

  await t.test("held: 6, with what it waits for, over REST at once", async (t) => {
    const load = await send(write("L-1", { records: [], complete: true }), ...byRest);
    t.equal(load.status, 0, load.stderr);
    const delta = (sequence: number) =>
      write(`D-${sequence}`, { kind: "delta", attributes: ` sequence="${sequence}"` });
    const line =
      /^The file is held \(sequenceGap\): it waits for the delta before it, sequence number 1, until 2\S+Z\. .*$/gm;
    const begun = Date.now();
    const byCall = await send(delta(8), ...byRest);
    t.equal(byCall.status, 6, byCall.stderr);
    t.ok(Date.now() - begun < 60_000, "long before the time is up");
    t.equal(byCall.stderr.match(line)?.length, 1, byCall.stderr);
    const byDrop = await send(delta(9), ...bySftp, "--sequence", "00009", "--timeout", "6");
    t.equal(byDrop.status, 6, byDrop.stderr);
    t.equal(byDrop.stderr.match(line)?.length, 1, byDrop.stderr);
    for (const { stdout } of [byCall, byDrop]) t.match(stdout, /<heldReason>sequenceGap<[\s\S]*<awaitedSequence>1</);
  });

  await t.test("what cannot be sent: 1, what is not understood: 2", async (t) => {
    const cases: [number, RegExp, string[]][] = [
      [1, /is not SHA256:A{43}/, [...bySftp, "--host-key", `SHA256:${"A".repeat(43)}`]],
      [1, /does not let client-alpha in/, [...bySftp, "--key", at("client-beta-ssh-key")]],
      [1, /cannot be reached/, [...bySftp, "--sftp", "sftp://client-alpha@127.0.0.1:1"]],
      [1, /The certificate of https:\S+ is not of an authority known here: give --ca\./, byRest.slice(0, -2)],
      [1, /https:\/\/localhost:1 cannot be reached/, [...byRest, "--rest", "https://localhost:1"]],
      [1, /The host of https:\/\/nowhere\.invalid is not known/, [...byRest, "--rest", "https://nowhere.invalid"]],
      [1, /^README\.md holds no private key/, [...bySftp, "--key", "README.md"]],
      [1, /^README\.md holds no private key/, [...byRest, "--key", "README.md"]],
      [1, /^The file no-such-key is not there/, [...bySftp, "--key", "no-such-key"]],
      [2, /Say where to/, sshKey],
      [2, /takes --client/, ["--rest", restUrl!, ...sshKey]],
      [2, /begins with https/, [...byRest, "--rest", "http://localhost"]],
      [2, /five digits or capitals/, [...bySftp, "--sequence", "1"]],
    ];
    for (const [expected, words, args] of cases) {
      const { status, stdout, stderr } = await send(first, ...args);
      t.equal(status, expected, stderr);
      t.match(stderr, words);
      t.notMatch(stderr, "FI.DICO", "nothing is named that was not sent");
      t.equal(stdout, "", "standard output is for answers");
    }
    t.equal((await send(join(folder, "no-such-file"), ...bySftp)).status, 1);
  });
});
