import { CHECKS_NOT_MADE, type CheckedOutcome, type FileCheck } from "../client/check-contract-file.ts";
import type { Finding } from "../findings/finding.ts";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import {
  describeFinding,
  describeRecord,
  REPORT_CSV_COLUMNS,
  renderCsvHeader,
  renderCsvRows,
} from "../formats/report/render-report-csv.ts";
import { renderRecordFinding } from "../formats/report/report.ts";

export const CHECK_FORMATS = ["text", "json", "csv"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** Text that comes first, for some records, and last: what an answer is made of while the file is being read. */
export interface CheckRenderer {
  readonly head: string;
  outcomes(outcomes: readonly CheckedOutcome[]): string;
  end(check: FileCheck): string;
}

/** The columns and fields are those of the gateway's own report, but for what only a submission has. */
export function createCheckRenderer(format: CheckFormat, language: Language): CheckRenderer {
  if (format === "csv") return renderAsCsv(language);
  return format === "json" ? renderAsJson(language) : renderAsText(language);
}

function renderAsCsv(language: Language): CheckRenderer {
  const columns = REPORT_CSV_COLUMNS.filter((column) => column !== "submissionId");
  return {
    head: renderCsvHeader(columns),
    outcomes: (outcomes) =>
      renderCsvRows(
        columns,
        outcomes.flatMap((outcome) => describeRecord(outcome, language)),
      ),
    end: ({ refusal }) => (refusal ? renderCsvRows(columns, [describeFinding(refusal, language)]) : ""),
  };
}

function renderAsJson(language: Language): CheckRenderer {
  let separator = "\n";
  return {
    head: '{"records":[',
    outcomes(outcomes) {
      const lines = outcomes.map(({ findings, ...outcome }) =>
        JSON.stringify({ ...outcome, findings: findings.map((finding) => renderRecordFinding(finding, language)) }),
      );
      const text = separator + lines.join(",\n");
      separator = ",\n";
      return text;
    },
    end({ root, refusal, counts }) {
      const { sender, reference, environment, kind } = root ?? {};
      const rest = {
        ...{ state: refusal ? "refused" : "checked", reference, sender, environment, kind, counts, language },
        findings: refusal ? [renderFinding(refusal, language)] : [],
        checksNotMade: Object.keys(CHECKS_NOT_MADE),
      };
      return `\n],${JSON.stringify(rest).slice(1)}\n`;
    },
  };
}

function renderAsText(language: Language): CheckRenderer {
  return {
    head: "",
    outcomes: (outcomes) =>
      outcomes.flatMap(({ findings }) => findings.map((finding) => `${describe(finding, language)}\n`)).join(""),
    end: ({ refusal }) => (refusal ? `${describe(refusal, language)}\n` : ""),
  };
}

/** A line for a person: where, which field, which code, what to do. */
function describe(finding: Finding, language: Language): string {
  const { code, field, value, line, recordNumber, senderReference, text } = renderFinding(finding, language);
  const record = recordNumber === undefined ? [] : [`record ${recordNumber}`];
  const reference = senderReference === undefined ? [] : [`(${senderReference})`];
  const place = [...(line === undefined ? [] : [`line ${line}`]), ...record, ...reference].join(" ");
  const content = field === undefined ? "" : ` ${field}${value === undefined ? "" : ` "${value}"`}`;
  return `${place === "" ? "file" : place}: ${code}${content}. ${text}`.replaceAll(/[\p{Cc}\p{Cf}]/gu, " ");
}
