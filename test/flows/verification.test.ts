import t, { type Test } from "tap";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { openAccount } from "../../src/exchange/account-registry.ts";
import { listOpenAccounts } from "../../src/exchange/accounts.ts";
import { serveAccount } from "../../src/exchange/serve-account.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { createMemoryFolders } from "../exchange/memory-folders.ts";
import { createXsdCheck } from "../formats/report/xsd.ts";
import { clientIdOf } from "../http/admit-with-client.ts";
import { ALPHA, type Answer, BETA, type Caller, contractFile, openDoor, ROOT, send } from "../http/open-door.ts";
import { composeWorkbook, inlineRows } from "../verification/compose-workbook.ts";
import { until } from "./open-intake.ts";
import {
  FOREIGN_SSIN,
  loadTestRegister,
  makeInamiNumber,
  makeSsin,
  PROVIDERS,
  UNKNOWN_INAMI_NUMBER,
} from "./test-register.ts";

const JSON_TYPE = "application/json";
const PERSONS = createPersonHasher(Buffer.alloc(32, 7));
const BIS = makeSsin("854703003");

type Row = readonly [number: string, contractNumber?: string];

/** Both doors on one database, with the test register; Alpha's account is in memory. */
async function openBothDoors(t: Test) {
  const door = await openDoor(t);
  const { intake, database, owner } = door;
  await loadTestRegister(t, database);
  await database.institute.begin(async (tx) => {
    const clientId = clientIdOf(ALPHA);
    await openAccount(
      tx,
      { account: "test" },
      { clientId, accountName: "alpha", signatureRequired: false, language: "en" },
    );
  });
  const memory = createMemoryFolders();
  const exchange = {
    intake,
    persons: PERSONS,
    goTimeoutMs: 3_600_000,
    settleMs: 60_000,
    sameSecondMs: 0,
    answerRetentionMs: 86_400_000,
    attempts: 3,
  };
  let sequence = 0;
  let keys = 0;

  async function serve(): Promise<void> {
    const [account] = await listOpenAccounts(intake, "alpha");
    await serveAccount(exchange, account!, memory.folders, new AbortController().signal);
  }

  async function processAll(): Promise<void> {
    const worker = startWorker(intake, { concurrency: 1, pollIntervalMs: 10 });
    await until(async () => {
      const [row] =
        await owner`select count(*)::int as count from submission where state in ('received', 'processing')`;
      return row!.count === 0;
    });
    await worker.stop(10_000);
  }

  return {
    ...door,
    memory,
    serve,
    processAll,
    setPhase: (phase: string) => owner`update insurer set phase = ${phase}`,
    async post(content: string | Buffer, type = JSON_TYPE, caller: Caller = door.alpha, key = `KEY-${++keys}`) {
      return await caller(`${ROOT}/inamiVerifications`, {
        method: "POST",
        headers: { "Content-Type": type, "Idempotency-Key": key },
        body: content,
      });
    },
    /** What the account answers to a file: receipt and result. */
    async drop(content: string | Buffer, letter = "S"): Promise<{ receipt: string; result: string | undefined }> {
      sequence += 1;
      const rest = `INVE.${ALPHA}.20261122.${String(sequence).padStart(5, "0")}.${letter}`;
      memory.put(`FI.${rest}`, content);
      memory.put(`GO.${rest}`);
      await serve();
      await processAll();
      await serve();
      const taken = (code: string) => memory.names("OUT").find((name) => name.startsWith(`FO.${code}`));
      const text = (name: string | undefined) => name && memory.text(name);
      const told = { receipt: text(taken("ACRF")) ?? "", result: text(taken("INVR")) };
      for (const name of memory.names("OUT")) memory.stored.OUT.delete(name);
      return told;
    },
  };
}

const toJson = (rows: readonly Row[]) =>
  JSON.stringify({
    rows: rows.map(([number, contractNumber]) => ({ number, ...(contractNumber && { contractNumber }) })),
  });
