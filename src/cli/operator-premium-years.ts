import type { Command } from "commander";
import { createBusinessClock } from "../clock.ts";
import {
  type FilesPreview,
  listYearsInForce,
  loadPremiumYearFiles,
  previewPremiumYearFiles,
  readPremiumYearFolder,
} from "../operator/premium-years.ts";
import { readLimit } from "./operator-alarms.ts";
import { act, ask, isJson, printJson, show } from "./operator-command.ts";
import { CommandEnded, type Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

const FOLDER = "with the CSV files that change (src/advantage/premium-years/README.md)";
/** What a table says of a year that ships with the product. */
const NOT_LOADED = { loadedAt: undefined, loadedBy: undefined, reason: undefined };

export function addPremiumYearCommands(program: Command, surroundings: Surroundings): void {
  const years = program
    .command("premium-years")
    .description("keep what premium years say: amounts, conditions, calendar");
  years
    .command("list")
    .description("list the premium years as they are in force")
    .action(async (_options: object, command: Command) => {
      const columns = ["premiumYear", "version", "fingerprint", "loadedAt", "loadedBy", "reason"] as const;
      await show(surroundings, command, columns, async ({ institute }) =>
        (await listYearsInForce(institute)).map((year) => ({ ...NOT_LOADED, ...year })),
      );
    });
  years
    .command("preview")
    .description("tell what is wrong with files, and whose outcome they would change; changes nothing")
    .argument("<folder>", FOLDER)
    .option("--limit <count>", "persons to list; all are counted", readLimit, 50)
    .action(async (folder: string, { limit }: { limit: number }, command: Command) => {
      const files = await readPremiumYearFolder(folder);
      const { preview } = await ask(surroundings, command, async (_tx, actor, { institute }) => {
        const preview = await previewPremiumYearFiles(institute, files, { today: today(), limit });
        const about = { personIds: preview.rows.map(({ personId }) => personId) };
        return { act: "premiumYearsPreviewed" as const, actor, details: { limit }, about, preview };
      });
      if (isJson(command)) printJson(surroundings, preview);
      else surroundings.write(renderPreview(preview));
      if (preview.refusals.length > 0) throw new CommandEnded(1);
    });
  years
    .command("load")
    .description("put files in force, all or none; dossiers are evaluated anew by a worker")
    .argument("<folder>", FOLDER)
    .option("--reason <text>", "why what the preview doubts is right; it stays on record")
    .addHelpText("after", "\nExample:\n  infoss premium-years load years-2026/ --environment validation")
    .action(async (folder: string, { reason }: { reason?: string }, command: Command) => {
      const files = await readPremiumYearFolder(folder);
      await act(surroundings, command, async (tx, actor) => [
        await loadPremiumYearFiles(tx, actor, { files, reason, today: today() }),
      ]);
    });
}

function today(): string {
  return createBusinessClock().today();
}

function renderPreview({ years, refusals, doubts, evaluated, counts, rows }: FilesPreview): string {
  const affected = rows.map(({ personId, premiumYear, state, before, after, movesTo }) => ({
    ...{ premiumYear, personId, state, movesTo },
    ...{ before: before?.outcome, amountBefore: before?.amountCents, reasonsBefore: before?.reasons },
    ...{ after: after.outcome, amountAfter: after.amountCents, reasonsAfter: after.reasons },
  }));
  const known = years.map((year) => ({ versionBefore: undefined, ...year }));
  return [
    renderTable(["premiumYear", "versionBefore", "version", "fingerprint"], known),
    ...refusals.map((sentence) => `refused: ${sentence}\n`),
    ...doubts.map((sentence) => `needs a reason: ${sentence}\n`),
    `\n${evaluated} evaluated\n`,
    renderTable(["premiumYear", "from", "to", "persons", "differenceCents"], counts),
    "\n",
    renderTable(
      [
        ...(["premiumYear", "personId", "state", "movesTo", "before", "amountBefore", "reasonsBefore"] as const),
        ...(["after", "amountAfter", "reasonsAfter"] as const),
      ],
      affected,
    ),
  ].join("");
}
