import { createHash } from "node:crypto";
import type { Command } from "commander";
import type { components } from "../../openapi/digital-contracts.d.ts";
import { expectData } from "../client/gateway-client.ts";
import { addConnectionOptions, CONNECTION_HELP, type ConnectionOptions, withGateway } from "./gateway-connection.ts";
import { CommandEnded, type Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

type ConnectionTest = components["schemas"]["ConnectionTest"];

/** How `infoss connection test` ends where something was found that blocks. */
const BLOCKED = 3;

const EXAMPLES = `
Examples:
  infoss connection test
  infoss connection test --language nl --json

Tells what the gateway sees of this very connection, and what to mend. Over SFTP send a file with the letter T (infoss send):
its receipt tells the same of the SSH session. Ends with 0 when nothing blocks, ${BLOCKED} when something does, 1 when the gateway
refuses the call, 2 when the command is not understood.
${CONNECTION_HELP}`;

/** `infoss connection`: how the connection looks from the gateway's side. */
export function addConnectionCommand(program: Command, { write, say }: Surroundings): void {
  const connection = program.command("connection").description("how your connection looks from the gateway's side");
  const isJson = () => program.opts().json === true;

  addConnectionOptions(connection.command("test"))
    .description("have it looked at now; print what was seen and what to mend")
    .addHelpText("after", EXAMPLES)
    .action(async (options: ConnectionOptions) => {
      let test: ConnectionTest | undefined;
      await withGateway(options, async ({ api }) => {
        test = expectData(await api.POST("/connectionTests", probe()));
      });
      if (isJson()) write(`${JSON.stringify(test, null, 2)}\n`);
      else write(renderTest(test!));
      if (test!.passed) return say("Nothing blocks.\n");
      say("Something blocks: mend what is marked so, and test again.\n");
      throw new CommandEnded(BLOCKED);
    });

  addConnectionOptions(connection.command("list"))
    .description("list the tests that were made, over REST and SFTP")
    .addHelpText("after", `\nExample:\n  infoss connection list\n${CONNECTION_HELP}`)
    .action(async (options: ConnectionOptions) => {
      await withGateway(options, async ({ api }) => {
        const { items } = expectData(await api.GET("/connectionTests"));
        if (isJson()) return write(`${JSON.stringify(items, null, 2)}\n`);
        const rows = items.map(({ passed, connectionTestId, ...item }) => ({
          ...item,
          connectionTestId: connectionTestId ?? null,
          passed: passed ? "yes" : "no",
        }));
        write(renderTable(["connectionTestId", "channel", "passed", "testedAt"], rows));
      });
    });
}

/** A body with its digest and the time, as files have them. */
function probe() {
  const body = { probe: "infoss connection test" };
  const digest = createHash("sha256").update(JSON.stringify(body)).digest("base64");
  const headers = { "Content-Digest": `sha-256=:${digest}:`, Date: new Date().toUTCString() };
  return { body, params: { header: headers }, headers };
}

/** What was seen, a line each, then the findings. */
function renderTest({ seen, findings, clientId }: ConnectionTest): string {
  const lines = [`client: ${clientId}`, ...listLines(seen, "")];
  const found = findings.map(
    ({ code, severity, text }) => `${severity === "blocking" ? "BLOCKS" : "warning"} ${code}: ${text}`,
  );
  return `${[...lines, "", ...found].join("\n").trimEnd()}\n`;
}

function listLines(value: object, path: string): string[] {
  return Object.entries(value).flatMap(([name, content]): string[] => {
    const at = path === "" ? name : `${path}.${name}`;
    const isList = Array.isArray(content) && content.every((one) => typeof one !== "object");
    if (isList) return [`${at}: ${content.join(" ")}`];
    return typeof content === "object" && content !== null ? listLines(content, at) : [`${at}: ${content}`];
  });
}
