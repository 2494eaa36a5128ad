import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { profilePath, writeDevelopmentProfiles } from "../../src/identity/development-profiles.ts";
import { createTestDatabase } from "../database.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { loadTestRegister, PROVIDERS, UNKNOWN_INAMI_NUMBER } from "../flows/test-register.ts";
import { ALPHA } from "../http/open-door.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { startTestApp } from "../start-app.ts";

const { current, replaced, replacing } = PROVIDERS;
/** More bytes than are answered at once, more rows than a page has. */
const MANY = 4_000;

t.test("an insurer has numbers verified by the command line", async (t) => {
  const { url, database } = await createTestDatabase(t);
  await loadTestRegister(t, database);
  const folder = t.testdir();
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder };
  const app = await startTestApp(t, { ...settings, ROLES: "serve,worker" });
  const certificates = join(folder, "certificates");
  await writeDevelopmentProfiles(certificates, app.url!);
  const run = (args: readonly string[], input = "") =>
    runInfossProcess({}, [...args, "--profile", profilePath(certificates, "client-alpha")], input);
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  const { inamiNumber } = replaced;
  const records = [
    composeRecord("A"),
    composeRecord("B", { contractNumber: "C-2", inamiNumber, startOn: "2020-01-01" }),
  ];
  const sent = await run([
    "send",
    write("contracts.xml", composeFile({ sender: ALPHA, reference: "V", records })),
    "--rest",
  ]);
  t.equal(sent.status, 0, sent.stderr);

  await t.test("numbers of standard input, a line a row; the status says whether all are valid", async (t) => {
    const good = await run(["verify"], `${current.inamiNumber};C-1\n${current.ssin};C-1\n`);
    t.equal(good.status, 0, good.stderr);
    t.match(
      good.stdout,
      `row 1: ${current.inamiNumber} (C-1) valid ${current.inamiNumber}\nrow 2: ${current.ssin} (C-1) valid `,
    );
    t.match(good.stderr, /^2 rows, as of 2026-11-22: 2 valid, 0 replaced, /);
    const asked = `${inamiNumber};C-2\n${UNKNOWN_INAMI_NUMBER};C-1\n1;C-1\n`;
    const mixed = await run(["verify", "-", "--language", "nl"], asked);
    t.equal(mixed.status, 3, mixed.stderr);
    t.match(mixed.stdout, `row 1: ${inamiNumber} (C-2) replaced by ${replacing.inamiNumber}\n`);
    t.match(mixed.stdout, `row 2: ${UNKNOWN_INAMI_NUMBER} (C-1) unknown\nrow 3: 1 (C-1) malformed Het nummer `);
    t.notMatch(mixed.stderr, "\u001b", "no bar where there is no terminal");
  });

  await t.test("a file that waits for its turn and has several pages, in each form", async (t) => {
    const lines = Array.from({ length: MANY }, () => `${current.inamiNumber};C-1\n`);
    const path = write("numbers.csv", `${lines.join("")}${UNKNOWN_INAMI_NUMBER};C-1\n`);
    const verify = (format: string) => run(["verify", path, "--format", format, "--reference", "MANY"]);
    const json = await verify("json");
    t.equal(json.status, 3, json.stderr);
    const { submissionId, reference, counts, rows } = JSON.parse(json.stdout);
    t.match({ reference, counts }, { reference: "MANY", counts: { valid: MANY, unknown: 1 } });
    t.same(
      rows.map(({ rowNumber }: { rowNumber: number }) => rowNumber),
      Array.from({ length: MANY + 1 }, (_, index) => index + 1),
    );
    t.match(rows.at(-1), { number: UNKNOWN_INAMI_NUMBER, answer: "unknown" });
    const csv = await verify("csv");
    t.equal(csv.status, 3, csv.stderr);
    t.match(csv.stdout, /^rowNumber,number,contractNumber,answer,.*\r\n1,/);
    t.equal(csv.stdout.trimEnd().split("\r\n").length, MANY + 2);
    t.match(csv.stderr, submissionId, "the same reference: the first answers again");
    t.equal((await verify("text")).stdout.trimEnd().split("\n").length, MANY + 1);
  });

  await t.test("what is refused, not there, or not understood, is said", async (t) => {
    const refused = await run(["verify"], '{"rows": "none"}');
    t.equal(refused.status, 4, refused.stderr);
    t.match(refused.stderr, /^The file is refused\.\n\w+\. \S/);
    t.equal(refused.stdout, "");
    t.match(JSON.parse((await run(["verify", "--format", "json"], "{}")).stdout), { state: "refused", rows: [] });
    t.match(await run(["verify", join(folder, "nowhere.csv")]), { status: 1, stderr: /is not there/ });
    t.match(await run(["verify", folder]), { status: 1, stderr: /is not there or cannot be read/ });
    t.match(await run(["verify", "--timeout", "x"]), { status: 2, stderr: /number of seconds/ });
    const help = await run(["verify", "--help"]);
    t.match(help, { status: 0, stdout: /Examples:\n {2}infoss verify numbers.xlsx/ });
  });
});
