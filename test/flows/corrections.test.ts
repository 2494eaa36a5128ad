import { XmlComment, XmlDocument, XmlElement } from "libxml2-wasm";
import t from "tap";
import type { Language } from "../../src/findings/language.ts";
import { CONTRACT_FILE_NAMESPACE } from "../../src/formats/contract-file/contract-file-vocabulary.ts";
import { findCorrections } from "../../src/intake/corrections.ts";
import { judge } from "../formats/contract-file/libxml2-verdict.ts";
import { ALPHA, openDoor, processSubmissions, ROOT, send, waitForEnd } from "../http/open-door.ts";
import { composeFile, composeNoise, composeRecord, composeRecords } from "./compose-file.ts";
import { openIntake } from "./open-intake.ts";
import { FOREIGN_SSIN, loadTestRegister, PROVIDERS, UNKNOWN_INAMI_NUMBER } from "./test-register.ts";

const door = await openDoor(t, { maximumBytes: 5_000_000 });
await processSubmissions(t, door);

/** Sends a file and answers its counts and its corrections. */
async function correct(file: string | Buffer, language: Language = "en") {
  const answer = await send(door.alpha, file);
  const end = await waitForEnd(door.alpha, answer.json.submissionId ?? "");
  const path = `${ROOT}/submissions/${answer.json.submissionId}/corrections`;
  const corrections = await door.alpha(path, { headers: { "Accept-Language": language } });
  return { submission: end.json, status: corrections.status, text: corrections.text };
}

interface CorrectedRecord {
  readonly senderReference: string;
  readonly comment: string;
}

/** What a parser that is not ours sees in a contract file. */
function parse(text: string) {
  const document = XmlDocument.fromString(text);
  const { root } = document;
  const attributes = Object.fromEntries(root.attrs.map((attribute) => [attribute.name, attribute.content]));
  const records: CorrectedRecord[] = [];
  let comment = "";
  for (let node = root.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlComment) comment += node.content;
    if (!(node instanceof XmlElement)) continue;
    records.push({ senderReference: node.attr("senderReference")?.content ?? "", comment });
    comment = "";
  }
  const seen = { name: root.name, prefix: root.namespacePrefix, namespace: root.namespaceUri, attributes, records };
  document.dispose();
  return seen;
}

const rejectedOnes = [
  composeRecord("BAD-1", { contractNumber: "X-1", inamiNumber: UNKNOWN_INAMI_NUMBER }),
  composeRecord("BAD-2", { contractNumber: "X-2", ssin: FOREIGN_SSIN }),
  composeRecord("BAD-3", { contractNumber: "X-3", inamiNumber: "12345600001" }),
];

/** What the sender does to the rejected records above. */
const mend = (text: string) =>
  text
    .replaceAll(UNKNOWN_INAMI_NUMBER, PROVIDERS.current.inamiNumber)
    .replaceAll("12345600001", PROVIDERS.current.inamiNumber)
    .replaceAll(FOREIGN_SSIN, PROVIDERS.current.ssin);

t.test("corrections are a valid contract file with every rejected record below what is wrong with it", async (t) => {
  const records = [composeRecord("GOOD-1", { contractNumber: "X-0" }), ...rejectedOnes];
  const { submission, status, text } = await correct(composeFile({ sender: ALPHA, reference: "PLAIN", records }));
  t.equal(status, 200);
  t.match(judge(Buffer.from(text)), { verdict: "valid" }, "wrong are only values that the schema cannot judge");
  const { records: corrected, attributes, ...root } = parse(text);
  t.same(root, { name: "contractFile", prefix: "", namespace: CONTRACT_FILE_NAMESPACE });
  const { reference, createdAt: _createdAt, ...others } = attributes;
  t.same(others, { sender: ALPHA, environment: "S", kind: "initialLoad", recordCount: "3" });
  t.not(reference, "PLAIN");
  t.match(reference, /^PLAIN-/);
  t.equal(submission.counts?.rejected, corrected.length);
  t.match(corrected, [
    { senderReference: "BAD-1", comment: /inamiNumberUnknown \(inamiNumber\): \S.*/ },
    { senderReference: "BAD-2", comment: /ssinMismatch \(ssin\): \S.*/ },
    { senderReference: "BAD-3", comment: /inamiNumberInvalid \(inamiNumber\): \S.*/ },
  ]);
  for (const record of rejectedOnes) t.ok(text.includes(record.trim()), "the record is as it was sent");
});

