import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { expectData } from "../client/gateway-client.ts";
import { addConnectionOptions, CONNECTION_HELP, type ConnectionOptions, withGateway } from "./gateway-connection.ts";
import { CommandEnded, CommandRefused, type Surroundings } from "./operator-surroundings.ts";

/** How `infoss readiness` ends while something is left to do. */
const NOT_READY = 3;

const EXAMPLES = `
Examples:
  infoss readiness
  infoss readiness --statement alpha.readiness.jws

Prints what you did in validation and what is left to do. Ends with 0 when everything is done, ${NOT_READY} when not yet.
${CONNECTION_HELP}`;

interface ReadinessOptions extends ConnectionOptions {
  readonly statement?: string;
}

/** `infoss readiness`: the checklist for production, and the statement that opens it. */
export function addReadinessCommand(program: Command, { write, say }: Surroundings): void {
  addConnectionOptions(program.command("readiness"))
    .description("see whether you are ready for production; save the signed statement that says so")
    .option("--statement <file>", "where to write the statement to, once you are ready")
    .addHelpText("after", EXAMPLES)
    .action(async (options: ReadinessOptions) => {
      let isReady = false;
      await withGateway(options, async ({ api }) => {
        const readiness = expectData(await api.GET("/readiness"));
        isReady = readiness.ready;
        if (program.opts().json) write(`${JSON.stringify(readiness, null, 2)}\n`);
        else write(readiness.checklist.map(renderItem).join(""));
        if (options.statement !== undefined && readiness.statement !== undefined) {
          await writeFile(options.statement, `${readiness.statement}\n`).catch(() => {
            throw new CommandRefused(`The file ${options.statement} cannot be written.`);
          });
          say(`The statement is in ${options.statement}: hand it to the institute within thirty days.\n`);
        }
      });
      if (isReady) return;
      say("Not ready yet.\n");
      throw new CommandEnded(NOT_READY);
    });
}

interface Item {
  readonly item: string;
  readonly fulfilled: boolean;
  readonly missing?: readonly string[];
  readonly percent?: number;
  readonly maximumPercent?: number;
  readonly text: string;
}

function renderItem({ item, fulfilled, missing, percent, maximumPercent, text }: Item): string {
  const left = missing === undefined ? "" : ` Left: ${missing.join(", ")}.`;
  const share = percent === undefined ? "" : ` Now ${percent} %, at most ${maximumPercent} %.`;
  return `${fulfilled ? "[x]" : "[ ]"} ${item}: ${text}${left}${share}\n`;
}
