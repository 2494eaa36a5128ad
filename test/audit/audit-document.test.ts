import { readFileSync } from "node:fs";
import { getTableConfig } from "drizzle-orm/pg-core";
import t from "tap";
import { AUDIT_KINDS } from "../../src/audit/audit-event.ts";
import { auditEvent } from "../../src/audit/audit-tables.ts";
import { CHAIN_FAULTS } from "../../src/audit/chain-fault.ts";
import { exportHeads } from "../../src/audit/export-head.ts";
import { createTrail } from "./audit-trail.ts";

const document = readFileSync(new URL("../../docs/audit.md", import.meta.url), "utf8");

/** First cells of the rows of the table under a heading. */
function cells(heading: string, column: number): string[] {
  const [, section = ""] = document.split(new RegExp(`^#+ ${heading}$`, "m"));
  const [table = ""] = section.split(/^#/m);
  return table
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("|---"))
    .slice(1)
    .map((line) => line.split("|")[column + 1]!.trim().replaceAll("`", ""));
}

t.test("the document lists every kind of event", async (t) => {
  t.same(cells("What is recorded", 0), AUDIT_KINDS);
});

t.test("the document lists every column of the hash, numbered without a gap", async (t) => {
  const columns = getTableConfig(auditEvent).columns.map(({ name }) => name);
  t.same(cells("Event hash", 1).sort(), columns.sort());
  t.same(
    cells("Event hash", 0),
    columns.map((_, index) => String(index + 1)),
  );
});

t.test("the document lists every fault", async (t) => {
  t.same(cells("Verify", 0), CHAIN_FAULTS);
});

t.test("pruned as documented, a chain verifies from the export on and not from its beginning", async (t) => {
  const trail = await createTrail(t);
  await trail.append(...Array.from({ length: 5 }, () => ({})), { insurerId: 8 });
  await trail.seal({ rowsPerSeal: 2 });
  const startAfter = await exportHeads(trail.database.auditor);
  await trail.append({}, {}, { insurerId: 8 });
  await trail.seal();
  const [, statements = ""] = /```sql\n(.*?)```/s.exec(document) ?? [];
  for (const { chainId, sealNumber } of startAfter.heads) {
    const prune = statements.replaceAll(":chain", String(chainId)).replaceAll(":exported", String(sealNumber));
    await trail.owner.unsafe(prune).simple();
  }
  const [left] = await trail.owner`select count(*) as count from audit_event`;
  t.equal(left!.count, 5, "the rows of the exported seals and those after them");
  t.same((await trail.verify({ startAfter })).found, []);
  t.match((await trail.verify()).found, [{ code: "sealRemoved", chainId: 7, sealNumber: 1, lastSealNumber: 2 }]);
});
