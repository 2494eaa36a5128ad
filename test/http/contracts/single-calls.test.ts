import { createHash } from "node:crypto";
import t from "tap";
import {
  type Answer,
  BELGIF,
  contractFile,
  isProblem,
  KNOWN_INAMI_NUMBER,
  OWN,
  openDoor,
  ROOT,
  send,
  waitForEnd,
} from "../open-door.ts";
import { call, documentOf, NEW_CONTRACT, openLiveDoor, query } from "./live-door.ts";

const MODIFICATION = { effectiveOn: "2024-01-01", contractKind: "combined", solidarity: false };

t.test("a contract lives by single calls: declared, changed, closed, reopened, cancelled", async (t) => {
  const { alpha, owner } = await openLiveDoor(t);
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  t.equal(made.status, 201);
  t.match(made.headers, { etag: '"1"', "cache-control": "no-store" });
  const path = `/${documentOf(made).contract?.contractId}`;
  t.equal(made.headers.location, `${ROOT}/contracts${path}`);

  const changed = await call(alpha, path, MODIFICATION, { key: "K-2", ifMatch: '"1"', method: "PUT" });
  t.match(changed.json, {
    outcome: "accepted",
    contract: {
      state: "active",
      periods: [
        { validFrom: "2020-01-01", validUntil: "2023-12-31", contractKind: "socialPlci" },
        { validFrom: "2024-01-01", validUntil: undefined, contractKind: "combined", solidarity: false },
      ],
    },
  });
  const etag = String(changed.headers.etag);
  const closed = await call(
    alpha,
    `${path}/close`,
    { endOn: "2025-12-31", reason: "terminated" },
    { key: "K-3", ifMatch: etag },
  );
  t.match(closed.json, { contract: { state: "ended", endOn: "2025-12-31", endReason: "terminated" } });
  const reopened = await call(alpha, `${path}/reopen`, { reason: "wrong" }, { key: "K-4", ifMatch: "*" });
  t.match(reopened.json, { contract: { state: "active", endOn: undefined } });
  const again = await call(alpha, `${path}/reopen`, { reason: "wrong" }, { key: "K-5", ifMatch: "*" });
  t.match(again.json, { outcome: "unchanged" });
  t.equal(again.headers.etag, reopened.headers.etag, "what changes nothing has no other tag");
  const cancelled = await call(alpha, `${path}/cancel`, { reason: "error" }, { key: "K-6", ifMatch: "*" });
  t.match(cancelled.json, { contract: { state: "cancelled", periods: [] } });

  const read = await alpha(`${ROOT}/contracts${path}`);
  t.same(read.json, (cancelled.json as unknown as { contract: object }).contract);
  t.equal(read.headers.etag, cancelled.headers.etag);
  const [{ count }] = await owner<[{ count: number }]>`
    select count(*) as count from submission where call_result is not null and kind = 'delta' and sequence is null`;
  t.equal(count, 6);
});

t.test("each call is a submission with receipt, report and outcome", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  const { href } = (made.json as unknown as { submission: { href: string } }).submission;
  t.match((await alpha(href)).json, {
    state: "processed",
    reference: "K-1",
    kind: "delta",
    counts: { accepted: 1, received: 1 },
  });
  t.match((await alpha(`${href}/receipt`)).json, { reference: "K-1", durable: true });
  t.equal((await alpha(`${href}/report`)).status, 200);
  t.match((await alpha(`${href}/records`)).json, { items: [{ outcome: "accepted", senderReference: "K-1" }] });
});

