import t from "tap";
import { READER_LIMITS } from "../../../src/formats/contract-file/reader-limits.ts";
import { BAD_INPUTS } from "./bad-input.ts";
import { readContractFile } from "./read-contract-file.ts";

for (const [name, { content, findings }] of BAD_INPUTS) {
  t.test(`${name} is answered in full, wherever the pieces end`, async (t) => {
    t.same(readContractFile(content).findings, findings);
    const pieceLengths = content.length < 100_000 ? [1, 3, 64] : [4099, 65_537];
    for (const pieceLength of pieceLengths) {
      t.same(readContractFile(content, pieceLength).findings, findings, `in pieces of ${pieceLength}`);
    }
  });
}

t.test("a megabyte that never ends is refused within the length that a token may have", async (t) => {
  const content = BAD_INPUTS.get("big-comment-unfinished")?.content.subarray(0, READER_LIMITS.tokenLength) ?? "";
  t.equal(readContractFile(content).refusal?.code, "limitExceeded");
  t.equal(readContractFile(content.slice(1)).refusal?.code, "notWellFormed");
});
