import t from "tap";
import { READER_LIMITS, type ReaderLimits } from "../../../src/formats/contract-file/reader-limits.ts";
import { composeFields, composeFile, composeRecord } from "./compose-contract-file.ts";
import { readContractFile } from "./read-contract-file.ts";

/** For each limit a file that uses a given measure of it. */
const FILES: { readonly [limit in keyof ReaderLimits]: (measure: number) => string } = {
  depth: (measure) => composeFile([composeRecord("<a>".repeat(measure - 3) + "</a>".repeat(measure - 3))]),
  nameLength: (measure) => composeFile([composeRecord(`<${"a".repeat(measure)}/>`)]),
  textLength: (measure) => composeFile([composeRecord(composeFields({ contractNumber: "a".repeat(measure) }))]),
  attributeValueLength: (measure) => composeFile([composeRecord(composeFields(), "a".repeat(measure))]),
  attributesPerElement: (measure) =>
    composeFile([composeRecord(`<a ${Array.from({ length: measure }, (_, i) => `a${i}=""`).join(" ")}/>`)]),
  tokenLength: (measure) => composeFile([`<!--${"a".repeat(measure - 7)}-->`, composeRecord()], { recordCount: "1" }),
  recordBytes: (measure) => {
    const frame = composeRecord("<!---->").trim();
    return composeFile([frame.replace("<!---->", `<!--${"a".repeat(measure - frame.length)}-->`)]);
  },
};

for (const limit of Object.keys(FILES) as (keyof ReaderLimits)[]) {
  const maximum = READER_LIMITS[limit];
  t.test(`${limit}: ${maximum} is read, one more refuses the file`, async (t) => {
    t.equal(readContractFile(FILES[limit](maximum)).refusal, undefined);
    t.match(readContractFile(FILES[limit](maximum + 1)).refusal, {
      code: "limitExceeded",
      details: { limit, maximum },
    });
  });

  t.test(`${limit} can be set by the caller`, async (t) => {
    const file = FILES[limit](maximum);
    const details = { limit, maximum: maximum - 1 };
    t.match(readContractFile(file, file.length, { [limit]: maximum - 1 }).refusal, { code: "limitExceeded", details });
  });
}