t.test("sent again as they are they are rejected again, mended they are accepted", async (t) => {
  const { text } = await correct(composeFile({ sender: ALPHA, reference: "MENDED", records: rejectedOnes }));
  const again = await correct(text);
  t.match(again.submission, { state: "processed", counts: { received: 3, rejected: 3 } });
  const second = await correct(mend(again.text));
  t.match(second.submission, { state: "processed", counts: { received: 3, accepted: 3, rejected: 0 } });
  t.equal(second.status, 404, "there is nothing left to correct");
});

const AWKWARD = `\uFEFF<?xml version="1.0"?>\r
<!-- from our system -->\r
<c:contractFile xmlns:c="${CONTRACT_FILE_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:o="urn:own?a=1&amp;b=2"\r
  sender='${ALPHA}' reference="AWK&amp;W&#65;RD &lt;&quot;é&quot;>" environment="S" kind="initialLoad" createdAt="2026-11-22T10:00:00Z" recordCount="4">\r
<c:record senderReference="GOOD"><c:new><c:contractNumber>Y-0</c:contractNumber><c:inamiNumber>12345625001</c:inamiNumber><c:startOn>2019-03-01</c:startOn><c:contractKind>socialPlci</c:contractKind><c:solidarity>true</c:solidarity></c:new></c:record>\r
<c:record senderReference="&#66;AD-1" ><!-- </c:record> --><c:new><c:contractNumber><![CDATA[Y-1 </c:record> & é]]></c:contractNumber><c:inamiNumber>12345<![CDATA[6]]>00001</c:inamiNumber><c:startOn>2019-03-01</c:startOn><c:contractKind>socialPlci</c:contractKind><c:solidarity>true</c:solidarity></c:new></c:record><!-- between --><c:record
 senderReference='BAD-2'><c:new xmlns="${CONTRACT_FILE_NAMESPACE}"><contractNumber>Y-2 \u{1F600}</contractNumber><c:inamiNumber>12345625001</c:inamiNumber>\r
<startOn>2019-02-30</startOn><contractKind>socialPlci</contractKind><solidarity>true</solidarity></c:new></c:record>\r
<c:record senderReference="BAD-3"><c:new><o:a---b>--></o:a---b><c:contractNumber>Y-3</c:contractNumber><c:inamiNumber>12345625001</c:inamiNumber><c:startOn>2019-03-01</c:startOn><c:contractKind>socialPlci</c:contractKind><c:solidarity>true</c:solidarity></c:new></c:record>\r
</c:contractFile>\r
`;

t.test("any prefix, CDATA, byte order mark, line ends and characters come back as they were sent", async (t) => {
  const { submission, text } = await correct(AWKWARD);
  t.match(submission, { state: "processed", counts: { received: 4, accepted: 1, rejected: 3 } });
  const { records, attributes, ...root } = parse(text);
  t.same(root, { name: "contractFile", prefix: "c", namespace: CONTRACT_FILE_NAMESPACE });
  t.match(attributes.reference, /^AWK&WARD <"é">-FIX/);
  t.ok([...(attributes.reference ?? "")].length <= 35);
  t.equal(attributes.recordCount, "3");
  t.match(records, [
    { senderReference: "BAD-1", comment: "inamiNumberInvalid" },
    { senderReference: "BAD-2", comment: "dateInvalid" },
    { senderReference: "BAD-3", comment: "fieldNotKnown" },
  ]);
  const sent = AWKWARD.slice(AWKWARD.indexOf('<c:record senderReference="&#66;AD-1"'));
  const [first, second] = sent.split("<!-- between -->");
  t.ok(text.includes(first!), "the first is as it was sent, byte for byte");
  t.ok(text.includes(second!.slice(0, second!.indexOf("</c:record>"))), "and the second");

  const mended = text
    .replace("12345<![CDATA[6]]>00001", "12345625001")
    .replace("2019-02-30", "2019-02-28")
    .replace(/<o:a---b>.*?<\/o:a---b>/, "");
  t.match(judge(Buffer.from(mended)), { verdict: "valid" });
  t.match((await correct(mended)).submission, { state: "processed", counts: { received: 3, accepted: 3 } });
});

