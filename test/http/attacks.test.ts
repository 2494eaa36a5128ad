import t, { type Test } from "tap";
import { SCOPES } from "../../src/identity/scopes.ts";
import { type Field, fillIn, listOperations, type Operation } from "./api-operations.ts";
import { callAsOperator, keepConnections } from "./call-as-operator.ts";
import {
  ALPHA,
  type Answer,
  BELGIF,
  BETA,
  contractFile,
  digestOf,
  isProblem,
  openDoor,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "./open-door.ts";

const SUBMISSIONS = `${ROOT}/submissions`;
const NEVER = "01936a3c-0000-7000-8000-000000000000";

const INJECTIONS = [
  "' or '1'='1",
  "'; drop table submission cascade; --",
  "1 union select receipt_jws from submission --",
  "\\'||(select pg_sleep(60))||'",
  "{$1,NULL}",
  "nul\0byte",
  "x\r\nSet-Cookie: planted=1\r\n\r\n<html>",
  "../../operator/clients?x=",
  "//planted.example/",
  "<!--#exec--><script>planted()</script>",
  "\ud83d\ude00 é ٣",
  "__proto__",
];
/** Half a character, which JSON alone can write. */
const TORN = "torn \ud83d";
/** What Node itself would not send as the value of a header. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

t.test("no text that a caller may write becomes SQL, a header or an error of ours", async (t) => {
  const door = await openDoor(t, {
    limits: { requestsPerMinutePerClient: 0, requestsPerMinutePerAddress: 0 },
  });
  const operator = await callAsOperator(t, door);
  const alpha = keepConnections(t, door, door.alpha, door.alphaCertificate);
  const file = contractFile({ reference: "ATTACKED" });
  await send(door.alpha, file);
  await send(door.beta, contractFile({ reference: "OF-BETA", sender: BETA }));
  const countRows = async () => {
    const [row] = await door.owner`
      select (select count(*) from submission)::int as submissions, (select count(*) from insurer)::int as insurers`;
    return row;
  };
  const before = await countRows();

  const attack = async (operation: Operation, field: Field, text: string): Promise<Answer | undefined> => {
    if (field.in === "header" && UNSENDABLE.test(text)) return undefined;
    const { headers, ...question } = fillIn(operation, field, text);
    const upload = { "Content-Type": "application/xml", "Content-Digest": digestOf(file), ...headers };
    const caller = operation.scope === SCOPES.operate ? operator : alpha;
    return await caller(
      question.path,
      operation.takesFile ? { ...question, headers: upload, body: file } : { ...question, headers },
    );
  };
  const attacks = listOperations().flatMap((operation) =>
    operation.fields.flatMap((field) => injectionsFor(field).map((text) => ({ operation, field, text }))),
  );
  const queue = attacks.values();
  let answered = 0;
  let kept = 0;
  const lane = async () => {
    for (const { operation, field, text } of queue) {
      const started = performance.now();
      const answer = await attack(operation, field, text);
      if (!answer) continue;
      answered += 1;
      // What may be any text is kept as it was sent.
      if (answer.status === 201 && field.name === "name" && answer.text.includes(JSON.stringify(text))) kept += 1;
      const faults = findFaults(answer, performance.now() - started);
      if (text === TORN && answer.status < 400) faults.push("it takes half a character");
      if (faults.length === 0) continue;
      const name = `${operation.name}, ${field.in} ${field.name}: ${JSON.stringify(text)}`;
      t.fail(name, { faults, status: answer.status, text: answer.text.slice(0, 300) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  t.ok(answered > 1_500, `${answered} attacks`);
  t.match(await countRows(), { submissions: before!.submissions }, "nothing came, nothing went");
  t.equal((await door.alpha(SUBMISSIONS)).json.items?.length, 1);
  t.ok(kept > 3, `${kept} names are what was sent`);
});

function injectionsFor({ in: place }: Field): readonly string[] {
  // Headers that every operation reads are read in one place: some texts will do.
  if (place === "header") return INJECTIONS.slice(0, 3);
  return place === "body" ? [...INJECTIONS, TORN] : INJECTIONS;
}

function findFaults({ status, headers, text }: Answer, durationMs: number): string[] {
  const type = headers["content-type"] ?? "";
  return [
    ...(status >= 500 ? ["an error of ours"] : []),
    ...(durationMs > 50_000 ? ["it slept"] : []),
    ...(headers["set-cookie"] || /planted/.test(JSON.stringify(headers)) ? ["a header of the caller's"] : []),
    ...(status >= 400 && type !== "application/problem+json" ? ["no problem document"] : []),
    ...(status >= 400 && /syntax error|SQLSTATE|postgres|relation "|\.ts:\d|node_modules/i.test(text)
      ? ["internals"]
      : []),
    ...(text.includes("OF-BETA") ? ["data of another insurer"] : []),
  ];
}

t.test("text in a file is data, whatever it looks like", async (t) => {
  const door = await openDoor(t);
  await processSubmissions(t, door);
  const text = "'; drop table contract --";
  const escaped = "&apos;; drop table contract --";
  const file = contractFile({ reference: escaped }).replaceAll("C-1", escaped).replaceAll("R-1", escaped);
  const sent = await send(door.alpha, file);
  t.match(sent, { status: 202, json: { reference: text, state: "received" } });
  const ended = await waitForEnd(door.alpha, String(sent.json.submissionId));
  t.match(ended.json, { state: "processed", counts: { accepted: 1 } });
  const [contract] = await door.owner`select contract_number as "contractNumber" from contract`;
  t.equal(contract!.contractNumber, text);
});

t.test("another insurer's ids are as good as ids that never were", async (t) => {
  const door = await openDoor(t);
  await processSubmissions(t, door);
  const sent = await send(door.alpha, contractFile());
  const id = String(sent.json.submissionId);
  await waitForEnd(door.alpha, id);
  /** What an answer says, without what differs from answer to answer. */
  const sayings = ({ status, headers, json }: Answer, ownId: string) => {
    const { date, "belgov-trace-id": _trace, ratelimit, ...others } = headers;
    const { instance, ...document } = json;
    return JSON.parse(JSON.stringify({ status, others, document }).replaceAll(ownId, "ID"));
  };
  const paths = listOperations().filter(({ path }) => path.startsWith(`${SUBMISSIONS}/{submissionId}`));
  t.ok(paths.length >= 6);
  for (const operation of paths) {
    const field = operation.fields.find(({ name }) => name === "submissionId");
    const ask = async (submissionId: string) => {
      const { path, method } = fillIn(operation, field, submissionId);
      return sayings(await door.beta(path, { method }), submissionId);
    };
    const [foreign, never] = [await ask(id), await ask(NEVER)];
    t.same(foreign, never, operation.name);
    t.equal(foreign.status, 404, operation.name);
  }

  t.test("also in a header", async (t) => {
    const [foreign, never] = await Promise.all(
      [ALPHA, "0471938850"].map((insurer) => door.beta(SUBMISSIONS, { headers: { "Infoss-Insurer": insurer } })),
    );
    t.same(sayings(foreign!, ALPHA), sayings(never!, "0471938850"));
    isProblem(t, foreign!, 403, `${BELGIF}missingPermission`);
  });

  t.test("also in a file", async (t) => {
    const refused = await send(door.beta, contractFile({ sender: ALPHA, reference: "FOREIGN" }));
    t.match(refused, { status: 202, json: { state: "refused" } });
    t.notMatch(refused.text, new RegExp(id));
  });

  t.test("also as a cursor", async (t) => {
    await send(door.beta, contractFile({ sender: BETA, reference: "BETA-1" }));
    for (const cursor of [id, NEVER, "ffffffff-ffff-ffff-ffff-ffffffffffff"]) {
      const { status, json, text } = await door.beta(`${SUBMISSIONS}?afterSubmission=${cursor}`);
      t.equal(status, 200);
      t.ok((json.items ?? []).length <= 2);
      t.notMatch(text, /LOAD-1/, "only its own");
    }
  });

  t.test("a walk through neighbouring ids finds nothing", async (t) => {
    for (let step = 1; step <= 60; step += 1) {
      const tail = (BigInt(`0x${id.slice(-12)}`) + BigInt(step - 30)) & 0xffffffffffffn;
      const neighbour = id.slice(0, -12) + tail.toString(16).padStart(12, "0");
      const { status } = await door.beta(`${SUBMISSIONS}/${neighbour}`);
      if (status !== 404) t.fail(`${neighbour}: ${status}`);
    }
    t.pass("sixty neighbours");
  });
});

