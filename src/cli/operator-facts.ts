import type { Command } from "commander";
import type { FactReceipt } from "../advantage/facts/fact-files.ts";
import { listFactFiles, listFactFindings, type TextedFinding } from "../advantage/facts/fact-files.ts";
import { loadFactFile, previewFactFile, readFactFile } from "../operator/facts.ts";
import { readLimit } from "./operator-alarms.ts";
import { act, isJson, look, printJson, show } from "./operator-command.ts";
import type { Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

const LIMIT = 100;
const FILE = "one JSON object a line: docs/facts.md";
const CENTS = "small amounts of money were looked at: they are cents";

export function addFactCommands(program: Command, surroundings: Surroundings): void {
  const facts = program.command("facts").description("keep what the institute knows of providers");

  facts
    .command("load")
    .description(
      "load a file of facts; lines that cannot be are left out and found, whoever it concerns is evaluated anew",
    )
    .argument("<file>", FILE)
    .option("--amounts-are-cents", CENTS)
    .action(async (path: string, { amountsAreCents }: { amountsAreCents?: true }, command: Command) => {
      const upload = describeUpload(surroundings, path, amountsAreCents);
      await act(surroundings, command, async (tx, actor) => [await loadFactFile(tx, actor, upload)]);
    });

  facts
    .command("preview")
    .description("tell what loading a file of facts would do; changes nothing")
    .argument("<file>", FILE)
    .option("--amounts-are-cents", CENTS)
    .action(async (path: string, { amountsAreCents }: { amountsAreCents?: true }, command: Command) => {
      const upload = describeUpload(surroundings, path, amountsAreCents);
      const preview = await look(surroundings, command, ({ institute }) => previewFactFile(institute, upload));
      if (isJson(command)) return printJson(surroundings, preview);
      const { receipt, dossiers, findings } = preview;
      const counts = COUNTS.map((what) => ({ what: String(what), count: receipt[what] }));
      if (receipt.isRepeated) surroundings.say("These bytes were loaded before: nothing would be done.\n");
      surroundings.write(
        renderTable(
          ["what", "count"],
          [...counts, ...dossiers.map(({ state, count }) => ({ what: `dossiers ${state}`, count }))],
        ),
      );
      if (findings.length > 0) surroundings.write(renderFindings(findings));
    });

  facts
    .command("list")
    .description("list the files of facts that were loaded, newest first")
    .option("--limit <number>", "at most this many", readLimit, LIMIT)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const columns = ["fileId", "name", "loadedAt", "loadedBy", ...COUNTS] as const;
      await show(surroundings, command, columns, ({ institute }) => listFactFiles(institute, { limit }));
    });

  facts
    .command("findings")
    .description("list what was found in a file of facts")
    .argument("<id>", "its fileId")
    .option("--limit <number>", "at most this many", readLimit, LIMIT)
    .action(async (fileId: string, { limit }: { limit: number }, command: Command) => {
      const findings = await look(surroundings, command, ({ institute }) =>
        listFactFindings(institute, fileId, { limit }),
      );
      if (isJson(command)) printJson(surroundings, findings);
      else surroundings.write(renderFindings(findings));
    });
}

const COUNTS = [
  "lines",
  "accepted",
  "rejected",
  "findings",
  "changed",
  "persons",
] as const satisfies readonly (keyof FactReceipt)[];
const FINDING_COLUMNS = ["line", "severity", "code", "field", "text"] as const;

function renderFindings(findings: readonly TextedFinding[]): string {
  return renderTable(
    FINDING_COLUMNS,
    findings.map((finding) => ({ ...finding, field: finding.field ?? null })),
  );
}

function describeUpload(surroundings: Surroundings, path: string, amountsAreCents: true | undefined) {
  return { ...readFactFile(path), businessDate: surroundings.today, amountsAreCents: amountsAreCents === true };
}