const toCsv = (rows: readonly Row[]) => rows.map((cells) => cells.join(";")).join("\n");

interface Told {
  readonly rowNumber: number;
  readonly answer: string;
  readonly [field: string]: unknown;
}

/** Rows of a file large enough to be looked up in another way than few are. */
const MANY_ROWS = 5_500;

/** The answers to the rows, again and again until they are many: each time the same. */
async function answerMany(t: Test, rows: readonly Row[]): Promise<Told[]> {
  const times = Math.ceil(MANY_ROWS / rows.length);
  const { json } = await flow.post(toJson(Array.from({ length: times }, () => rows).flat()));
  await flow.processAll();
  const told: Told[] = [];
  for (let next: string | undefined = `${ROOT}/inamiVerifications/${json.submissionId}?pageSize=1000`; next; ) {
    const page = await flow.alpha(next);
    told.push(...rowsIn(page));
    next = page.json.next;
  }
  t.equal(told.length, times * rows.length);
  const first = told.slice(0, rows.length);
  t.same(
    told,
    told.map((_, index) => ({ ...first[index % rows.length], rowNumber: index + 1 })),
  );
  return first;
}

const rowsIn = (answer: Answer): readonly Told[] => (answer.json as unknown as { rows: Told[] }).rows;
const answersOf = (answer: Answer) => rowsIn(answer).map((item) => item.answer);

/** The rows of a result as JSON has them. */
function rowsOf(xml: string): Told[] {
  return [...xml.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = ""]) => {
    const fields = [...row.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(
      ([, name = "", value = ""]) => [name, value] as const,
    );
    const inamiNumbers = fields.flatMap(([name, value]) => (name === "inamiNumber" ? [value] : []));
    const others = Object.fromEntries(fields.filter(([name]) => name !== "inamiNumber"));
    return {
      ...others,
      rowNumber: Number(others.rowNumber),
      answer: String(others.answer),
      ...(inamiNumbers.length > 0 && { inamiNumbers }),
    };
  });
}

const flow = await openBothDoors(t);

const { current, recent, expiredYesterday, expiringToday, deceased, replaced, replacing } = PROVIDERS;
const ASKED: readonly Row[] = [
  [current.ssin, "C-1"],
  [recent.ssin, "C-1"],
  [recent.inamiNumber],
  [recent.inamiNumber.slice(0, 8), "C-3"],
  [replaced.inamiNumber],
  [replaced.ssin],
  [expiredYesterday.ssin],
  [expiringToday.inamiNumber],
  [deceased.inamiNumber],
  [FOREIGN_SSIN],
  [UNKNOWN_INAMI_NUMBER],
  ["10100105"],
  [recent.inamiNumber],
];

t.test("both doors give the same answers to the same rows, in every form", async (t) => {
  await flow.setPhase("access");
  const forms: readonly (string | Buffer)[] = [
    toJson(ASKED),
    toCsv(ASKED),
    composeWorkbook({ rows: inlineRows(ASKED.map(([number, contract = ""]) => [number, contract])) }),
  ];
  const first = await flow.post(forms[0]!);
  t.equal(first.status, 200);
  const items = rowsIn(first);
  const own = [
    current,
    PROVIDERS.modulus89,
    PROVIDERS.modulus83,
    PROVIDERS.modulus79,
    PROVIDERS.nurse,
    PROVIDERS.another,
  ];
  t.match(items, [
    { answer: "valid", inamiNumbers: own.map(({ inamiNumber }) => inamiNumber).toSorted() },
    { answer: "valid", inamiNumbers: [recent.inamiNumber] },
    { answer: "valid", inamiNumbers: [recent.inamiNumber] },
    { answer: "valid", inamiNumbers: [recent.inamiNumber] },
    { answer: "replaced", replacedBy: replacing.inamiNumber },
    { answer: "valid", inamiNumbers: [replacing.inamiNumber] },
    { answer: "notValidOn", notValidOn: "2026-11-22" },
    { answer: "valid", inamiNumbers: [expiringToday.inamiNumber] },
    { answer: "notValidOn", notValidOn: "2026-11-22" },
    { answer: "unknown" },
    { answer: "unknown" },
    { answer: "malformed", reason: "leadingZerosLost" },
    { answer: "valid", inamiNumbers: [recent.inamiNumber] },
  ]);
  t.match(first.json, {
    state: "processed",
    counts: { valid: 7, replaced: 1, notValidOn: 2, unknown: 2, malformed: 1 },
  });
  for (const content of forms) {
    t.same(rowsIn(await flow.post(content, "text/csv")), items, "whatever media type is named");
    const { receipt, result } = await flow.drop(content);
    t.match(receipt, /<state>received<\/state>/);
    t.same(rowsOf(result ?? ""), items);
    createXsdCheck("verification-result/1/verification-result.xsd").validate(result ?? "");
  }
  t.same(await answerMany(t, ASKED), items, "however many rows there are");
});

