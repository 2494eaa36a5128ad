import { createHash } from "node:crypto";
import t from "tap";
import { listEvents } from "../../src/events/feed.ts";
import { recheckWaiting } from "../../src/intake/recheck-contracts.ts";
import { makeInamiNumber, makeSsin, REGISTER_HEADER, renderProvider } from "../flows/test-register.ts";
import { callAsOperator } from "../http/call-as-operator.ts";
import {
  ALPHA,
  contractFile,
  KNOWN_INAMI_NUMBER,
  openDoor,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "../http/open-door.ts";

const door = await openDoor(t);
const { owner } = door;
const operator = await callAsOperator(t, door);
await processSubmissions(t, door);

const PATH = `${ROOT}/operator/register`;
const [known] = await owner<{ ssin: string }[]>`
  select ssin from provider where inami_root = ${KNOWN_INAMI_NUMBER.slice(0, 8)}`;
const DIES = { inamiNumber: KNOWN_INAMI_NUMBER, ssin: known!.ssin, validFrom: "2000-01-01", deceasedOn: "2026-01-31" };
const COMES = { inamiNumber: makeInamiNumber("299001"), ssin: makeSsin("850730033"), validFrom: "2000-01-01" };
const FILE = `${[REGISTER_HEADER, renderProvider(DIES), renderProvider(COMES)].join("\n")}\n`;
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  operator(`${PATH}${path}`, { method: "POST", headers: { "Content-Type": "text/csv", ...headers }, body });
const digest = (body: string) => ({
  "Content-Digest": `sha-256=:${createHash("sha256").update(body).digest("base64")}:`,
});
const countKept = async () => {
  const [row] = await owner`
    select (select count(*) from provider_version) as versions, (select count(*) from register_change) as changes,
      (select count(*) from operator_act) as acts`;
  return { ...row };
};

t.before(async () => {
  const { submissionId } = (await send(door.alpha, contractFile())).json;
  await waitForEnd(door.alpha, submissionId!);
});

t.test("a file that is previewed changes nothing, and tells whose contracts it is about", async (t) => {
  const before = await countKept();
  const effect = { rows: 2, added: 1, changed: 1, unchanged: 0, affected: [{ enterpriseNumber: ALPHA, contracts: 1 }] };
  const delta = await post("/preview", FILE);
  t.match(delta, { status: 200, json: effect });
  t.notOk("missing" in (delta.json as object));
  const [others] = await owner<{ count: number }[]>`
    select count(*) as count from provider where inami_root <> ${KNOWN_INAMI_NUMBER.slice(0, 8)}`;
  t.match(await post("/preview?full=true", FILE), { status: 200, json: { ...effect, missing: others!.count } });
  t.same(await countKept(), before);
});

t.test("what is wrong is refused whole, and nothing of it is on record", async (t) => {
  const before = await countKept();
  const wrongRow = FILE.replace("2026-01-31", "2026-02-30");
  const open = `${REGISTER_HEADER}\n"${"1".repeat(100_000)}`;
  for (const path of ["", "/preview"]) {
    const type = "urn:problem-type:belgif:input-validation:invalidInput";
    const refused = (...issues: readonly object[]) => ({
      status: 400,
      json: { detail: /nothing of it was loaded/, issues },
    });
    const twoWrong = wrongRow.replace(known!.ssin, "85073003399");
    t.match(
      await post(path, twoWrong),
      refused(
        { type, in: "body", name: "ssin", detail: /^line 2 .* check digits/ },
        { type, in: "body", name: "deceasedOn", detail: /^line 2 .* yyyy-mm-dd/ },
      ),
      path,
    );
    t.match(await post(path, open), refused({ detail: /no row of this CSV file/ }), path);
    for (const body of ["", "inamiNumber\n"]) t.match(await post(path, body), refused({ detail: /header/ }), path);
    t.match(await post(path, FILE, digest(`${FILE} `)), { status: 400, json: { detail: /digest/ } }, path);
    t.match(await post(path, FILE, { "Content-Type": "application/json" }), { status: 415 }, path);
    t.match(await post(`${path}?all=true`, FILE), { status: 400 }, path);
  }
  t.notMatch(JSON.stringify(await post("", wrongRow)), known!.ssin, "no personal number in an answer");
  t.same(await countKept(), before);
});

t.test("a file that is loaded counts from then on, is on record, and insurers are told", async (t) => {
  const sha256 = createHash("sha256").update(FILE).digest("hex");
  const loaded = await post("", FILE, digest(FILE));
  t.match(loaded, { status: 200, json: { rows: 2, added: 1, changed: 1, unchanged: 0, sha256 } });
  const acts = await owner`
    select act.document::jsonb ->> 'act' as act, act.document::jsonb -> 'details' ->> 'sha256' as sha256, event.route, event.status
    from operator_act act join audit_event event on event.kind = 'operatorAct' and event.chain_id = act.chain_id`;
  t.match(
    acts.map((row) => ({ ...row })),
    [{ act: "registerLoaded", sha256, route: PATH, status: 200 }],
  );
  await recheckWaiting(door.intake);
  const events = await listEvents(door.database.asInsurer(door.alphaId), { after: 0, limit: 100 });
  t.match(
    events.filter(({ kind }) => kind === "contractRechecked"),
    [{ details: { findingCodes: ["inamiNumberExpired"] } }],
  );
  const { versions, changes } = await countKept();
  t.match(await post("", FILE), { status: 200, json: { added: 0, changed: 0, unchanged: 2 } }, "again");
  t.match(await countKept(), { versions, changes }, "makes no version");
});
