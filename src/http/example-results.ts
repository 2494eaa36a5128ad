import { renderResultCsv } from "../formats/verification/render-result-csv.ts";
import { renderResultXml } from "../formats/verification/render-result-xml.ts";
import { collectText } from "./example-reports.ts";
import { EXAMPLE_ROWS, EXAMPLE_STANDING } from "./verification-view.ts";

const { submission, verification } = EXAMPLE_STANDING;
const input = { submission, verification, sender: "0403019261", language: "en" } as const;

/** The answers of one verification as the renderers write them. */
export const EXAMPLE_RESULTS = {
  xml: await collectText(renderResultXml(input, pages())),
  csv: await collectText(renderResultCsv(input, pages())),
};

async function* pages() {
  yield EXAMPLE_ROWS;
}