t.test("comments are in the language asked for and never break the file, whatever the record holds", async (t) => {
  const hostile = ["a---b", "a-", "_--", "x-----"].map((name, index) =>
    composeRecord(`R${index}`, { contractNumber: `Z-${index}`, [name]: "--&gt; -- -" }),
  );
  const comments = new Set<string>();
  for (const language of ["fr", "nl", "de", "en"] as const) {
    const { text } = await correct(
      composeFile({ sender: ALPHA, reference: `TEXT-${language}`, records: hostile }),
      language,
    );
    const { records } = parse(text);
    t.equal(records.length, hostile.length, language);
    t.ok(records.every(({ comment }) => comment.includes("fieldNotKnown")));
    comments.add(records[0]!.comment);
    t.match((await correct(text)).submission, { state: "processed", counts: { rejected: 4 } }, "we read it ourselves");
  }
  t.equal(comments.size, 4);
});

t.test("corrections of corrections have a reference of their own, however long the first one was", async (t) => {
  const references = ["R".repeat(35), "R".repeat(34), "\u{1F600}".repeat(35)];
  const used = new Set<string>();
  for (const reference of references) {
    let file = composeFile({ sender: ALPHA, reference, records: rejectedOnes });
    for (let round = 0; round < 2; round += 1) {
      const { submission, text } = await correct(file);
      t.match(submission, { state: "processed", counts: { rejected: 3 } }, `round ${round}`);
      used.add(submission.reference ?? "");
      file = text;
    }
  }
  t.equal(used.size, 6);
});

t.test("corrections are cut from the stored file as they are read: it is never in memory", async (t) => {
  const flow = await openIntake(t);
  await loadTestRegister(t, flow.database);
  const insurer = await flow.admit();
  const rejected = (index: number) => composeRecord(`BAD-${index}`, { contractNumber: `B-${index}`, startOn: "never" });
  // More than one part of the corrections.
  const first = Array.from({ length: 500 }, (_, index) => rejected(1_000 + index));
  const noise = composeNoise(80);
  const records = [...first, ...composeRecords(10), ...noise, rejected(2)];
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: "LARGE", records, recordCount: 511 });
  t.ok(Buffer.byteLength(file) > 2_000_000);
  const { submissionId } = await flow.submit(insurer, file);
  const { owner: plain } = flow;
  const open = async () => {
    const pieces = await findCorrections(flow.database.asInsurer(insurer.insurerId), submissionId, "en");
    if (!pieces) throw new Error("there are no corrections");
    return pieces[Symbol.asyncIterator]();
  };
  const readOn = async (pieces: AsyncIterator<Buffer>, mark: string) => {
    for (let text = ""; ; ) {
      const next = await pieces.next();
      if (next.done) throw new Error(`the corrections ended before ${mark}`);
      text += next.value.toString();
      if (text.includes(mark)) return;
    }
  };
  const whole = await open();
  await readOn(whole, "BAD-1000");
  await readOn(whole, "BAD-2");

  const torn = await open();
  await readOn(torn, "BAD-1000");
  await plain`delete from submission_payload where submission_id = ${submissionId} and chunk_number > 1`;
  await t.rejects(readOn(torn, "BAD-2"), "what was not read yet was not there either");
});

t.test("corrections of an initial load that has ended, and those of a delta, are a delta that is taken", async (t) => {
  const own = rejectedOnes.map((record) => record.replaceAll("X-", "LATE-"));
  const load = await correct(composeFile({ sender: ALPHA, reference: "ENDED", records: own, complete: true }));
  t.match(parse(load.text).attributes, { kind: "delta", sequence: "1", recordCount: "3" });
  t.match(judge(Buffer.from(load.text)), { verdict: "valid" });
  const again = await correct(load.text);
  t.match(again.submission, { state: "processed", kind: "delta", sequence: 1, counts: { rejected: 3 } });
  t.match(parse(again.text).attributes, { kind: "delta", sequence: "2" }, "the first number is used");
  const mended = await correct(mend(again.text));
  t.match(mended.submission, { state: "processed", sequence: 2, counts: { received: 3, accepted: 3 } });
});
