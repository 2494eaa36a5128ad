import t from "tap";
import type { FindingCode } from "../../src/findings/finding-codes.ts";
import { ssinCheckDigits } from "../../src/identifiers/ssin.ts";
import type { RecordOutcome } from "../../src/intake/submission.ts";
import { composeFile, composeRecord, type Fields } from "../flows/compose-file.ts";
import { openIntake } from "../flows/open-intake.ts";
import {
  FOREIGN_SSIN,
  loadTestRegister,
  makeInamiNumber,
  PROVIDERS,
  TODAY,
  UNKNOWN_INAMI_NUMBER,
} from "../flows/test-register.ts";

interface Case {
  readonly name: string;
  readonly fields: Fields;
  readonly outcome: RecordOutcome;
  /** Codes in order, each with the details its texts quote. */
  readonly findings?: readonly (readonly [FindingCode, Readonly<Record<string, string>>?])[];
  /** Of the contract that is made, where it is not that of the number sent. */
  readonly root?: string;
}

const { current, recent, expiredYesterday, expiringToday, deceased, replaced, replacing } = PROVIDERS;
const rootOf = (number: string) => number.slice(0, 8);
const withCode = (number: string, code: string) => rootOf(number) + code;
const notValidOn = (on: string): [FindingCode, Record<string, string>] => ["inamiNumberNotValidOn", { on }];
const bornFrom2000 = `010101800${ssinCheckDigits("010101800", true)}`;

const CASES: readonly Case[] = [
  { name: "a number that the register has", fields: {}, outcome: "accepted" },
  { name: "its 8 digits alone", fields: { inamiNumber: rootOf(current.inamiNumber) }, outcome: "accepted" },
  {
    name: "another known competence code",
    fields: { inamiNumber: withCode(current.inamiNumber, "004") },
    outcome: "accepted",
  },
  { name: "the SSIN of the number", fields: { ssin: current.ssin }, outcome: "accepted" },
  {
    name: "a number that no register has",
    fields: { inamiNumber: UNKNOWN_INAMI_NUMBER },
    outcome: "rejected",
    findings: [["inamiNumberUnknown"]],
  },
  {
    name: "the 8 digits of a number that no register has, with an SSIN",
    fields: { inamiNumber: rootOf(UNKNOWN_INAMI_NUMBER), ssin: current.ssin },
    outcome: "rejected",
    findings: [["inamiNumberUnknown"]],
  },
  { name: "a start on the first valid day", fields: { inamiNumber: recent.inamiNumber }, outcome: "accepted" },
  {
    name: "a start on the day before",
    fields: { inamiNumber: recent.inamiNumber, startOn: "2019-02-28" },
    outcome: "rejected",
    findings: [notValidOn("2019-02-28")],
  },
  {
    name: "a number that expired yesterday",
    fields: { inamiNumber: expiredYesterday.inamiNumber },
    outcome: "acceptedWithWarnings",
    findings: [["inamiNumberExpired", { validTo: expiredYesterday.validTo }]],
  },
  {
    name: "a start on the last valid day",
    fields: { inamiNumber: expiredYesterday.inamiNumber, startOn: expiredYesterday.validTo },
    outcome: "acceptedWithWarnings",
    findings: [["inamiNumberExpired", { validTo: expiredYesterday.validTo }]],
  },
  {
    name: "a start on the day after the last valid day: too late, and no warning besides",
    fields: { inamiNumber: expiredYesterday.inamiNumber, startOn: TODAY },
    outcome: "rejected",
    findings: [notValidOn(TODAY)],
  },
  {
    name: "a number that is valid until today",
    fields: { inamiNumber: expiringToday.inamiNumber },
    outcome: "accepted",
  },
  {
    name: "a start on the day of death",
    fields: { inamiNumber: deceased.inamiNumber, startOn: deceased.deceasedOn },
    outcome: "accepted",
  },
  {
    name: "a start on the day after",
    fields: { inamiNumber: deceased.inamiNumber, startOn: "2020-06-16" },
    outcome: "rejected",
    findings: [notValidOn("2020-06-16")],
  },
  {
    name: "a replaced number: accepted under the replacing one",
    fields: { inamiNumber: replaced.inamiNumber, ssin: replaced.ssin },
    outcome: "acceptedWithWarnings",
    findings: [["inamiNumberReplaced", { replacedBy: replacing.inamiNumber }]],
    root: rootOf(replacing.inamiNumber),
  },
  {
    name: "the 8 digits of a replaced number",
    fields: { inamiNumber: rootOf(replaced.inamiNumber) },
    outcome: "acceptedWithWarnings",
    findings: [["inamiNumberReplaced", { replacedBy: replacing.inamiNumber }]],
    root: rootOf(replacing.inamiNumber),
  },
  { name: "the replacing number", fields: { inamiNumber: replacing.inamiNumber }, outcome: "accepted" },
  {
    name: "a replaced number that was not valid yet",
    fields: { inamiNumber: replaced.inamiNumber, startOn: "1999-12-31" },
    outcome: "rejected",
    findings: [notValidOn("1999-12-31")],
  },
  {
    name: "somebody else's SSIN",
    fields: { ssin: FOREIGN_SSIN },
    outcome: "rejected",
    findings: [["ssinMismatch"]],
  },
  {
    name: "an SSIN of the other century",
    fields: { ssin: bornFrom2000 },
    outcome: "rejected",
    findings: [["ssinMismatch"]],
  },
  {
    name: "a competence code that no list has",
    fields: { inamiNumber: withCode(current.inamiNumber, "990") },
    outcome: "acceptedWithWarnings",
    findings: [["competenceCodeUnknown"]],
  },
  {
    name: "a competence code of another profession",
    fields: { inamiNumber: withCode(expiringToday.inamiNumber, "110") },
    outcome: "acceptedWithWarnings",
    findings: [["competenceCodeUnknown"]],
  },
  {
    name: "a competence code on the last day of its validity",
    fields: { inamiNumber: withCode(current.inamiNumber, "006"), startOn: "2017-12-31" },
    outcome: "accepted",
  },
  {
    name: "a competence code on the day after",
    fields: { inamiNumber: withCode(current.inamiNumber, "006"), startOn: "2018-01-01" },
    outcome: "acceptedWithWarnings",
    findings: [["competenceCodeUnknown"]],
  },
  {
    name: "a competence code on its first day",
    fields: { inamiNumber: withCode(current.inamiNumber, "110"), startOn: "2014-07-01" },
    outcome: "accepted",
  },
  {
    name: "a competence code on the day before",
    fields: { inamiNumber: withCode(current.inamiNumber, "110"), startOn: "2014-06-30" },
    outcome: "acceptedWithWarnings",
    findings: [["competenceCodeUnknown"]],
  },
  {
    name: "everything at once, in the order of the checks",
    fields: { inamiNumber: withCode(recent.inamiNumber, "990"), startOn: "2019-02-28", ssin: FOREIGN_SSIN },
    outcome: "rejected",
    findings: [notValidOn("2019-02-28"), ["ssinMismatch"], ["competenceCodeUnknown"]],
  },
  {
    name: "two warnings and a mismatch",
    fields: { inamiNumber: withCode(expiredYesterday.inamiNumber, "990"), ssin: FOREIGN_SSIN },
    outcome: "rejected",
    findings: [
      ["ssinMismatch"],
      ["inamiNumberExpired", { validTo: expiredYesterday.validTo }],
      ["competenceCodeUnknown"],
    ],
  },
  {
    name: "a number with wrong check digits, which is not looked up",
    fields: { inamiNumber: "12345600001", ssin: FOREIGN_SSIN },
    outcome: "rejected",
    findings: [["inamiNumberInvalid", { reason: "checkDigitsInvalid" }]],
  },
  {
    name: "a start that is no date, beside a wrong SSIN",
    fields: { startOn: "2019-02-30", ssin: FOREIGN_SSIN },
    outcome: "rejected",
    findings: [["dateInvalid"], ["ssinMismatch"]],
  },
];

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);
const insurer = await flow.admit();
const records = CASES.map(({ fields }, index) =>
  composeRecord(`R-${index + 1}`, { contractNumber: `C-${index + 1}`, ...fields }),
);
const submission = await flow.submit(
  insurer,
  composeFile({ sender: insurer.enterpriseNumber, reference: "REGISTER", records }),
);
const results = await flow.results(insurer, submission.submissionId);
const versions = await flow.versions(insurer);

