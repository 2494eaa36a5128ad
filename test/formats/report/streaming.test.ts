import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t from "tap";
import { renderReportCsv } from "../../../src/formats/report/render-report-csv.ts";
import { renderReportJson } from "../../../src/formats/report/render-report-json.ts";
import { renderReportXml } from "../../../src/formats/report/render-report-xml.ts";
import type { RecordResult } from "../../../src/intake/submission.ts";
import { EXAMPLE_RESULTS, EXAMPLE_SENDER, EXAMPLE_SUBMISSION } from "./example-submission.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const RECORDS = 200_000;
const PAGE_SIZE = 1_000;
const RENDERERS = [renderReportJson, renderReportXml, renderReportCsv];
const UNCHANGED = EXAMPLE_RESULTS[1]!;
const REJECTED = EXAMPLE_RESULTS[2]!;
const input = { submission: EXAMPLE_SUBMISSION, sender: EXAMPLE_SENDER, language: "fr" } as const;

/** A fresh page of results each time it is asked for one, counting how often and whether it was closed. */
function createSource(records: number) {
  const source = { pagesTaken: 0, closed: false, pages: pages() };
  async function* pages(): AsyncGenerator<RecordResult[], void, undefined> {
    try {
      for (let first = 1; first <= records; first += PAGE_SIZE) {
        source.pagesTaken += 1;
        yield Array.from({ length: PAGE_SIZE }, (_, index) => ({
          ...(index % 5 === 0 ? REJECTED : UNCHANGED),
          recordNumber: first + index,
          senderReference: `R-${first + index}`,
        }));
      }
    } finally {
      source.closed = true;
    }
  }
  return source;
}

for (const render of RENDERERS) {
  t.test(`${render.name} takes 200,000 results page by page and keeps none of them`, async (t) => {
    const source = createSource(RECORDS);
    const heapBytes: number[] = [];
    let characters = 0;
    let largestChunk = 0;
    for await (const chunk of render(input, source.pages)) {
      characters += chunk.length;
      largestChunk = Math.max(largestChunk, chunk.length);
      if (source.pagesTaken % 50 === 10) {
        collectGarbage();
        heapBytes.push(process.memoryUsage().heapUsed);
      }
    }
    t.equal(source.pagesTaken, RECORDS / PAGE_SIZE);
    t.ok(characters > 15_000_000, `${characters} characters in all`);
    t.ok(largestChunk < 500_000, `${largestChunk} characters in the largest chunk`);
    const growth = Math.max(...heapBytes) - heapBytes[0]!;
    t.ok(heapBytes.length >= 4 && growth < 4_000_000, `the heap grew by ${growth} bytes`);
  });

  t.test(
    `${render.name} asks for a page only when it is read, and closes the source when the reader leaves`,
    async (t) => {
      const source = createSource(RECORDS);
      const chunks = render(input, source.pages);
      await chunks.next();
      t.ok(source.pagesTaken === 0, "the head needs no page");
      await chunks.next();
      await chunks.next();
      t.equal(source.pagesTaken, 2);
      await chunks.return();
      t.ok(source.closed);
    },
  );

  t.test(`${render.name} ends with the error of its source, not with a report that looks whole`, async (t) => {
    async function* breaking(): AsyncGenerator<RecordResult[], void, undefined> {
      yield [...EXAMPLE_RESULTS];
      throw new Error("connection lost");
    }
    await t.rejects(Array.fromAsync(render(input, breaking())), { message: "connection lost" });
  });
}
