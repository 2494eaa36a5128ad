import t from "tap";
import { FINDING_CODES } from "../../src/findings/finding-codes.ts";
import { CONNECTION_FINDING_CASES } from "../connection-tests/finding-cases.ts";
import { DROP_FINDING_CASES } from "../exchange/finding-cases.ts";
import { FLOW_FINDING_CASES } from "../flows/finding-cases.ts";
import { FINDING_CASES } from "../formats/contract-file/finding-cases.ts";

/** The tables are run by tests beside them: finding-cases.test.ts in test/formats/contract-file, test/flows and test/exchange, find-connection-findings.test.ts in test/connection-tests. */
const CASES: Readonly<Record<string, { readonly raises: unknown; readonly justNot: unknown }>> = {
  ...FINDING_CASES,
  ...FLOW_FINDING_CASES,
  ...DROP_FINDING_CASES,
  ...CONNECTION_FINDING_CASES,
};

for (const code of Object.keys(FINDING_CODES)) {
  t.test(`${code} has an example that raises it and one that just does not`, async (t) => {
    t.ok(CASES[code], "it stands in one of the tables of cases");
    t.notSame(CASES[code]?.raises, CASES[code]?.justNot);
  });
}

t.test("no code stands in two tables, and none that is not published", async (t) => {
  const tables = [FINDING_CASES, FLOW_FINDING_CASES, DROP_FINDING_CASES, CONNECTION_FINDING_CASES];
  const codes = tables.flatMap((table) => Object.keys(table));
  t.same(codes.toSorted(), Object.keys(FINDING_CODES).toSorted());
});
