import fc from "fast-check";
import t from "tap";
import { renderFinding, renderFindingText } from "../../src/findings/render-finding.ts";

t.test("a finding about a record keeps its place, its value and its details", async (t) => {
  const place = { recordNumber: 17, senderReference: "R-17", line: 204, byteOffset: 8_211 };
  const value = "12345676001";
  const details = { replacedBy: "00012345001" };
  t.strictSame(renderFinding({ code: "inamiNumberReplaced", field: "inamiNumber", value, details, ...place }, "nl"), {
    code: "inamiNumberReplaced",
    severity: "warning",
    field: "inamiNumber",
    value: "12345676001",
    recordNumber: 17,
    senderReference: "R-17",
    line: 204,
    byteOffset: 8_211,
    details: { replacedBy: "00012345001" },
    text: "Het RIZIV-nummer werd vervangen door 00012345001. Het nieuwe nummer wordt in de plaats ervan gebruikt; gelieve uw gegevens aan te passen.",
  });
});

t.test("a finding about a file carries the number insurers know, and only what it has", async (t) => {
  const expected = { code: "emptyFile", severity: "blocking", number: 312 };
  const rendered = renderFinding({ code: "emptyFile" }, "en");
  t.strictSame(rendered, { ...expected, text: "The file is empty. Please send the complete file again." });
  t.strictSame(Object.keys(rendered), ["code", "severity", "number", "text"]);
});

t.test("a detail of zero is quoted, an empty one is left out", async (t) => {
  const details = { declared: 0, found: "" };
  t.match(
    renderFindingText({ code: "recordCountMismatch", details }, "en"),
    "The number of records announced (0) is not the number in the file. Please",
  );
});

t.test("what is quoted is taken literally, whatever it looks like", async (t) => {
  const before = "The environment letter is not that of the environment the file was sent to (expected: ";
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("{reason}", "[{field}]", "$&$1$`", "]", "{expected}")),
      (expected) => {
        const text = renderFindingText({ code: "environmentMismatch", field: "x", details: { expected } }, "en");
        return text.startsWith(`${before}${expected}). Please`);
      },
    ),
  );
  t.match(
    renderFindingText({ code: "environmentMismatch", details: { expected: "[{field}]" } }, "fr"),
    "(attendu : [{field}])",
  );
});