t.test("the codes are those of a file, and a rejected record uses up its key", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const wrong = { ...NEW_CONTRACT, inamiNumber: "12345600001", startOn: "2020-02-30", contractKind: "pension" };
  const refused = await call(alpha, "", wrong, { key: "K-1" });
  isProblem(t, refused, 400, `${BELGIF}badRequest`);
  t.same(
    documentOf(refused).issues?.map(({ code, name }) => [code, name]),
    [
      ["dateInvalid", "startOn"],
      ["valueNotInList", "contractKind"],
      ["inamiNumberInvalid", "inamiNumber"],
    ],
  );
  t.notMatch(refused.text, /12345600001/, "no number in a problem");
  const file = contractFile({ reference: "F-1" })
    .replace('kind="initialLoad"', 'kind="delta" sequence="1"')
    .replace(KNOWN_INAMI_NUMBER, "12345600001")
    .replace("2019-03-01", "2020-02-30")
    .replace("socialPlci", "pension");
  const { submissionId } = (await send(alpha, file)).json;
  await waitForEnd(alpha, String(submissionId));
  const records = (await alpha(`${ROOT}/submissions/${submissionId}/records`)).json.items;
  t.same(
    records?.[0]?.findings?.map(({ code }) => code),
    documentOf(refused).issues?.map(({ code }) => code),
  );
  const { status, json } = await call(alpha, "", wrong, { key: "K-1" });
  t.same([status, json.issues], [400, refused.json.issues], "the first answer again");
  t.equal((await call(alpha, "", NEW_CONTRACT, { key: "K-1" })).status, 422);
  t.equal((await call(alpha, "", NEW_CONTRACT, { key: "K-2" })).status, 201);
  const other = { ...NEW_CONTRACT, startOn: "2021-01-01" };
  t.match(documentOf(await call(alpha, "", other, { key: "K-3" })).issues, [{ code: "contractExists" }]);
});

t.test("the same call under the same key gets its first answer, whatever happened since", async (t) => {
  const { alpha, owner } = await openLiveDoor(t);
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  const path = `/${documentOf(made).contract?.contractId}`;
  const changed = await call(alpha, path, MODIFICATION, { key: "K-2", ifMatch: '"1"', method: "PUT" });
  await call(alpha, `${path}/cancel`, { reason: "error" }, { key: "K-3", ifMatch: "*" });
  const count = async () => (await owner`select count(*) as count from contract_version`)[0]!.count;
  const before = await count();
  const replayed = [
    await call(alpha, "", Object.fromEntries(Object.entries(NEW_CONTRACT).reverse()), { key: "K-1" }),
    await call(alpha, path, MODIFICATION, { key: "K-2", ifMatch: '"1"', method: "PUT" }),
  ];
  for (const [index, first] of [made, changed].entries()) {
    t.same([replayed[index]!.status, replayed[index]!.text], [first.status, first.text]);
    t.equal(replayed[index]!.headers.etag, first.headers.etag);
    t.equal(replayed[index]!.headers.location, first.headers.location);
  }
  t.equal(await count(), before);
  const reused = await call(alpha, "", { ...NEW_CONTRACT, solidarity: false }, { key: "K-1" });
  isProblem(t, reused, 422, `${OWN}idempotencyKeyReused`);
  isProblem(t, await call(alpha, "", NEW_CONTRACT, { key: "LOAD-1" }), 422, `${OWN}idempotencyKeyReused`);
});

t.test("any key that a library may send is one reference", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const uuid = "7F3A9C51-e0d8-4b6f-a2c4-90ee16ac7bd3";
  const long = "x".repeat(255);
  for (const [index, keys] of [
    [uuid, `"${uuid}"`, uuid.toLowerCase()],
    [long, `"${long}"`],
    ["y".repeat(35)],
  ].entries()) {
    const body = { ...NEW_CONTRACT, contractNumber: `KEY-${index}` };
    const answers: Answer[] = [];
    for (const key of keys) answers.push(await call(alpha, "", body, { key }));
    t.same(new Set(answers.map(({ status, text }) => `${status} ${text}`)), new Set([`201 ${answers[0]!.text}`]));
    isProblem(t, await call(alpha, "", NEW_CONTRACT, { key: keys[0]! }), 422, `${OWN}idempotencyKeyReused`);
  }
  const other = { ...NEW_CONTRACT, contractNumber: "KEY-9" };
  t.equal((await call(alpha, "", other, { key: `${long.slice(1)}z` })).status, 201, "another long key is another call");
  const { items } = (await alpha(`${ROOT}/submissions`)).json as unknown as { items: { reference: string }[] };
  t.same(
    items
      .map(({ reference }) => reference)
      .filter((reference) => reference !== "LOAD-1")
      .sort(),
    [
      "7f3a9c51e0d84b6fa2c490ee16ac7bd3",
      createHash("sha256").update(long).digest("hex").slice(0, 35),
      createHash("sha256")
        .update(`${long.slice(1)}z`)
        .digest("hex")
        .slice(0, 35),
      "y".repeat(35),
    ].sort(),
  );
});

