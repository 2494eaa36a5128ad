import type { Command } from "commander";
import { confirmIban, listInsurerIbans, proposeIban, rejectIban } from "../payments/insurer-ibans.ts";
import { decideProviderIbans, listProviderIbans, proposeProviderIbans } from "../payments/provider-ibans.ts";
import { act, readTextFile, type SharedOptions, show } from "./operator-command.ts";
import { CommandMistake, type Surroundings } from "./operator-surroundings.ts";

const FILES = 100;

/** Accounts of insurers, and of providers: each change takes two operators. */
export function addIbanCommands(payments: Command, surroundings: Surroundings): void {
  const iban = payments
    .command("iban")
    .description("change to which account an insurer is paid: one operator proposes, another confirms");
  iban
    .command("propose")
    .argument("<number>", "enterprise number of the insurer")
    .argument("<iban>")
    .action(async (enterpriseNumber: string, text: string, _options: object, command: Command) => {
      refuseAssumedName(command);
      await act(surroundings, command, async (tx, actor) => [
        await proposeIban(tx, actor, { enterpriseNumber, iban: text }),
      ]);
    });
  iban
    .command("confirm")
    .argument("<proposal>", "as `payments iban list` shows it")
    .action(async (proposalId: string, _options: object, command: Command) => {
      refuseAssumedName(command);
      await act(surroundings, command, async (tx, actor) => [await confirmIban(tx, actor, { proposalId })]);
    });
  iban
    .command("reject")
    .argument("<proposal>")
    .action(async (proposalId: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await rejectIban(tx, actor, { proposalId })]);
    });
  iban
    .command("list")
    .argument("[number]", "enterprise number of the insurer")
    .action(async (enterpriseNumber: string | undefined, _options: object, command: Command) => {
      const columns = [
        "enterpriseNumber",
        "iban",
        "state",
        "proposedBy",
        "decidedBy",
        "decidedAt",
        "proposalId",
      ] as const;
      await show(surroundings, command, columns, ({ institute }) => listInsurerIbans(institute, enterpriseNumber));
    });
  addProviderCommands(payments, surroundings);
}

function addProviderCommands(payments: Command, surroundings: Surroundings): void {
  const accounts = payments
    .command("provider-ibans")
    .description("own accounts of providers, for convention advantages: a file that another operator confirms");
  accounts
    .command("propose")
    .argument("<file>", "CSV with the header ssin,iban")
    .action(async (path: string, _options: object, command: Command) => {
      refuseAssumedName(command);
      const text = await readTextFile(path);
      await act(surroundings, command, async (tx, actor) => [await proposeProviderIbans(tx, actor, { text })]);
    });
  for (const [name, state] of [
    ["confirm", "confirmed"],
    ["reject", "rejected"],
  ] as const)
    accounts
      .command(name)
      .argument("<proposal>", "as `payments provider-ibans list` shows it")
      .action(async (proposalId: string, _options: object, command: Command) => {
        if (state === "confirmed") refuseAssumedName(command);
        await act(surroundings, command, async (tx, actor) => [
          await decideProviderIbans(tx, actor, { proposalId, state }),
        ]);
      });
  accounts.command("list").action(async (_options: object, command: Command) => {
    const columns = ["proposalId", "state", "accounts", "proposedAt", "proposedBy", "decidedBy"] as const;
    await show(surroundings, command, columns, ({ institute }) => listProviderIbans(institute, FILES));
  });
}

/** Two operators are two accounts of the machine, or clients: a name that can be typed is neither. */
function refuseAssumedName(command: Command): void {
  if (command.optsWithGlobals<SharedOptions>().as === undefined) return;
  throw new CommandMistake("This takes two operators: --as is not taken here, log in as yourself, or use REST.");
}
