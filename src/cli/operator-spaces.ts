import type { Command } from "commander";
import { endAccountOf } from "../spaces/end-account.ts";
import { listSpaces } from "../spaces/space-queries.ts";
import { act, show } from "./operator-command.ts";
import type { Surroundings } from "./operator-surroundings.ts";

/** `infoss spaces`: those who admitted themselves to validation. Production has none. */
export function addSpacesCommands(program: Command, surroundings: Surroundings): void {
  const spaces = program.command("spaces").description("see and end the spaces of integrators, in validation");

  spaces
    .command("list")
    .description("list the spaces of all accounts that live, oldest first; also of those that can still be renewed")
    .action(async (_options: object, command: Command) => {
      const columns = ["enterpriseNumber", "name", "clientId", "numberGroup", "phase", "madeAt", "expiresAt"] as const;
      await show(surroundings, command, columns, ({ institute }) => listSpaces(institute));
    });

  spaces
    .command("end")
    .description("end the account of an integrator, at once and for good; its key may be admitted anew")
    .argument("<number>", "enterprise number of its space")
    .addHelpText("after", "\nExample:\n  infoss spaces end 0990012385 --environment validation")
    .action(async (enterpriseNumber: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await endAccountOf(tx, actor, { enterpriseNumber })]);
    });
}
