import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import t from "tap";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { sealChains } from "../../src/audit/seal-chains.ts";
import { createSealSigner } from "../../src/audit/seal-signature.ts";
import { createDatabase } from "../../src/database/connection.ts";
import { startEmbeddedDatabase } from "../../src/database/embedded-database.ts";
import { migrate } from "../../src/database/migrate.ts";
import { ensureDevelopmentCertificates } from "../../src/identity/development-certificates.ts";
import { createKeyRing } from "../../src/identity/signing-keys.ts";
import { raiseAlarm } from "../../src/operations/alarms.ts";
import { createTestDatabase } from "../database.ts";
import { createInfoss, runInfossProcess } from "../operator/run-infoss.ts";

const SSIN = "85073003328";
const INAMI = "12345625001";
const VALIDATION = ["--environment", "validation"] as const;
const ADMIT = ["insurer", "admit", "0403019261", "--name", "Alpha"];
const NOWHERE = { DATABASE_URL: "postgres://nobody:secret@127.0.0.1:9/none" };

t.test("help names every command, with examples", async (t) => {
  const { status, stdout, stderr } = await runInfossProcess({}, ["--help"]);
  t.match({ status, stderr }, { status: 0, stderr: "" });
  const groups = [
    "operator",
    "insurer",
    "client",
    "grant",
    "certificate",
    "key",
    "ssh-key",
    "alarms",
    "submissions",
    "register",
    "audit",
  ];
  for (const group of groups) t.match(stdout, new RegExp(`^  ${group} `, "m"), group);
  t.match(
    stdout,
    /Examples for insurers:\n {2}infoss check [\s\S]*Examples for operators:\n {2}infoss operator create/,
  );
  const create = await runInfossProcess({}, ["operator", "create", "--help"]);
  t.match(create.stdout, /--jwks <file>[\s\S]*--certificate <file>[\s\S]*--environment <name>[\s\S]*Example:/);
});

t.test("what cannot be understood ends with 2 and says why, before anything is touched", async (t) => {
  const cases: [string[], RegExp][] = [
    [[], /Usage: infoss/],
    [["insurer"], /Usage: infoss insurer/],
    [["insurers"], /unknown command 'insurers'/],
    [["insurer", "admit", "0403019261"], /required option '--name <name>' not specified/],
    [["insurer", "list", "more"], /too many arguments/],
    [ADMIT, /^Say which environment is meant: --environment validation is the one/],
    [
      [...ADMIT, "--environment", "production"],
      /^The settings here are for the environment validation, not for production/,
    ],
    [[...ADMIT, "--environment", "test"], /Allowed choices are validation, production/],
    [[...ADMIT, ...VALIDATION, "--as", "a\nb"], /^--as takes a name/],
    [["certificate", "revoke", "x", "12", ...VALIDATION], /^A thumbprint has 64 hexadecimal digits/],
    [["client", "scopes", "x", "everything", ...VALIDATION], /^A scope is one of submit, consult/],
    [["alarms", "list", "--limit", "0"], /whole number from 1/],
    [
      ["operator", "create", "x", "--jwks", "a", "--certificate", "b", "--scope", "submit"],
      /--scope takes operate, audit/,
    ],
  ];
  const all = await Promise.all(cases.map(([args]) => runInfossProcess(NOWHERE, args)));
  for (const [index, [args, sentence]] of cases.entries()) {
    t.match(all[index], { status: 2, stdout: "", stderr: sentence }, args.join(" "));
  }
});