t.test("outside of `access` a row is answered for a contract held, and nobody learns of others", async (t) => {
  await flow.setPhase("loading");
  const numbers = [current.inamiNumber, recent.inamiNumber, replaced.inamiNumber];
  await send(flow.alpha, contractFile({ inamiNumbers: numbers }));
  await send(
    flow.beta,
    contractFile({ sender: BETA, reference: "OF-BETA", inamiNumbers: [expiringToday.inamiNumber] }),
  );
  await flow.processAll();
  await flow.owner`update contract set contract_number = 'B-1' where insurer_id <> ${flow.alphaId}`;
  const rows: readonly Row[] = [
    [current.ssin, "C-1"],
    [PROVIDERS.nurse.inamiNumber, "C-1"],
    [recent.ssin, "C-1"],
    [recent.ssin, "C-2"],
    [recent.ssin, "c-2"],
    [recent.ssin],
    [replaced.inamiNumber, "C-3"],
    [expiringToday.ssin, "B-1"],
    [expiringToday.ssin, "B-9"],
    [FOREIGN_SSIN, "C-1"],
  ];
  const expected = [
    "valid",
    "valid",
    "unknown",
    "valid",
    "unknown",
    "malformed",
    "replaced",
    "unknown",
    "unknown",
    "unknown",
  ];
  const answer = await flow.post(toJson(rows));
  t.same(answersOf(answer), expected);
  const [ofOther, ofNobody] = [rowsIn(answer)[7]!, rowsIn(answer)[8]!].map(
    ({ rowNumber: _n, contractNumber: _c, ...row }) => row,
  );
  t.same(ofOther, ofNobody, "another insurer's contract is as unknown as none");
  t.same(rowsOf((await flow.drop(toCsv(rows))).result ?? ""), rowsIn(answer));
  t.same(await answerMany(t, rows), rowsIn(answer), "however many rows there are");
  t.same(answersOf(await flow.post(toJson([[expiringToday.ssin, "B-1"]]), JSON_TYPE, flow.beta)), ["valid"]);
  await flow.owner`update contract set cancelled_at = now() where contract_number = 'C-2'`;
  t.same(answersOf(await flow.post(toJson([[recent.ssin, "C-2"]]))), ["unknown"], "one that was cancelled is none");
});

t.test("a BIS number that a national one replaced is answered with it", async (t) => {
  await flow.setPhase("access");
  const load = (ssin: string) => flow.owner`
    insert into provider_version (inami_root, version, recorded_at, inami_number, ssin, valid_from)
    values ('50009988', (select count(*) + 1 from provider_version where inami_root = '50009988'), now(), '50009988001', ${ssin}, '2000-01-01')`;
  await load(BIS);
  await flow.owner`update provider_version set superseded_at = now() where inami_root = '50009988'`;
  const national = makeSsin("850730035");
  await load(national);
  await flow.owner`
    insert into provider (inami_root, inami_number, ssin, valid_from) values ('50009988', '50009988001', ${national}, '2000-01-01')`;
  const expected = [
    { answer: "replaced", replacedBy: national, inamiNumbers: ["50009988001"] },
    { answer: "valid", inamiNumbers: ["50009988001"] },
  ];
  t.match(rowsIn(await flow.post(toJson([[BIS], [national]]))), expected);
  t.match(await answerMany(t, [[BIS], [national]]), expected, "however many rows there are");
});

