import { randomUUID } from "node:crypto";
import t from "tap";
import { rejectedProblem } from "../../../src/http/contract-problems.ts";
import { loadTestRegister, PROVIDERS } from "../../flows/test-register.ts";
import { type Answer, BELGIF, type Caller, isProblem, OWN, ROOT } from "../open-door.ts";
import { call, documentOf, NEW_CONTRACT, openLiveDoor, query } from "./live-door.ts";

const MODIFICATION = { effectiveOn: "2024-01-01", contractKind: "combined", solidarity: false };
const CLOSE = { endOn: "2025-12-31", reason: "terminated" };

interface Rejection {
  readonly issues?: readonly {
    readonly code?: string;
    readonly in: string;
    readonly name?: string;
    readonly detail: string;
    readonly details?: Readonly<Record<string, string | number>>;
    readonly value?: string;
  }[];
  readonly submission?: { readonly href: string };
}
const rejectionOf = (answer: Answer) => answer.json as unknown as Rejection;
const issueOf = (answer: Answer) => rejectionOf(answer).issues?.[0];
const pathOf = (answer: Answer) => `/${documentOf(answer).contract?.contractId}`;

t.test("a call makes no event: its answer tells of it", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const feed = async () => (await alpha(`${ROOT}/events`)).json.items?.length;
  const before = await feed();
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  t.equal((await call(alpha, "", { ...NEW_CONTRACT, solidarity: false }, { key: "K-2" })).status, 400);
  await call(alpha, `${pathOf(made)}/cancel`, { reason: "error" }, { key: "K-3", ifMatch: "*" });
  t.equal(before, 1);
  t.equal(await feed(), before);
});

t.test("a rejected call gives what the report of a file gives, but no numbers of persons", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  const path = pathOf(made);
  const { contractId } = documentOf(made).contract!;
  const change = async (key: string, below: string, body: object) =>
    await call(alpha, `${path}${below}`, body, { key, ifMatch: "*", ...(below === "" && { method: "PUT" }) });
  const other = { ...NEW_CONTRACT, contractNumber: "S-2" };
  const cases: [Answer, string, Record<string, string | number>][] = [
    [
      await change("K-2", "/close", { endOn: "2026-06-30", reason: "because" }),
      "valueNotInList",
      { allowed: "terminated, transferred, death, paidOut, other" },
    ],
    [
      await call(alpha, "", { ...other, startOn: "2031-01-01" }, { key: "K-3" }),
      "startOnOutOfRange",
      { earliest: "1960-01-01", latest: "2027-11-22" },
    ],
    [await call(alpha, "", { ...NEW_CONTRACT, solidarity: false }, { key: "K-4" }), "contractExists", { contractId }],
    [
      await change("K-5", "", { ...MODIFICATION, effectiveOn: "2019-12-31" }),
      "effectiveBeforeStart",
      { startOn: "2020-01-01" },
    ],
    [await change("K-6", "/close", { ...CLOSE, endOn: "2019-12-31" }), "endBeforeStart", { startOn: "2020-01-01" }],
    [
      await call(alpha, "", { ...other, contractNumber: "x".repeat(36) }, { key: "K-7" }),
      "valueTooLong",
      { maximum: 35 },
    ],
    [
      await call(alpha, "", { ...other, ssin: "85073003329" }, { key: "K-8" }),
      "ssinInvalid",
      { reason: "checkDigitsInvalid" },
    ],
  ];
  await change("K-9", "/close", CLOSE);
  cases.push([
    await change("K-10", "", { ...MODIFICATION, effectiveOn: "2026-01-01" }),
    "contractEndedBefore",
    { endOn: CLOSE.endOn },
  ]);
  for (const [answer, code, details] of cases) {
    isProblem(t, answer, 400, `${BELGIF}badRequest`);
    const issue = issueOf(answer)!;
    t.match(issue, { code, details, value: undefined }, code);
    if (code !== "ssinInvalid") for (const value of Object.values(details)) t.match(issue.detail, `${value}`, code);
    t.notMatch(answer.text, "85073003329");
    const { submission } = rejectionOf(answer);
    const { items } = (await alpha(`${submission?.href}/records`)).json;
    t.match(items, [{ outcome: "rejected", findings: [{ code, details }] }], "as in its report");
  }
});

t.test("a detail that nobody has found harmless stays out of the problem", async (t) => {
  const finding = {
    code: "ssinMismatch",
    field: "ssin",
    details: { holder: "85073003328", on: "2026-01-01" },
  } as const;
  const { issues } = rejectedProblem({ submissionId: "S", findings: [finding] }, "en");
  t.same(issues[0]?.details, { on: "2026-01-01" });
});

