import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createDevelopmentAuthority } from "../../src/identity/issue-certificate.ts";
import { REFUSALS_TO_MEET } from "../../src/readiness/readiness-items.ts";
import { composeFile, composeRecord, composeRecords } from "../flows/compose-file.ts";
import { loadTestRegister } from "../flows/test-register.ts";
import { FINDING_CASES } from "../formats/contract-file/finding-cases.ts";
import { ALPHA, BETA, digestOf } from "../http/open-door.ts";
import { makeMachine } from "../operator/client-machine.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { createGatewayCaller } from "./call-gateway.ts";
import { admitMachines, createGatewayEnvironment, type GatewayEnvironment } from "./gateway-environment.ts";

type Caller = ReturnType<typeof createGatewayCaller>;

const OF_FORM = [
  "emptyFile",
  "encodingNotSupported",
  "notWellFormed",
  "doctypeNotAllowed",
  "entityNotAllowed",
  "rootNotExpected",
  "headerInvalid",
  "environmentLetterInvalid",
  "recordCountMismatch",
] as const;

t.test("what an insurer did in validation opens production", async (t) => {
  const authority = await createDevelopmentAuthority({ commonName: "Clients" });
  const validation = await createGatewayEnvironment(t, "validation", [authority.certificatePem]);
  const keySetFile = join(t.testdirName, "validation.jwks.json");
  writeFileSync(keySetFile, '{"keys":[]}');
  const production = await createGatewayEnvironment(t, "production", [authority.certificatePem], {
    READINESS_KEY_SET_FILE: keySetFile,
  });
  const machine = await makeMachine(t, { authority }, "alpha-1");
  await admitMachines(validation, [machine]);
  // Its folder is its own: one test has one.
  await t.test("the register of validation is loaded", (t) => loadTestRegister(t, validation.database));
  const [validationUrl, productionUrl] = await Promise.all([validation.start(), production.start()]);
  const alpha = createGatewayCaller(validationUrl, validation.ca, machine);

  const before = await readiness(alpha);
  t.match(before, { ready: false, statement: undefined });
  t.same(
    before.checklist.filter(({ fulfilled }) => fulfilled),
    [],
    "nothing is given",
  );
  t.same(before.checklist.find(({ item }) => item === "refusalsMet")?.missing, [...REFUSALS_TO_MEET]);

  let statement = "";
  await t.test("each item is fulfilled by doing it, and by nothing else", async (t) => {
    const done = async () =>
      (await readiness(alpha)).checklist.flatMap(({ item, fulfilled }) => (fulfilled ? [item] : []));
    const body = "{}";
    const headers = { "Content-Type": "application/json", "Content-Digest": digestOf(body) };
    t.equal((await alpha.call("/connectionTests", { method: "POST", headers, body })).status, 201);
    t.same(await done(), ["connectionTested"]);

    // Once the load has ended, files of its kind are refused for that alone.
    for (const code of OF_FORM) await sendBytes(alpha, FINDING_CASES[code].raises);
    const wrong = composeRecord("B-1", { contractNumber: "B-1", inamiNumber: "99999999999" });
    await send(alpha, { reference: "L-1", records: [...composeRecords(20), wrong] });
    t.same(await done(), ["connectionTested", "errorsFew"], "one of twenty-one is few enough");
    const mended = composeRecord("B-1", { contractNumber: "B-1" });
    await send(alpha, { reference: "L-2", records: [mended], complete: true });
    t.same(await done(), ["connectionTested", "initialLoadEnded", "correctionSent", "errorsFew"]);

    const key = (number: number) => ({ contractNumber: `C-${number}`, inamiNumber: "12345625001" });
    const closed = { ...key(2), endOn: "2025-12-31", reason: "terminated" };
    await sendDelta(alpha, 1, [
      composeRecord(
        "D-1",
        { ...key(1), effectiveOn: "2024-01-01", contractKind: "combined", solidarity: "true" },
        "modify",
      ),
      composeRecord("D-2", closed, "close"),
    ]);
    t.match((await readiness(alpha)).checklist.find(({ item }) => item === "actionsUsed")?.missing, [
      "reopen",
      "cancel",
    ]);
    await sendDelta(alpha, 2, [
      composeRecord("D-3", { ...key(2), reason: "closed in error" }, "reopen"),
      composeRecord("D-4", { ...key(3), reason: "declared in error" }, "cancel"),
    ]);
    await send(alpha, { reference: "X-1", environment: "R" });
    await send(alpha, { reference: "X-2", sender: BETA });
    await send(alpha, { reference: "L-1" });
    await send(alpha, { reference: "X-3" });
    await sendDelta(alpha, 1, [], "X-4");
    t.same(
      (await readiness(alpha)).checklist.filter(({ fulfilled }) => !fulfilled).map(({ item }) => item),
      ["eventsConsumed"],
    );
    t.equal((await alpha.call("/events")).status, 200);
    const { ready, statement: signed } = await readiness(alpha);
    t.equal(ready, true);
    statement = signed!;
  });

  await t.test("operators of validation see the same", async (t) => {
    const { stdout, status } = await infoss(validation, "insurer", "readiness", ALPHA, "--json");
    t.equal(status, 0);
    t.ok(JSON.parse(stdout).every(({ fulfilled }: { fulfilled: boolean }) => fulfilled));
  });

  const file = join(t.testdirName, "alpha.readiness.jws");
  writeFileSync(file, `${statement}\n`);
  const admit = (...args: string[]) => infoss(production, "insurer", ...args, "--environment", "production");
  const phaseOf = async (enterpriseNumber: string) => {
    const [row] = await production.owner<{ phase: string }[]>`
      select phase from insurer where enterprise_number = ${enterpriseNumber}`;
    return row?.phase;
  };

  await t.test("production lets nobody load without a word", async (t) => {
    await admit("admit", ALPHA, "--name", "Alpha");
    await admit("admit", BETA, "--name", "Beta");
    t.match(await admit("phase", ALPHA, "loading"), { status: 1, stderr: /has not shown that it is ready/ });
    t.match(await admit("phase", ALPHA, "loading", "--statement", file), {
      status: 1,
      stderr: /signed by a key that is not in the key set of validation/,
    });
    const { json } = await alpha.call("/../../../.well-known/jwks.json");
    writeFileSync(keySetFile, JSON.stringify({ keys: json.keys }));
    t.match(await admit("phase", BETA, "loading", "--statement", file), {
      status: 1,
      stderr: /another enterprise number/,
    });
    t.equal(await phaseOf(ALPHA), "access", "nothing was done");
  });

  const desk = await makeMachine(t, { authority }, "desk-1");
  await t.test("over REST a changed statement is refused, the true one is imported", async (t) => {
    const files = ["--jwks", desk.jwksFile, "--certificate", desk.certificateFile];
    const created = await infoss(production, "operator", "create", "desk-1", ...files, "--environment", "production");
    t.equal(created.status, 0, created.stderr);
    const operator = createGatewayCaller(productionUrl, production.ca, desk);
    const put = async (body: object) =>
      await operator.call(`/operator/insurers/${ALPHA}/phase`, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    t.match(await put({ phase: "loading" }), { status: 409, json: { detail: /has not shown that it is ready/ } });
    const [header, payload, signature] = statement.split(".");
    const changed = Buffer.from(payload!, "base64url").toString().replace(ALPHA, BETA);
    const readinessStatement = [header, Buffer.from(changed).toString("base64url"), signature].join(".");
    t.match(await put({ phase: "loading", readinessStatement }), {
      status: 400,
      json: { detail: /was changed after it was signed/, issues: [{ name: "readinessStatement" }] },
    });
    t.match(await put({ phase: "loading", readinessStatement: statement }), {
      status: 200,
      json: { phase: "loading" },
    });
    const { json } = await operator.call(`/operator/insurers/${ALPHA}/readiness`);
    t.match(json, { enterpriseNumber: ALPHA, admissions: [{ statementId: String, admittedBy: "desk-1" }] });
  });

  await t.test("or an operator says why, and both are on record", async (t) => {
    const waived = await admit("phase", BETA, "loading", "--reason", "It took part in the pilot.");
    t.match(waived, { status: 0, stdout: /^readinessWaived: .*pilot/m });
    t.equal(await phaseOf(BETA), "loading");
    const { stdout } = await infoss(production, "audit", "acts", "--json");
    const acts: { act: string; by: string; isAudited: boolean; details: object }[] = JSON.parse(stdout);
    t.match(
      acts.filter(({ act }) => act.startsWith("readiness")),
      [
        { act: "readinessWaived", isAudited: true, details: { enterpriseNumber: BETA } },
        { act: "readinessImported", isAudited: true, by: "desk-1", details: { enterpriseNumber: ALPHA } },
      ],
    );
    const kept = await production.owner<{ statement: string | null }[]>`
      select statement from readiness_admission order by admission_id`;
    t.same(
      kept.map((row) => row.statement),
      [statement, null],
    );
    t.match(await admit("phase", BETA, "suspended"), { status: 0 });
    t.match(await admit("phase", BETA, "loading"), { status: 0 }, "once is enough");
  });

  await t.test("production shows nobody a checklist of its own", async (t) => {
    const own = await makeMachine(t, { authority }, "alpha-production");
    const client = ["--jwks", own.jwksFile, "--certificate", own.certificateFile, "--insurer", ALPHA];
    const command = ["client", "create", own.clientId, "--name", "Alpha", ...client, "--environment", "production"];
    const created = await infoss(production, ...command);
    t.equal(created.status, 0, created.stderr);
    const caller = createGatewayCaller(productionUrl, production.ca, own);
    t.equal((await caller.call("/readiness")).status, 404);
    const body = "{}";
    const tested = await caller.call("/connectionTests", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Content-Digest": digestOf(body) },
      body,
    });
    t.equal(tested.status, 201, "but a connection is tested there too");
  });
});