t.test("whoever enumerates is stopped by the limit of requests", async (t) => {
  const door = await openDoor(t, { limits: { requestsPerMinutePerClient: 20 } });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const id = NEVER.replace("000000000000", String(attempt).padStart(12, "0"));
    statuses.push((await door.alpha(`${SUBMISSIONS}/${id}`)).status);
  }
  t.same(statuses, [...Array(20).fill(404), ...Array(10).fill(429)]);
});

t.test("a forged cursor or page is refused, or leads to one's own", async (t) => {
  const door = await openDoor(t);
  const sent = await send(door.alpha, contractFile());
  const records = `${SUBMISSIONS}/${sent.json.submissionId}/records`;
  for (const query of [
    "afterSubmission=x",
    `afterSubmission=${NEVER}'`,
    `afterSubmission=${NEVER.toUpperCase().replace("A", "G")}`,
    "afterSubmission=",
    "pageSize=0",
    "pageSize=-1",
    "pageSize=101",
    "pageSize=1.5",
    "pageSize=NaN",
    "pageSize=10&pageSize=20",
    "page=2",
    "state=received&state=processed",
    "state[]=received",
  ]) {
    await isRefused(t, await door.alpha(`${SUBMISSIONS}?${query}`), query);
  }
  for (const query of [
    "afterRecordNumber=-1",
    "afterRecordNumber=99999999999999999999",
    "afterRecordNumber=1%20or%201=1",
    "outcome=ACCEPTED",
    "pageSize=100000",
  ]) {
    await isRefused(t, await door.alpha(`${records}?${query}`), query);
  }
});

async function isRefused(t: Test, answer: Answer, name: string): Promise<void> {
  t.match(answer, { status: 400, json: { type: `${BELGIF}badRequest` } }, name);
}
