import { decodeProtectedHeader } from "jose";
import t from "tap";
import { exportHeads, parseHeadExport, renderHeadExport } from "../../src/audit/export-head.ts";
import { createTrail } from "./audit-trail.ts";

const trail = await createTrail(t);

t.test("the heads of all chains, each signed, and nothing of a chain without seals", async (t) => {
  t.same((await exportHeads(trail.database.auditor)).heads, []);
  await trail.append({ insurerId: 2 }, { insurerId: 2 }, { insurerId: 1 }, { insurerId: undefined });
  await trail.seal({ rowsPerSeal: 1 });
  await trail.append({ insurerId: 3 });
  const { heads, exportedAt } = await exportHeads(trail.database.auditor);
  t.same(
    heads.map(({ chainId, sealNumber }) => [chainId, sealNumber]),
    [
      [0, 1],
      [1, 1],
      [2, 2],
    ],
  );
  t.ok(Math.abs(Date.parse(exportedAt) - Date.now()) < 60_000);
  for (const head of heads) {
    const payload = JSON.parse(Buffer.from(await trail.checkSignature(head.signature)).toString());
    t.same(payload, {
      type: "infoss-audit-seal",
      chain: head.chainId,
      sealNumber: head.sealNumber,
      hash: head.hash.toString("hex"),
    });
    t.ok(decodeProtectedHeader(head.signature).kid);
  }
});

t.test("an export is JSON that reads back as it was", async (t) => {
  const exported = await exportHeads(trail.database.auditor);
  const text = renderHeadExport(exported);
  t.equal(JSON.parse(text).heads.length, 3);
  t.same(parseHeadExport(text), exported);
});

t.test("what is no export is refused", async (t) => {
  const head = { chain: 1, sealNumber: 2, hash: "00".repeat(32), signature: "a.b.c" };
  const render = (heads: unknown) => JSON.stringify({ type: "infoss-audit-heads", exportedAt: "2026-11-22", heads });
  t.doesNotThrow(() => parseHeadExport(render([head])));
  for (const text of [
    "",
    "null",
    "[]",
    "{}",
    JSON.stringify({ type: "something", exportedAt: "", heads: [] }),
    render({}),
    render([null]),
    render([{ ...head, hash: "00" }]),
    render([{ ...head, hash: undefined }]),
    render([{ ...head, chain: "1" }]),
    render([{ ...head, sealNumber: 1.5 }]),
    render([{ ...head, signature: 1 }]),
  ]) {
    t.throws(() => parseHeadExport(text), SyntaxError, text);
  }
});