t.test("files that are refused as a whole get the same finding through both doors, and leave nothing", async (t) => {
  await flow.setPhase("access");
  const bomb = { name: "xl/media/x", content: Buffer.alloc(2_000_000) };
  const cases: readonly [string | Buffer, string][] = [
    ["", "emptyFile"],
    [Buffer.from(`\ufeff${recent.ssin}`, "utf16le"), "encodingNotSupported"],
    [composeWorkbook({ rows: '<?xml version="1.0"?><!DOCTYPE x><x/>' }), "doctypeNotAllowed"],
    [
      composeWorkbook({ rows: inlineRows([[recent.ssin]]), more: [{ name: "../x", content: "" }] }),
      "verificationFileInvalid",
    ],
    [composeWorkbook({ rows: inlineRows([[recent.ssin]]), more: [bomb] }), "limitExceeded"],
  ];
  const countKept = () => flow.owner`
    select (select count(*) from verification) as verifications, (select count(*) from verification_row) as rows`;
  const before = await countKept();
  for (const [content, code] of cases) {
    const posted = await flow.post(content);
    await flow.processAll();
    const ended = await flow.alpha(String(posted.headers.location));
    t.match(ended.json, { state: "refused", findings: [{ code }], rows: [] }, code);
    const { receipt, result = "" } = await flow.drop(content);
    t.match(receipt, /<state>received<\/state>/);
    t.match(result, new RegExp(`<state>refused</state>[^]*<code>${code}</code>[^]*<rows>\\s*</rows>`), code);
    createXsdCheck("verification-result/1/verification-result.xsd").validate(result);
  }
  t.same(await countKept(), before);
  t.match(
    (await flow.drop(recent.ssin, "T")).receipt,
    /<state>tested<\/state>/,
    "a circuit test ends with its receipt",
  );
});

t.test("a quota for each insurer and day", async (t) => {
  await flow.setPhase("access");
  const { verificationQuota } = flow.intake;
  Object.assign(flow.intake, { verificationQuota: { perDay: 1, perDayInAccess: 3 } });
  t.teardown(() => Object.assign(flow.intake, { verificationQuota }));
  await flow.owner`update verification set checked_on = checked_on - 1`;
  const two = toJson([[recent.ssin], [FOREIGN_SSIN], ["not a number"]]);
  t.match((await flow.post(two)).json, { state: "processed" });
  const refused = await flow.post(two, JSON_TYPE, flow.alpha, "TWICE");
  t.match(refused.json, {
    state: "refused",
    findings: [{ code: "verificationQuotaExceeded", details: { asked: 2, left: 1, maximum: 3 } }],
  });
  t.match((await flow.drop(toCsv([[recent.ssin], [recent.ssin]]))).result, /<code>verificationQuotaExceeded</);
  t.match(
    (await flow.post(toJson([[recent.ssin]]), JSON_TYPE, flow.alpha, "TWICE")).json,
    { state: "processed" },
    "its key is free",
  );
  t.match((await flow.post(two, JSON_TYPE, flow.beta)).json, { state: "processed" }, "another insurer has its own");
  await flow.owner`update verification set checked_on = checked_on - 1`;
  t.match((await flow.post(two)).json, { state: "processed" }, "and so has another day");
  await flow.setPhase("live");
  t.match((await flow.post(toJson([[recent.ssin, "C-1"]]))).json, {
    findings: [{ code: "verificationQuotaExceeded" }],
  });
  const [same, other] = await Promise.all([flow.post(toJson([]), JSON_TYPE, flow.alpha), flow.post("{}")]);
  t.match([same.json, other.json], [{ state: "refused" }, { state: "refused" }]);
});

