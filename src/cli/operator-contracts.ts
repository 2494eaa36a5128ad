import type { Command } from "commander";
import { parse } from "csv-parse/sync";
import type { ListedContract } from "../contracts/transfer-contracts.ts";
import { type PortfolioTransfer, previewTransfer, transferPortfolio } from "../operator/transfer-portfolio.ts";
import { act, ask, isJson, printJson, readTextFile } from "./operator-command.ts";
import { CommandRefused, type Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

interface TransferOptions {
  readonly from: string;
  readonly to: string;
  readonly on: string;
  readonly list?: string;
  readonly reason?: string;
  readonly skipConflicts?: true;
  readonly apply?: true;
}

export function addContractCommands(program: Command, surroundings: Surroundings): void {
  const contracts = program.command("contracts").description("hand contracts over from one insurer to another");
  contracts
    .command("transfer")
    .description("tell what a transfer would do; with --apply, do it")
    .requiredOption("--from <number>", "enterprise number of the insurer who has them")
    .requiredOption("--to <number>", "enterprise number of the insurer who takes them over")
    .requiredOption("--on <day>", "first day with the new insurer, yyyy-mm-dd")
    .option("--list <file>", "only these: CSV with commas and the columns contractNumber,inamiNumber")
    .option("--reason <text>", "kept with every version; without it: transferred")
    .option("--skip-conflicts", "leave contracts where they are that cannot move")
    .option("--apply", "hand them over")
    .addHelpText(
      "after",
      "\nExample:\n  infoss contracts transfer --from 0403019261 --to 0428759497 --on 2026-11-01 --apply --environment validation",
    )
    .action(async (options: TransferOptions, command: Command) => {
      const asked = await readAsked(options);
      if (!options.apply) return await showPreview(surroundings, command, asked);
      await act(surroundings, command, (tx, actor) => transferPortfolio(tx, actor, asked, surroundings.today));
    });
}

async function showPreview(surroundings: Surroundings, command: Command, asked: PortfolioTransfer): Promise<void> {
  const { preview } = await ask(surroundings, command, async (_tx, actor, { institute }) => {
    const preview = await previewTransfer(institute, asked);
    const about = { inamiNumbers: preview.inConflict.map(({ inamiRoot }) => inamiRoot) };
    const { from, to, on } = asked;
    return { act: "transferPreviewed" as const, actor, details: { from, to, on }, about, preview };
  });
  if (isJson(command)) return printJson(surroundings, preview);
  const { contracts, waitingSubmissions, conflicts, inConflict } = preview;
  const counts = [
    { what: "contracts to hand over", count: contracts },
    ...Object.entries(conflicts).map(([conflict, count]) => ({ what: `cannot move: ${conflict}`, count })),
    { what: "files of the sender that wait", count: waitingSubmissions },
  ];
  surroundings.write(renderTable(["what", "count"], counts));
  if (inConflict.length === 0) return;
  const rows = inConflict.map((contract) => ({ ...contract }));
  surroundings.write(`\n${renderTable(["contractNumber", "inamiRoot", "conflict"], rows)}`);
}

async function readAsked({ list, from, to, on, reason, skipConflicts }: TransferOptions): Promise<PortfolioTransfer> {
  const contracts = list === undefined ? undefined : parseList(await readTextFile(list), list);
  return { from, to, on, contracts, reason, skipConflicts };
}

const LIST_COLUMNS = ["contractNumber", "inamiNumber"] as const;

function parseList(text: string, path: string): ListedContract[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { bom: true, columns: checkHeader, skip_empty_lines: true, trim: true });
  } catch (error) {
    if (error instanceof CommandRefused) throw new CommandRefused(`${path}: ${error.message}`);
    throw new CommandRefused(`${path} is no CSV file with a header.`);
  }
  return rows.map(({ contractNumber, inamiNumber = "" }, index) => {
    if (contractNumber && /^(\d{8}|\d{11})$/.test(inamiNumber)) {
      return { contractNumber, inamiRoot: inamiNumber.slice(0, 8) };
    }
    throw new CommandRefused(`Row ${index + 1} of ${path} has no contractNumber, or no inamiNumber of 8 or 11 digits.`);
  });
}

function checkHeader(header: string[]): string[] {
  if (LIST_COLUMNS.every((column) => header.includes(column))) return header;
  throw new CommandRefused(`the first line must name the columns ${LIST_COLUMNS.join()}, with commas between columns.`);
}
