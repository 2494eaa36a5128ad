import { type Command, Option } from "commander";
import { expectData, type GatewayClient } from "../client/gateway-client.ts";
import { iterateEvents } from "../client/pages.ts";
import { addConnectionOptions, CONNECTION_HELP, type ConnectionOptions, withGateway } from "./gateway-connection.ts";
import { CommandMistake, type Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

const REPORT_TYPES = { json: "application/json", xml: "application/xml", csv: "text/csv" } as const;
const POLL_MS = 2_000;

/** `infoss status`: the latest submissions, or one of them with its progress. */
export function addStatusCommand(program: Command, { write }: Surroundings): void {
  addConnectionOptions(program.command("status"))
    .description("what became of your submissions")
    .argument("[submissionId]", "one of them, in full")
    .addHelpText("after", `\nExamples:\n  infoss status\n  infoss status 019a… --json\n${CONNECTION_HELP}`)
    .action(async (submissionId: string | undefined, options: ConnectionOptions) => {
      await withGateway(options, async ({ api }) => {
        if (submissionId !== undefined) {
          const path = { path: { submissionId } };
          const submission = expectData(await api.GET("/submissions/{submissionId}", { params: path }));
          return write(`${JSON.stringify(submission, null, 2)}\n`);
        }
        const { items } = expectData(await api.GET("/submissions"));
        if (program.opts().json) return write(`${JSON.stringify(items, null, 2)}\n`);
        const rows = items.map(({ reference, kind, ...item }) => ({ ...item, reference, kind }));
        write(renderTable(["submissionId", "reference", "kind", "channel", "state", "receivedAt"], rows));
      });
    });
}

/** `infoss report`: the report of a submission, as the gateway writes it. */
export function addReportCommand(program: Command, { write }: Surroundings): void {
  addConnectionOptions(program.command("report"))
    .description("print the report of a submission")
    .argument("<submissionId>")
    .addOption(new Option("--format <name>").choices(Object.keys(REPORT_TYPES)).default("json"))
    .addHelpText(
      "after",
      `\nExample:\n  infoss report 019a… --format csv --language nl > report.csv\n${CONNECTION_HELP}`,
    )
    .action(async (submissionId: string, options: ConnectionOptions & { format: keyof typeof REPORT_TYPES }) => {
      await withGateway(options, async ({ api }) => {
        const answer = await api.GET("/submissions/{submissionId}/report", {
          params: { path: { submissionId } },
          headers: { Accept: REPORT_TYPES[options.format] },
          parseAs: "stream",
        });
        for await (const piece of expectData(answer)!.pipeThrough(new TextDecoderStream())) write(piece);
      });
    });
}

interface ChangesOptions extends ConnectionOptions {
  readonly after: string;
  readonly follow?: boolean;
}

/** `infoss changes`: the feed of events, a JSON object a line. */
export function addChangesCommand(program: Command, { write }: Surroundings): void {
  addConnectionOptions(program.command("changes"))
    .description("print what happened since: your feed of events, one JSON object a line")
    .option("--after <position>", "position of the last event that you have taken over", "0")
    .option("--follow", "go on until it is interrupted")
    .addHelpText("after", `\nExample:\n  infoss changes --after 41 --follow\n${CONNECTION_HELP}`)
    .action(async (options: ChangesOptions) => {
      const after = Number(options.after);
      if (!Number.isSafeInteger(after) || after < 0) throw new CommandMistake("--after is a position: 0, 1, 2 ….");
      await withGateway(options, (client) => printEvents(client, after, options.follow === true, write));
    });
}

async function printEvents(client: GatewayClient, after: number, isFollowed: boolean, write: (text: string) => void) {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const follow = isFollowed ? { follow: { signal: stop.signal, pollMs: POLL_MS } } : {};
    for await (const event of iterateEvents(client, { after, ...follow })) write(`${JSON.stringify(event)}\n`);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
