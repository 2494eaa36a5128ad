import { type Command, Option } from "commander";
import type { components } from "../../openapi/digital-contracts.d.ts";
import { expectData } from "../client/gateway-client.ts";
import { addConnectionOptions, CONNECTION_HELP, type ConnectionOptions, withGateway } from "./gateway-connection.ts";
import type { Surroundings } from "./operator-surroundings.ts";

type Space = components["schemas"]["Space"];
export const PHASES = ["live", "loading"] as const;
export type Phase = (typeof PHASES)[number];

const EXAMPLES = `
Examples:
  infoss space
  infoss space reset
  infoss space reset --phase loading --json

A reset gives you another insurer, number group and portfolio, on the real business day; your client, keys and certificate stay.
${CONNECTION_HELP}`;

/** `infoss space`: what of validation is one's own, and beginning it anew. */
export function addSpaceCommand(program: Command, { write }: Surroundings): void {
  const space = program.command("space").description("your own space in validation").addHelpText("after", EXAMPLES);
  const print = (found: Space) =>
    write(program.opts().json ? `${JSON.stringify(found, null, 2)}\n` : renderSpace(found));

  addConnectionOptions(space.command("show", { isDefault: true }))
    .description("print what you have there now (what `infoss space` does)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: ConnectionOptions) => {
      await withGateway(options, async ({ api }) => print(expectData(await api.GET("/space"))));
    });

  addConnectionOptions(space.command("reset"))
    .description("begin anew with another space; what runs in the old one is not seen again")
    .addOption(new Option("--phase <phase>", "where it begins").choices(PHASES).default("live"))
    .addHelpText("after", EXAMPLES)
    .action(async ({ phase, ...options }: ConnectionOptions & { phase: Phase }) => {
      await withGateway(options, async ({ api }) => {
        print(expectData(await api.POST("/space/reset", { params: { query: { phase } } })));
      });
    });
}

/** A line for each member. */
export function renderSpace({ self: _, ...members }: Space): string {
  return Object.entries(members)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}