for (const [index, { name, fields, outcome, findings = [], root }] of CASES.entries()) {
  t.test(`${name}: ${outcome}`, async (t) => {
    const result = results[index];
    t.equal(result?.outcome, outcome);
    t.same(
      result?.findings.map(({ code, details }) => (details === undefined ? [code] : [code, details])),
      findings,
    );
    for (const finding of result?.findings ?? []) {
      const field = finding.field ?? "";
      t.equal(finding.value, fields[field], `the value sent as ${field} is quoted`);
      t.match(finding, {
        recordNumber: index + 1,
        senderReference: `R-${index + 1}`,
        line: Number,
        byteOffset: Number,
      });
    }
    const made = versions.filter((version) => version.recordNumber === index + 1);
    t.equal(made.length, outcome === "rejected" ? 0 : 1);
    if (made[0] === undefined) return;
    const sent = fields.inamiNumber ?? current.inamiNumber;
    t.equal(made[0].inamiRoot, root ?? rootOf(sent), "the contract is kept under the root that holds");
    t.equal(made[0].inamiNumber, sent, "its version keeps the number as sent");
  });
}

t.test("a replaced number and its replacing one are one key", async (t) => {
  const other = await flow.admit();
  const fields = { contractNumber: "ALIAS", ssin: replaced.ssin };
  const send = (reference: string, inamiNumber: string) =>
    flow.submit(
      other,
      composeFile({
        sender: other.enterpriseNumber,
        reference,
        records: [composeRecord("R-1", { ...fields, inamiNumber })],
      }),
    );
  t.match((await send("OLD", replaced.inamiNumber)).counts, { acceptedWithWarnings: 1 });
  t.match((await send("OLD-AGAIN", replaced.inamiNumber)).counts, { unchanged: 1 });
  t.match((await send("NEW", replacing.inamiNumber)).counts, { unchanged: 1 });
  t.match((await send("NEW-8", rootOf(replacing.inamiNumber))).counts, { unchanged: 1 });
  t.match((await send("OTHER-CODE", withCode(replacing.inamiNumber, "003"))).counts, { rejected: 1 });
  t.equal((await flow.versions(other)).length, 1);
});

t.test("a number is looked up in the register as it is when the file is processed", async (t) => {
  const other = await flow.admit();
  const inamiNumber = makeInamiNumber("600777");
  const file = composeFile({
    sender: other.enterpriseNumber,
    reference: "AWAITED",
    records: [composeRecord("R-1", { inamiNumber })],
  });
  const { submissionId } = await flow.receive(other, file);
  await flow.owner`
    insert into provider (inami_root, inami_number, ssin, valid_from)
    values (${rootOf(inamiNumber)}, ${inamiNumber}, ${FOREIGN_SSIN}, '2000-01-01')`;
  await flow.processAll();
  t.match((await flow.find(other, submissionId)).counts, { accepted: 1 });
});