async function infoss({ settings }: GatewayEnvironment, ...args: readonly string[]) {
  return await runInfossProcess({ ...settings, PUBLIC_URL: "https://gateway.example" }, args);
}

interface Checklist {
  readonly ready: boolean;
  readonly checklist: readonly {
    readonly item: string;
    readonly fulfilled: boolean;
    readonly missing?: readonly string[];
  }[];
  readonly statement?: string;
}

async function readiness(caller: Caller): Promise<Checklist> {
  const { status, json } = await caller.call("/readiness");
  if (status !== 200) throw new Error(`readiness: ${status}`);
  return json as unknown as Checklist;
}

async function send(caller: Caller, parts: Partial<Parameters<typeof composeFile>[0]>): Promise<void> {
  await sendBytes(caller, composeFile({ sender: ALPHA, reference: "", ...parts }));
}

async function sendDelta(caller: Caller, sequence: number, records: string[], reference = `D-${sequence}`) {
  await send(caller, { reference, kind: "delta", records, attributes: ` sequence="${sequence}"` });
}

/** Sends a file, and waits for its end. */
async function sendBytes(caller: Caller, body: string | Buffer): Promise<void> {
  const token = await caller.getToken();
  const headers = { "Content-Type": "application/xml", "Content-Digest": digestOf(body) };
  const { status, json } = await caller.call("/submissions", { method: "POST", headers, body: body as string, token });
  if (status !== 202) throw new Error(`${status}: ${JSON.stringify(json)}`);
  for (;;) {
    const { json: now } = await caller.call(`/submissions/${json.submissionId}`, { token });
    if (now.endedAt) return;
    await sleep(50);
  }
}
