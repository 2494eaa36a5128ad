import fc from "fast-check";
import t from "tap";
import { LANGUAGES } from "../../../src/findings/language.ts";
import { replaceForbiddenCharacters } from "../../../src/formats/report/forbidden-characters.ts";
import { RECEIPT_STATES, renderReceiptXml } from "../../../src/formats/report/receipt.ts";
import { CHANNELS, ENVIRONMENT_LETTERS, SUBMISSION_KINDS } from "../../../src/intake/submission.ts";
import { EXAMPLE_RECEIPT, EXAMPLE_REFUSED_RECEIPT } from "./example-submission.ts";
import { hostileText } from "./hostile-text.ts";
import { createXsdCheck, textsAt } from "./xsd.ts";

const xsd = createXsdCheck("receipt/1/receipt.xsd");

t.test("the schema lists the states, kinds, channels, letters and languages that exist", async (t) => {
  t.same(xsd.enumeration("state"), RECEIPT_STATES);
  t.same(xsd.enumeration("kind"), SUBMISSION_KINDS);
  t.same(xsd.enumeration("channel"), CHANNELS);
  t.same(xsd.enumeration("environment"), ENVIRONMENT_LETTERS);
  t.same(xsd.enumeration("language"), LANGUAGES);
});

t.test("a receipt is valid XML and says which bytes are safe", async (t) => {
  const xml = renderReceiptXml(EXAMPLE_RECEIPT);
  xsd.validate(xml);
  t.same(textsAt(xml, "/r:receipt/*"), [
    EXAMPLE_RECEIPT.submissionId,
    "LOAD-2026-01",
    "0403019261",
    "S",
    "initialLoad",
    "rest",
    "received",
    "2026-11-22T09:00:04.120Z",
    "2214",
    EXAMPLE_RECEIPT.sha256,
    "true",
    "",
  ]);
});

t.test("the receipt of a refused file says why in the four languages, or in the one asked for", async (t) => {
  const xml = renderReceiptXml(EXAMPLE_REFUSED_RECEIPT);
  xsd.validate(xml);
  t.same(textsAt(xml, "//r:text/@language"), LANGUAGES);
  t.same(textsAt(xml, "//r:code | //r:number"), ["referenceReused", "133"]);
  t.same(textsAt(xml, '//r:detail[@name="submissionId"]'), [EXAMPLE_RECEIPT.submissionId]);
  t.same(textsAt(renderReceiptXml(EXAMPLE_REFUSED_RECEIPT, ["nl"]), "//r:text/@language"), ["nl"]);
});

t.test("a receipt of a file whose root could not be read is valid in every state", async (t) => {
  const { reference, environment, kind, ...bare } = EXAMPLE_RECEIPT;
  for (const state of RECEIPT_STATES) {
    const xml = renderReceiptXml({ ...bare, state, findings: [{ code: "rootNotExpected" }] });
    xsd.validate(xml);
    t.same(textsAt(xml, "//r:reference | //r:environment | //r:kind"), []);
  }
});

t.test(
  "the receipt of a file that is held says what it waits for; one without limit and number says that alone",
  async (t) => {
    const held = { ...EXAMPLE_RECEIPT, state: "held" } as const;
    const gap = { heldReason: "sequenceGap", heldUntil: "2026-11-23T09:00:04.120Z", awaitedSequence: 6 } as const;
    const waits = "//r:heldReason | //r:heldUntil | //r:awaitedSequence";
    for (const what of [gap, { heldReason: "predecessorHeld" } as const]) {
      const xml = renderReceiptXml({ ...held, ...what });
      xsd.validate(xml);
      t.same(textsAt(xml, waits), Object.values(what).map(String));
    }
  },
);

t.test("the schema refuses a receipt that does not say that the bytes are safe", async (t) => {
  const xml = renderReceiptXml(EXAMPLE_RECEIPT);
  t.throws(() => xsd.validate(xml.replace("<durable>true", "<durable>false")));
  t.throws(() => xsd.validate(xml.replace("<durable>true</durable>", "")));
});

t.test("a hostile reference neither breaks nor changes the receipt", async () => {
  fc.assert(
    fc.property(hostileText, hostileText, (reference, expected) => {
      fc.pre(reference !== "");
      const findings = [{ code: "senderMismatch", details: { expected } }] as const;
      const xml = renderReceiptXml({ ...EXAMPLE_RECEIPT, reference, findings });
      xsd.validate(xml);
      const carried = replaceForbiddenCharacters(reference).replace(/\r\n?/g, "\n");
      return textsAt(xml, "/r:receipt/r:reference")[0] === carried;
    }),
  );
});
