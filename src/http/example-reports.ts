import { renderReportCsv } from "../formats/report/render-report-csv.ts";
import { renderReportJson } from "../formats/report/render-report-json.ts";
import { renderReportXml } from "../formats/report/render-report-xml.ts";
import { EXAMPLE_PROCESSED, EXAMPLE_REJECTED } from "./examples.ts";

const input = { submission: EXAMPLE_PROCESSED, sender: "0403019261", language: "en" } as const;

/** One report in its three forms, as the renderers write it. */
export const EXAMPLE_REPORTS = {
  json: await collectText(renderReportJson(input, pages())),
  xml: await collectText(renderReportXml(input, pages())),
  csv: await collectText(renderReportCsv(input, pages())),
};

async function* pages() {
  yield [EXAMPLE_REJECTED];
}

export async function collectText(parts: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}