t.test("a stale or missing precondition changes nothing and keeps the key free", async (t) => {
  const { alpha, beta } = await openLiveDoor(t);
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  const path = `/${documentOf(made).contract?.contractId}`;
  await call(alpha, path, MODIFICATION, { key: "K-2", ifMatch: '"1"', method: "PUT" });
  const end = { endOn: "2025-12-31", reason: "terminated" };
  for (const ifMatch of ['"1"', 'W/"3", "1"', '"x"']) {
    isProblem(t, await call(alpha, `${path}/close`, end, { key: "K-3", ifMatch }), 412, `${OWN}preconditionFailed`);
  }
  isProblem(t, await call(alpha, `${path}/close`, end, { key: "K-3" }), 428, `${OWN}preconditionRequired`);
  isProblem(t, await call(beta, `${path}/close`, end, { key: "K-3", ifMatch: "*" }), 409, `${OWN}notLive`);
  const never = "/01936a3c-0000-7000-8000-000000000000";
  isProblem(
    t,
    await call(alpha, `${never}/close`, end, { key: "K-3", ifMatch: "*" }),
    404,
    `${BELGIF}resourceNotFound`,
  );
  t.equal((await call(alpha, `${path}/close`, end, { key: "K-3", ifMatch: '"1", "3"' })).status, 200);
});

t.test("what is not a call of the right form is refused before anything is kept", async (t) => {
  const { alpha, owner } = await openLiveDoor(t);
  for (const key of ["", "x".repeat(256), 'with"quote', '""', '"open', "with space"]) {
    isProblem(t, await call(alpha, "", NEW_CONTRACT, { key }), 400, `${BELGIF}badRequest`);
  }
  for (const body of [
    { ...NEW_CONTRACT, colour: "red" },
    { ...NEW_CONTRACT, solidarity: "true" },
    [],
    { ...NEW_CONTRACT, contractNumber: "\u0000" },
  ]) {
    isProblem(t, await call(alpha, "", body, { key: "K-1" }), 400, `${BELGIF}badRequest`);
  }
  const digest = { "Content-Type": "application/json", "Idempotency-Key": "K-1", "Content-Digest": "sha-256=:AAAA:" };
  t.equal((await alpha(`${ROOT}/contracts`, { method: "POST", headers: digest, body: "{}" })).status, 400);
  t.equal((await owner`select from submission where call_result is not null`).length, 0);
});

t.test("single contracts wait for the end of the initial load", async (t) => {
  const { alpha } = await openDoor(t);
  isProblem(t, await call(alpha, "", NEW_CONTRACT, { key: "K-1" }), 409, `${OWN}notLive`);
});

t.test("history is told as it was known, for a day or as a whole", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  const path = `/${documentOf(made).contract?.contractId}`;
  const { changedAt } = (made.json as unknown as { contract: { changedAt: string } }).contract;
  await call(alpha, path, MODIFICATION, { key: "K-2", ifMatch: "*", method: "PUT" });
  const ask = async (search: string) =>
    (await alpha(`${ROOT}/contracts${path}/versions${search}`)).json.items as unknown as { version: number }[];
  t.same(
    (await ask("")).map(({ version }) => version),
    [1, 2, 3],
  );
  t.same(
    (await ask("?validOn=2022-05-05&knownAt=2100-01-01T00:00:00Z")).map(({ version }) => version),
    [2],
  );
  t.same(
    (await ask(`?knownAt=${encodeURIComponent(changedAt)}`)).map(({ version }) => version),
    [1],
  );
  for (const search of ["?validOn=2022-02-30", "?knownAt=yesterday", "?knownAt=2022-01-01", "?other=1"]) {
    isProblem(t, await alpha(`${ROOT}/contracts${path}/versions${search}`), 400, `${BELGIF}badRequest`);
  }
  for (const year of ["0001", "0026", "0049", "0999"]) {
    const search = `?knownAt=${year}-11-23T06:08:06Z`;
    for (const asked of [alpha(`${ROOT}/contracts/snapshot${search}`), query(alpha, { state: "active" }, search)])
      isProblem(t, await asked, 400, `${BELGIF}badRequest`);
  }
});

