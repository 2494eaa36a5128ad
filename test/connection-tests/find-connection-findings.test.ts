import t from "tap";
import { isPassed } from "../../src/connection-tests/connection-tests.ts";
import { findConnectionFindings } from "../../src/connection-tests/find-connection-findings.ts";
import { SCOPES_BY_KIND } from "../../src/identity/scopes.ts";
import { CONNECTION_FINDING_CASES, SOUND_CALL, TESTED_AT } from "./finding-cases.ts";

for (const [code, { raises, justNot }] of Object.entries(CONNECTION_FINDING_CASES)) {
  t.test(`${code} is raised alone by its example, and nothing by the one beside it`, async (t) => {
    const codesOf = (seen: typeof raises) =>
      findConnectionFindings(seen, TESTED_AT, SCOPES_BY_KIND.insurer).map((finding) => finding.code);
    t.strictSame(codesOf(raises), [code]);
    t.strictSame(codesOf(justNot), []);
  });
}

t.test("warnings do not fail a test, what blocks does", async (t) => {
  t.ok(isPassed([{ code: "tlsVersionOld" }, { code: "certificateExpiresSoon" }]));
  t.notOk(isPassed([{ code: "tlsVersionOld" }, { code: "clockOff" }]));
});

t.test("of two clocks the worse is told, with its sign", async (t) => {
  const seen = { ...SOUND_CALL, clock: { byDateHeader: 45, byAssertion: -300 } };
  const findings = findConnectionFindings(seen, TESTED_AT, []);
  t.strictSame(findings, [{ code: "clockOff", details: { seconds: -300 } }]);
});