t.test("what cannot be done ends with 1 and one sentence, without secrets or traces", async (t) => {
  const { owner } = await createTestDatabase(t);
  const infoss = createInfoss(owner);
  const folder = t.testdir({ "keys.json": '{"keys": []}', "text.pem": "no certificate", "register.csv": "wrong\n1\n" });
  const sentences: [string, Promise<{ status: number | null; stdout: string; stderr: string }>, RegExp][] = [
    [
      "database away",
      runInfossProcess(NOWHERE, ["insurer", "list"]),
      /\nThe database cannot be used now \(ECONNREFUSED\)/,
    ],
    [
      "wrong settings",
      runInfossProcess({ PORT: "x" }, ["insurer", "list"]),
      /^The configuration cannot be used:\n- PORT is "x"/,
    ],
    [
      "no such insurer",
      infoss("insurer phase 0403019261 live", ...VALIDATION),
      /\nNo insurer 0403019261 was admitted\.\n$/,
    ],
    [
      "no such file",
      infoss("key register x /nowhere.json", ...VALIDATION),
      /^\/nowhere\.json cannot be read: there is no such file\.\n$/,
    ],
    ["no key", infoss(`key register x ${folder}/keys.json`, ...VALIDATION), /^A JWK set has the form/],
    [
      "no client",
      infoss(`certificate register x ${folder}/text.pem`, ...VALIDATION),
      /\nThere is no client with that id\.\n$/,
    ],
    [
      "wrong register",
      infoss(`register load ${folder}/register.csv`, ...VALIDATION),
      / one thing is wrong\.\nline 1 of the register file: the header must be .*\.\n$/,
    ],
    ["no alarm", infoss("alarms acknowledge x", ...VALIDATION), /\nThere is no alarm with that id\.\n$/],
    ["no submission", infoss("submissions replay x", ...VALIDATION), /\nThere is no submission with that id\.\n$/],
    ["no number", infoss("audit person", ...VALIDATION), /^Standard input was empty/],
  ];
  for (const [name, running, sentence] of sentences) {
    const { status, stdout, stderr } = await running;
    t.match({ status, stdout, stderr }, { status: 1, stdout: "", stderr: sentence }, name);
    t.notMatch(stderr, /secret|\n {4}at /, name);
  }
  t.equal((await owner`select from audit_event`).length, 0);
});

t.test("an act whose audit event cannot be kept does not happen", async (t) => {
  const { owner } = await createTestDatabase(t);
  await owner`revoke insert (chain_id) on audit_event from infoss_institute`;
  const { status, stderr } = await createInfoss(owner)("insurer admit 0403019261 --name Alpha", ...VALIDATION);
  t.match({ status, stderr }, { status: 1, stderr: /may not do this/ });
  t.equal((await owner`select from insurer`).length, 0);
});

t.test("alarms, quarantined submissions and the register", async (t) => {
  const { owner, database } = await createTestDatabase(t);
  const infoss = createInfoss(owner);
  const log = { error: () => {} };
  await raiseAlarm(database, log, { inc: () => {} }, { code: "somethingWrong", details: { part: "one" } });
  const [alarm] = JSON.parse((await infoss("alarms list --json")).stdout);
  t.match(alarm, { code: "somethingWrong", details: { part: "one" } });
  t.match((await infoss("alarms list")).stdout, /somethingWrong .*\{"part":"one"\}/);
  const seen = await infoss(`alarms acknowledge ${alarm.alarmId} --as mia`, ...VALIDATION);
  t.match(seen, { status: 0, stdout: `alarmAcknowledged: alarmId ${alarm.alarmId}, code somethingWrong\n` });
  t.equal((await infoss("alarms list")).stdout, "none\n");
  t.match(JSON.parse((await infoss("alarms list --all --json")).stdout), [{ acknowledgedBy: "account:mia" }]);

  await owner`insert into insurer (enterprise_number, name, phase) values ('0403019261', 'Alpha', 'loading')`;
  const [submission] = await owner<{ id: string }[]>`
    insert into submission (insurer_id, submission_id, channel, state, kind, byte_length, sha256, receipt_jws, attempts, retry_at, received_at)
    select insurer_id, uuidv7(), 'rest', 'quarantined', 'initialLoad', 1, ''::bytea, '', 5, now(), now() from insurer
    returning submission_id as id`;
  const { id } = submission!;
  t.match((await infoss("submissions list")).stdout, new RegExp(`\\n${id} +0403019261 +initialLoad +5 `));
  t.equal((await infoss(`submissions replay ${id}`, ...VALIDATION)).status, 0);
  t.match(
    [...(await owner`select state, attempts, retry_at from submission`)],
    [{ state: "received", attempts: 0, retry_at: null }],
  );
  t.match(await infoss(`submissions replay ${id}`, ...VALIDATION), {
    status: 1,
    stderr: /is in the state received: only a quarantined one/,
  });

  const file = join(t.testdir(), "register.csv");
  writeFileSync(file, `inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn\n${INAMI},${SSIN},2000-01-01,,,\n`);
  t.match(await infoss(`register load ${file}`, ...VALIDATION), {
    status: 0,
    stdout: /^registerLoaded: rows 1, added 1, changed 0, unchanged 0, sha256 [0-9a-f]{64}\n$/,
  });
  t.equal((await owner`select from provider`).length, 1);
  t.equal((await owner`select from audit_event where kind = 'operatorAct'`).length, 3);
});