t.test("half a character is no text, in whatever field", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const half = "\ud800";
  const made = await call(alpha, "", { ...NEW_CONTRACT, contractNumber: half }, { key: "K-1" });
  isProblem(t, made, 400, `${BELGIF}badRequest`);
  t.match(documentOf(made).issues, [{ in: "body", name: "contractNumber" }]);
  const { contractId } = documentOf(await call(alpha, "", NEW_CONTRACT, { key: "K-1" })).contract!;
  for (const action of ["reopen", "cancel"]) {
    const refused = await call(alpha, `/${contractId}/${action}`, { reason: half }, { key: "K-2", ifMatch: "*" });
    isProblem(t, refused, 400, `${BELGIF}badRequest`);
    t.match(documentOf(refused).issues, [{ in: "body", name: "reason" }]);
  }
});

t.test("pages are of one moment, whatever changes between them", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const ids: string[] = [];
  for (let index = 1; index <= 5; index += 1) {
    const made = await call(alpha, "", { ...NEW_CONTRACT, contractNumber: `P-${index}` }, { key: `K-${index}` });
    ids.push(String(documentOf(made).contract?.contractId));
  }
  const first = await query(alpha, { state: "active" }, "?pageSize=2");
  t.equal(first.json.items?.length, 2);
  await call(alpha, `/${ids[2]}/cancel`, { reason: "error" }, { key: "K-C", ifMatch: "*" });
  await call(alpha, "", { ...NEW_CONTRACT, contractNumber: "P-9" }, { key: "K-9" });
  const found = [...first.json.items!];
  for (let { next } = first.json; next !== undefined; ) {
    const page = await query(alpha, { state: "active" }, next.slice(next.indexOf("?")));
    found.push(...page.json.items!);
    next = page.json.next;
  }
  const numbers = (items: readonly object[]) =>
    items.map((item) => (item as { contractNumber: string }).contractNumber);
  t.same(numbers(found), ["C-1", "P-1", "P-2", "P-3", "P-4", "P-5"]);
  t.same(numbers((await query(alpha, { state: "cancelled" })).json.items!), ["P-3"]);
  const since = (first.json as { knownAt?: string }).knownAt;
  t.same(numbers((await query(alpha, { changedSince: since })).json.items!), ["P-3", "P-9"]);
  t.same(numbers((await query(alpha, { inamiNumbers: ["40000451001"] })).json.items!), []);
  t.same(numbers((await query(alpha, { ssins: ["85073003328"] })).json.items!), []);
  t.equal(
    (await query(alpha, { contractKind: "socialPlci", inamiNumbers: [KNOWN_INAMI_NUMBER] })).json.items?.length,
    7,
  );
  isProblem(t, await query(alpha, { colour: "red" }), 400, `${BELGIF}badRequest`);

  const [head, ...lines] = (await alpha(`${ROOT}/contracts/snapshot`)).text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.equal(head.contractCount, 7);
  t.same(numbers(lines), ["C-1", "P-1", "P-2", "P-3", "P-4", "P-5", "P-9"]);
});

t.test("whom an answer names is on the trail", async (t) => {
  const { alpha, owner } = await openLiveDoor(t);
  const body = { ...NEW_CONTRACT, ssin: "85073003328" };
  const made = await call(alpha, "", body, { key: "K-1" });
  const path = `${ROOT}/contracts/${documentOf(made).contract?.contractId}`;
  const answers = [
    made,
    await alpha(path),
    await alpha(`${path}/versions`),
    await query(alpha, { ssins: [body.ssin] }),
  ];
  for (const { headers } of answers) {
    const [row] = await owner`
      select cardinality(persons) as persons from audit_event where trace_id = ${String(headers["belgov-trace-id"])}`;
    t.equal(row?.persons, 2, "by both numbers");
  }
});