t.test("a verification is sent again without harm, and kept in pages", async (t) => {
  await flow.setPhase("access");
  const one = toJson([[recent.ssin]]);
  const first = await flow.post(one, JSON_TYPE, flow.alpha, "SAME");
  const again = await flow.post(one, JSON_TYPE, flow.alpha, "SAME");
  t.same([again.status, again.json], [200, first.json]);
  t.equal((await flow.post(toJson([[FOREIGN_SSIN]]), JSON_TYPE, flow.alpha, "SAME")).status, 422);
  t.equal(
    (
      await flow.alpha(`${ROOT}/inamiVerifications`, {
        method: "POST",
        headers: { "Content-Type": JSON_TYPE },
        body: one,
      })
    ).status,
    400,
  );
  t.equal((await flow.post(one, "application/xml")).status, 415);
  const odd = 'C"\\,{}NULL';
  t.match(
    rowsIn(await flow.post(toJson([[recent.ssin, odd]]))),
    [{ answer: "valid", contractNumber: odd }],
    "any text is text",
  );
  const awkward = await answerMany(
    t,
    [odd, "\\N", "a\\tb", "\\"].map((text): Row => [recent.ssin, text]),
  );
  t.same(
    awkward.map((row) => row.contractNumber),
    [odd, "\\N", "a\\tb", "\\"],
    "in many rows too",
  );

  const many = `${recent.ssin}\n`.repeat(6_000);
  const waiting = await flow.post(many, "text/plain", flow.alpha, "MANY");
  t.match([waiting.status, waiting.json], [202, { state: "received", rows: [] }]);
  const path = String(waiting.headers.location);
  t.equal((await flow.alpha(path, { headers: { Accept: "text/csv" } })).status, 404);
  await flow.processAll();
  t.equal(
    (await flow.post(many, "text/plain", flow.alpha, "MANY")).status,
    200,
    "what is asked again later is answered",
  );
  let pages = 0;
  let last = 0;
  for (let next: string | undefined = `${path}?pageSize=900`; next; pages += 1) {
    const page = await flow.alpha(next);
    t.equal(rowsIn(page)[0]!.rowNumber, last + 1);
    last = rowsIn(page).at(-1)!.rowNumber;
    next = page.json.next;
  }
  t.same([pages, last], [7, 6_000]);
  const csv = await flow.alpha(path, { headers: { Accept: "text/csv" } });
  t.equal(csv.text.trim().split("\r\n").length, 6_001);
  const xml = await flow.alpha(path, { headers: { Accept: "application/xml" } });
  createXsdCheck("verification-result/1/verification-result.xsd").validate(xml.text);
  t.equal((await flow.beta(path)).status, 404, "to another insurer there is none");
});

t.test("whom an answer names is on the audit trail before it leaves, through both doors", async (t) => {
  await flow.setPhase("access");
  const reads = () => flow.owner<{ method: string; route: string; persons: Buffer[] }[]>`
    select method, route, persons from audit_event where persons is not null order by event_id`;
  await flow.post(toJson([[recent.ssin], [FOREIGN_SSIN]]));
  await flow.drop(toCsv([[recent.ssin]]));
  const found = (await reads()).slice(-2);
  t.match(found, [
    { method: "POST", route: `${ROOT}/inamiVerifications` },
    { method: "SFTP", route: "INVR" },
  ]);
  t.equal(found[0]!.persons.length, 3, "also who was asked for and is unknown");
  t.same(
    found[1]!.persons.map((hash) => hash.toString("hex")).toSorted(),
    PERSONS.hashPerson({ ssins: [recent.ssin], inamiNumbers: [recent.inamiNumber] })
      .map((hash) => hash.toString("hex"))
      .toSorted(),
  );
  t.notMatch(makeInamiNumber("400010"), found[0]!.persons.join());
});