t.test("the embedded database of a stopped gateway, with the keys made beside it", async (t) => {
  const folder = t.testdir();
  // Whoever the embedded database runs as must get through.
  chmodSync(folder, 0o755);
  const settings = { DATA_DIRECTORY: folder };
  const infoss = (words: string, input?: string) => runInfossProcess(settings, words.split(" "), input);
  t.match(await infoss("insurer list"), {
    status: 1,
    stderr: /There is no embedded database in .*: start the gateway once/,
  });
  t.notOk(existsSync(join(folder, "database")), "and none was made");

  const made = await ensureDevelopmentCertificates(join(folder, "certificates"));
  const keyRing = await createKeyRing(made.signingKeysFolder);
  t.teardown(() => keyRing.close());
  const hasher = createPersonHasher(readFileSync(made.auditKeyFile));
  const embedded = await startEmbeddedDatabase(join(folder, "database"));
  await migrate(embedded.url);
  const database = createDatabase(embedded.url);
  const persons = hasher.hashPerson({ ssins: [SSIN], inamiNumbers: [INAMI] });
  const read = { kind: "read", clientId: "alpha-1", method: "GET", route: "/x", status: 200, persons } as const;
  await createAuditLog(database.plain).append(read);
  await sealChains(database.auditor, createSealSigner(keyRing));
  await database.close();
  t.match(await infoss("insurer list"), { status: 1, stderr: /is in use by process \d+\. Stop that process first/ });
  await embedded.stop();

  t.match(await infoss("insurer admit 0403019261 --name Alpha --environment validation"), { status: 0 });
  const whole = await infoss("audit verify");
  t.match(whole, { status: 0, stdout: /not sealed yet: 1 events, the oldest for [\d.]+ s\nThe trail is whole\.\n$/ });
  const heads = join(folder, "heads.json");
  t.equal((await infoss(`audit export --out ${heads}`)).status, 0);
  t.match(await infoss(`audit export --out ${heads}`), { status: 1, stderr: /is there already/ });
  t.match(await infoss(`audit verify --compare ${heads} --json`), { status: 0, stdout: /"faultCount": 0/ });

  const asked = await infoss("audit person --json", `${SSIN}\n`);
  t.match(JSON.parse(asked.stdout), [{ kind: "read", clientId: "alpha-1", route: "/x" }]);
  t.notMatch(asked.stderr, SSIN);
  const again = await infoss("audit person", "1/23456-25-001");
  t.match(again.stdout, /read +alpha-1/, "a number written with its separators");
  t.notMatch(again.stdout, /infoss audit person/, "who asked by another number is found by that one only");
  t.match((await infoss("audit person", SSIN)).stdout, /operatorAct .* infoss audit person/);
  t.match(await infoss("audit person", "12345"), {
    status: 1,
    stderr: /^Line 1 of standard input is neither/,
  });

  const opened = await startEmbeddedDatabase(join(folder, "database"));
  const superuser = postgres(opened.url, { max: 1 });
  await superuser`update audit_event set route = '/y' where kind = 'read'`;
  await superuser.end();
  await opened.stop();
  const altered = await infoss("audit verify");
  t.match(altered, {
    status: 1,
    stdout: /^eventAltered: chain 0, seal 1, place 1, [\s\S]*\nThe trail is not whole: 1 faults\.\n$/,
  });
  t.match(altered.stderr, /The audit trail is not as it was sealed\.\n$/);
});
