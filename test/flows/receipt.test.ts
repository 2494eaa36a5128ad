import { createHash } from "node:crypto";
import { compactVerify, createLocalJWKSet } from "jose";
import t from "tap";
import { type Answer, contractFile, openDoor, ROOT, send } from "../http/open-door.ts";

const door = await openDoor(t, { transferSlots: 12 });
const keySet = createLocalJWKSet({
  keys: [...((await door.nobody("/.well-known/jwks.json")).json.keys ?? [])] as never,
});

async function verify(jws: string): Promise<unknown> {
  const { payload } = await compactVerify(jws, keySet, { algorithms: ["ES256"] });
  return JSON.parse(Buffer.from(payload).toString());
}

/** What a receipt says, without its signature and the texts that follow from the language asked for. */
function withoutTexts(answer: Answer): unknown {
  const { jws: _jws, findings = [], ...receipt } = answer.json;
  const strip = ({ severity: _severity, number: _number, text: _text, ...finding }: (typeof findings)[number]) =>
    finding;
  return { ...receipt, findings: findings.map(strip) };
}

t.test("a receipt is signed with a published key and says what was received", async (t) => {
  const file = contractFile({ reference: "SIGNED" });
  const answer = await send(door.alpha, file);
  const signed = await verify(answer.json.jws ?? "");
  t.same(signed, withoutTexts(answer), "what is signed is what is said");
  t.match(signed, {
    submissionId: answer.json.submissionId,
    sender: "0403019261",
    reference: "SIGNED",
    environment: "S",
    kind: "initialLoad",
    channel: "rest",
    state: "received",
    byteLength: Buffer.byteLength(file),
    sha256: createHash("sha256").update(file).digest("hex"),
    durable: true,
    findings: [],
  });
});

t.test("a refusal is signed too, with the number that insurers know", async (t) => {
  const first = await send(door.alpha, contractFile({ reference: "TWICE" }));
  const second = await send(door.alpha, contractFile({ reference: "TWICE" }).replace("true", "false"));
  const details = { submissionId: first.json.submissionId };
  t.match(second.json, { state: "refused", findings: [{ code: "referenceReused", number: 133, details }] });
  t.match(second.json.findings?.[0]?.text, first.json.submissionId, "the text quotes the first ticket");
  t.same(await verify(second.json.jws ?? ""), withoutTexts(second));
});

t.test("a receipt that was changed anywhere does not verify", async (t) => {
  const { jws = "" } = (await send(door.alpha, contractFile({ reference: "TAMPERED" }))).json;
  const [header = "", payload = "", signature = ""] = jws.split(".");
  const forge = (change: (text: string) => string, part: string) =>
    Buffer.from(change(Buffer.from(part, "base64url").toString())).toString("base64url");
  const forgeries = {
    "another length": [header, forge((text) => text.replace(/"byteLength":\d/, '"byteLength":9'), payload), signature],
    "another state": [header, forge((text) => text.replace("received", "refused"), payload), signature],
    "another sender": [header, forge((text) => text.replace("0403019261", "0428759497"), payload), signature],
    "no algorithm": [forge((text) => text.replace("ES256", "none"), header), payload, ""],
    "another type": [forge((text) => text.replace("infoss-receipt", "at"), header), payload, signature],
    "another signature": [header, payload, signature.replace(/^./, (first) => (first === "A" ? "B" : "A"))],
  };
  for (const [what, parts] of Object.entries(forgeries)) {
    t.not(parts.join("."), jws, what);
    await t.rejects(verify(parts.join(".")), { code: /^ERR_(JWS|JOSE)_/ }, what);
  }
  await t.resolves(verify(jws));
});

t.test("ten clients that send the same file at once get one ticket and one receipt", async (t) => {
  const file = contractFile({ reference: "AT-ONCE" });
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(door.alpha, file)));
  t.same(new Set(answers.map((answer) => answer.status)), new Set([202]));
  t.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  t.equal(new Set(answers.map((answer) => answer.headers.location)).size, 1);
  const listed = await door.alpha(`${ROOT}/submissions?pageSize=100`);
  t.equal(listed.json.items?.filter((item) => item.submissionId === answers[0]?.json.submissionId).length, 1);
  const stored = await door.alpha(answers[0]?.headers.location ?? "");
  t.match(stored.json, { reference: "AT-ONCE", state: "received" });
});

t.test("the receipt of a submission stays the first one for ever", async (t) => {
  const file = contractFile({ reference: "FOR-EVER" });
  const first = await send(door.alpha, file, { "Accept-Language": "de" });
  const second = await send(door.alpha, file, { "Accept-Language": "de" });
  t.equal(second.text, first.text);
  const later = await door.alpha(`${first.headers.location}/receipt`, { headers: { "Accept-Language": "de" } });
  t.equal(later.text, first.text);
});