t.test("what is found of a call has no place in a file", async (t) => {
  const { alpha, database } = await openLiveDoor(t);
  await loadTestRegister(t, database);
  const body = { ...NEW_CONTRACT, inamiNumber: PROVIDERS.replaced.inamiNumber };
  const made = await call(alpha, "", body, { key: "K-1" });
  const { findings, submission } = made.json as unknown as { findings: object[]; submission: { href: string } };
  t.match(findings, [{ code: "inamiNumberReplaced", line: undefined, byteOffset: undefined, recordNumber: 1 }]);
  const { items } = (await alpha(`${submission.href}/records`)).json;
  t.match(items, [{ findings: [{ code: "inamiNumberReplaced", line: undefined, byteOffset: undefined }] }]);
});

t.test("If-Match that can never match is told as such, and nothing is done", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const path = `${pathOf(await call(alpha, "", NEW_CONTRACT, { key: "K-1" }))}/close`;
  const close = async (ifMatch: string) => await call(alpha, path, CLOSE, { key: "K-2", ifMatch });
  const told: [string, RegExp][] = [
    ...["abc", "1", '"1', '"1""2"', '"1" x', "t", "", ",", "*, *"].map((sent): [string, RegExp] => [
      sent,
      /quotation marks: "1"/,
    ]),
    ['W/"1"', /weak ETag .* never matches/],
    ['W/"1", W/"2"', /weak ETag .* never matches/],
  ];
  for (const [sent, detail] of told) {
    const answer = await close(sent);
    isProblem(t, answer, 400, `${BELGIF}badRequest`);
    t.match(issueOf(answer), { in: "header", name: "If-Match", detail }, sent);
  }
  for (const sent of ['"2"', '"2", W/"1"', '"x"', '"a,1"', '"01"'])
    isProblem(t, await close(sent), 412, `${OWN}preconditionFailed`);
  t.equal((await close(' W/"1" , "x,y",, "1"')).status, 200);
});

t.test("an instant or a day of the wrong form is told which one it has", async (t) => {
  const { alpha } = await openLiveDoor(t);
  const path = `${ROOT}/contracts${pathOf(await call(alpha, "", NEW_CONTRACT, { key: "K-1" }))}/versions`;
  const instant = issueOf(await alpha(`${path}?knownAt=2026-11-23T07:10:51+01:00`))!;
  t.match(instant, { in: "query", name: "knownAt", detail: "%2B" });
  const [example] = /2026-\S+Z/.exec(instant.detail)!;
  t.equal((await alpha(`${path}?knownAt=${example}`)).status, 200, "the example works as it stands");
  t.equal((await alpha(`${path}?knownAt=2026-11-23T07:10:51%2B01:00`)).status, 200);
  t.notMatch(issueOf(await query(alpha, { changedSince: "yesterday" }))!.detail, "%2B");
  const day = issueOf(await alpha(`${path}?validOn=01/02/2026`))!;
  t.match(day, { in: "query", name: "validOn", detail: "validOn is no day in the form yyyy-mm-dd." });
});

t.test("a change of a contract is told of what it sent, not of a number that it has not", async (t) => {
  const { alpha, database, owner } = await openLiveDoor(t);
  await loadTestRegister(t, database);
  const made = await call(alpha, "", NEW_CONTRACT, { key: "K-1" });
  const change = changeOf(alpha, pathOf(made));
  const away = { ...MODIFICATION, inamiNumber: PROVIDERS.another.inamiNumber };
  t.match(issueOf(await change(away)), { code: "contractUnknown", in: "body", name: "inamiNumber" });
  await owner`update contract set transferred_on = '2026-01-01'`;
  t.match(issueOf(await change(MODIFICATION)), {
    code: "contractTransferred",
    in: "path",
    name: "contractId",
    details: { transferredOn: "2026-01-01" },
  });
  await owner`update contract set transferred_on = null`;
  await change({ reason: "error" }, "/cancel");
  const late = { ...MODIFICATION, inamiNumber: NEW_CONTRACT.inamiNumber };
  for (const body of [MODIFICATION, late])
    t.match(issueOf(await change(body)), { code: "contractCancelled", in: "path", name: "contractId" });
});

/** Each change under a key of its own. */
function changeOf(alpha: Caller, path: string) {
  return async (body: object, below = "") =>
    await call(alpha, `${path}${below}`, body, {
      key: randomUUID(),
      ifMatch: "*",
      ...(below === "" && { method: "PUT" }),
    });
}
