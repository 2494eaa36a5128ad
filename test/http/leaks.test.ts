import { generateKeyPairSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { issueCertificate } from "../../src/identity/issue-certificate.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { countSubmissions } from "../../src/intake/count-submissions.ts";
import { createMetrics, type Metrics } from "../../src/metrics/metrics.ts";
import { makeSshKey } from "../operator/client-machine.ts";
import { type Field, fillIn, listOperations } from "./api-operations.ts";
import { callAsOperator, keepConnections } from "./call-as-operator.ts";
import {
  type Answer,
  type Caller,
  contractFile,
  type Door,
  digestOf,
  openDoor,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "./open-door.ts";

/** Everything that must not be seen but by whom it is for. */
const SECRETS = {
  ssin: "85073003328",
  formattedSsin: "85.07.30-033.28",
  badSsin: "85073003300",
  contract: "PLANTED-CONTRACT-7",
  reference: "PLANTED-REFERENCE-7",
  paymentReference: "090933755493",
  name: "Wanda Planted",
  email: "wanda@planted.example",
  header: "planted-header-value",
  token: "cGxhbnRlZA.cGxhbnRlZC10b2tlbg.c2ln",
  secret: "-----BEGIN PRIVATE KEY-----planted",
} as const;
/** Tokens and keys that were never written down here. */
const SHAPES = [/eyJ[\w-]{8}/, /-----BEGIN/, /ssh-ed25519 AAAA/, /MII[A-Za-z0-9+/]{20}/, /planted/i];

function findSecrets(text: string): string[] {
  return [
    ...Object.entries(SECRETS).flatMap(([name, secret]) => (text.includes(secret) ? [name] : [])),
    ...SHAPES.filter((shape) => shape.test(text)).map(String),
  ];
}

t.test("secrets planted everywhere are found in no log line, error answer or metric", async (t) => {
  const printed = listenToConsole(t);
  const metrics: Metrics = createMetrics(() => countSubmissions(door.database.institute));
  const door: Door = await openDoor(t, {
    metrics,
    failures: { failuresPerAddress: 0, failuresPerClient: 0 },
    limits: { requestsPerMinutePerAddress: 0, requestsPerMinutePerClient: 0 },
  });
  const answers: [string, Answer][] = [];
  const listen = (name: string, caller: Caller): Caller => {
    return async (path, question) => {
      const answer = await caller(path, question);
      answers.push([`${name} ${question?.method ?? "GET"} ${path}`, answer]);
      return answer;
    };
  };
  const callers = {
    alpha: listen("alpha", keepConnections(t, door, door.alpha, door.alphaCertificate)),
    operator: listen("operator", await callAsOperator(t, door)),
    nobody: listen("nobody", door.nobody),
  };
  await processSubmissions(t, door);

  await t.test("where requests are good", async (t) => {
    await driveInsurer(t, callers.alpha);
    await driveOperator(t, door, callers.operator);
  });
  await t.test("where requests are bad", async () => {
    await plantInFields(callers);
    await plantElsewhere(door, callers);
  });
  await t.test("where the database fails", async (t) => {
    await door.owner`
      create function refuse() returns trigger language plpgsql as $$ begin
        raise exception 'cannot keep "%"', coalesce(new.reference, 'nothing'); end $$`;
    await door.owner`create trigger refuse before insert on submission for each row execute function refuse()`;
    const answer = await send(callers.alpha, plantedFile(`${SECRETS.reference}-2`));
    t.equal(answer.status, 500);
    await door.owner`drop trigger refuse on submission`;
  });
  await sleep(200);

  const readable = answers.filter(([, { status }]) => status < 400);
  t.ok(
    readable.some(([, { text }]) => text.includes(SECRETS.badSsin)),
    "the sender gets to read what it sent",
  );
  t.ok(
    readable.some(([, { text }]) => text.includes(SECRETS.email)),
    "operators get to read contacts",
  );
  const refused = answers.filter(([, { status }]) => status >= 400);
  t.ok(refused.length > 500 && door.logLines.length > 700, `${refused.length} errors, ${door.logLines.length} lines`);
  for (const [name, { text, headers }] of refused) {
    // What a header repeats of the request is the sender's own trace id, which the sender chose.
    const { "belgov-related-trace-id": _related, ...others } = headers;
    const found = findSecrets(text + JSON.stringify(others));
    if (found.length > 0) t.fail(name, { found, text });
  }
  for (const line of door.logLines) {
    const found = findSecrets(line);
    if (found.length > 0) t.fail("a log line", { found, line });
  }
  t.same(findSecrets(await metrics.registry.metrics()), []);
  t.same(printed, [], "nothing is printed beside the log");
});

t.test("log lines have no fields but those of a list", async (t) => {
  const door = await openDoor(t);
  await processSubmissions(t, door);
  const sent = await send(door.alpha, plantedFile());
  await waitForEnd(door.alpha, String(sent.json.submissionId));
  await door.nobody("/nowhere");
  await door.alpha(`${ROOT}/submissions?x=1`);
  const allowed = [
    "level",
    "time",
    "pid",
    "msg",
    "code",
    "traceId",
    "method",
    "route",
    "status",
    "cutOff",
    "durationMs",
  ];
  const ids = ["insurerId", "submissionId", "clientId", "attempt", "problem", "error"];
  const fields = new Set(door.logLines.flatMap((line) => Object.keys(JSON.parse(line))));
  t.same(
    [...fields].filter((name) => ![...allowed, ...ids].includes(name)),
    [],
  );
  t.ok(fields.has("route") && fields.has("submissionId"));
});

function plantedFile(reference: string = SECRETS.reference): string {
  return contractFile({ reference, inamiNumbers: ["12345625001", "12345625001"] })
    .replace("C-1", SECRETS.contract)
    .replace("C-2", `${SECRETS.contract}-2`)
    .replace(
      "<solidarity>true</solidarity>",
      `<solidarity>true</solidarity><ssin>${SECRETS.badSsin}</ssin><paymentReference>${SECRETS.paymentReference}</paymentReference>`,
    );
}

async function driveInsurer(t: Test, alpha: Caller): Promise<void> {
  const sent = await send(alpha, plantedFile());
  t.equal(sent.status, 202);
  const id = String(sent.json.submissionId);
  t.equal((await waitForEnd(alpha, id)).json.state, "processed");
  for (const operation of listOperations()) {
    if (operation.method !== "GET" || operation.scope === SCOPES.operate) continue;
    const { path } = fillIn(operation);
    const own = path.replace(/submissions\/[0-9a-f-]{36}/, `submissions/${id}`);
    for (const accept of ["application/json", "application/xml", "text/csv"]) {
      await alpha(own, { headers: { Accept: accept } });
    }
  }
}

async function driveOperator(t: Test, door: Door, operator: Caller): Promise<void> {
  const write = async (path: string, document: object, method = "POST") => {
    const headers = { "Content-Type": "application/json" };
    const answer = await operator(`${ROOT}/operator/${path}`, { method, headers, body: JSON.stringify(document) });
    t.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text}`);
  };
  const { certificatePem } = await issueCertificate(door.authority, { commonName: SECRETS.name, usage: "client" });
  const jwk = { ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }), kid: "one" };
  const contact = { email: SECRETS.email, name: SECRETS.name, language: "fr" };
  await write("insurers", { enterpriseNumber: "0471938850", name: SECRETS.name });
  await write("insurers/0471938850/contacts", contact);
  await write("clients", { clientId: "client-new", name: SECRETS.name, kind: "insurer" });
  await write("clients/client-new/certificates", { pem: certificatePem });
  await write("clients/client-new/keys", { jwk });
  await write("clients/client-new/sshKeys", { publicKey: makeSshKey() });
  for (const path of ["insurers", "insurers/0471938850/contacts", "clients/client-new/keys"]) {
    t.equal((await operator(`${ROOT}/operator/${path}`)).status, 200, path);
  }
}

type Callers = Readonly<Record<"alpha" | "operator" | "nobody", Caller>>;

/** Each secret in each field of each operation. */
async function plantInFields({ alpha, operator }: Callers): Promise<void> {
  const file = plantedFile();
  // What an operator makes a client's id is one from then on, for everybody to see.
  const isNewId = (field: Field) => field.in === "body" && field.name === "clientId";
  const requests = listOperations().flatMap((operation) =>
    operation.fields
      .filter((field) => !isNewId(field))
      .flatMap((field) =>
        Object.values(SECRETS)
          .slice(0, field.in === "header" ? 2 : undefined)
          .map((secret) => ({ operation, field, secret })),
      ),
  );
  const queue = requests.values();
  const lane = async () => {
    for (const { operation, field, secret } of queue) {
      const { path, headers, ...question } = fillIn(operation, field, secret);
      const upload = { "Content-Type": "application/xml", "Content-Digest": digestOf(file), ...headers };
      const caller = operation.scope === SCOPES.operate ? operator : alpha;
      await caller(path, operation.takesFile ? { ...question, headers: upload, body: file } : { ...question, headers });
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** Where no operation looks for anything. */
async function plantElsewhere(door: Door, { alpha, operator, nobody }: Callers): Promise<void> {
  const stranger = await issueCertificate(door.authority, { commonName: SECRETS.name, usage: "client" });
  const list = `${ROOT}/submissions`;
  for (const secret of Object.values(SECRETS)) {
    const encoded = encodeURIComponent(secret);
    const value = encodeURIComponent(secret).replaceAll("%", "_");
    // The name of a field that nobody knows is repeated where it can be neither a number nor a sentence.
    const name = /\d{4}|[^\w.-]/.test(secret) ? secret : "unknown";
    for (const caller of [alpha, nobody, door.callAs(stranger)]) {
      await caller(`/${encoded}`);
      await caller(`${list}?${encodeURIComponent(name)}=${encoded}`);
      await caller(list, { headers: { Authorization: `Bearer ${value}`, Cookie: `a=${value}`, "X-Planted": value } });
      await caller(list, { headers: { Authorization: `Basic ${value}`, "User-Agent": value, Referer: value } });
      await caller("/auth/token", {
        method: "POST",
        body: `client_id=${encoded}&client_assertion=${encoded}`,
        headers: FORM,
      });
    }
    for (const body of [secret, `{"${name}":"${secret}"}`, `{"name":{"${name}":1},"enterpriseNumber":"${secret}"`]) {
      const headers = { "Content-Type": "application/json" };
      await operator(`${ROOT}/operator/insurers`, { method: "POST", headers, body });
      await send(alpha, body, { "Content-Digest": `sha-256=:${Buffer.from(secret).toString("base64")}:` });
      await send(alpha, `<${body}`, { "Content-Type": `text/xml; x=${value}` });
    }
    const socket = await door.connectAsAlpha();
    socket.on("error", () => {});
    socket.end(`GET ${list} HTTP/1.1\r\n${secret}\r\n\r\n`);
  }
}

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

/** What is written past the log, to the end of the test. */
function listenToConsole(t: Test): string[] {
  const printed: string[] = [];
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    const original = console[method];
    console[method] = (...values: unknown[]) => void printed.push(values.map(String).join(" "));
    t.teardown(() => {
      console[method] = original;
    });
  }
  return printed;
}
