import { type Command, Option } from "commander";
import { INSURER_PHASES, type InsurerPhase } from "../identity/identity-kinds.ts";
import { type Contact, completeLoad, putContact, removeContact } from "../identity/insurer-registry.ts";
import { admitWithReadiness, moveToPhase } from "../operator/admit-to-load.ts";
import { listContacts, listInsurers } from "../operator/registry-queries.ts";
import { act, readTextFile, show } from "./operator-command.ts";
import { addReadinessLookup } from "./operator-readiness.ts";
import type { Surroundings } from "./operator-surroundings.ts";

const NUMBER = "enterprise number, such as 0403.019.261";

interface AdmitOptions extends PhaseOptions {
  readonly name: string;
  readonly phase: InsurerPhase;
}

interface PhaseOptions {
  /** File with the statement of readiness. */
  readonly statement?: string;
  readonly reason?: string;
}

/** Where production lets an insurer into its initial load. */
function addReadinessOptions(command: Command): Command {
  return command
    .option("--statement <file>", "production, into loading: its statement of readiness, as validation signed it")
    .option("--reason <text>", "production, into loading: why without a statement");
}

async function readGrounds(surroundings: Surroundings, { statement, reason }: PhaseOptions) {
  const { environment, readiness } = surroundings.readSettings();
  const grounds = { reason, ...(statement !== undefined && { statement: await readTextFile(statement) }) };
  return { grounds, rules: { environment, ...readiness } };
}

export function addInsurerCommands(program: Command, surroundings: Surroundings): void {
  const insurer = program
    .command("insurer")
    .description("admit insurers, move them through their phases, keep their contacts");

  addReadinessOptions(insurer.command("admit"))
    .description("let an insurer in")
    .argument("<number>", NUMBER)
    .requiredOption("--name <name>", "how the insurer is called")
    .addOption(new Option("--phase <phase>", "where it begins").choices(INSURER_PHASES).default("access"))
    .addHelpText("after", '\nExample:\n  infoss insurer admit 0403019261 --name "Alpha" --environment validation')
    .action(async (enterpriseNumber: string, options: AdmitOptions, command: Command) => {
      const { name, phase } = options;
      const { grounds, rules } = await readGrounds(surroundings, options);
      await act(surroundings, command, (tx, actor) =>
        admitWithReadiness(tx, actor, { enterpriseNumber, name, phase, ...grounds }, rules),
      );
    });

  addReadinessOptions(insurer.command("phase"))
    .description(`move an insurer to a phase: ${INSURER_PHASES.join(", ")}`)
    .argument("<number>", NUMBER)
    .argument("<phase>", INSURER_PHASES.join(", "))
    .addHelpText(
      "after",
      "\nExamples:\n  infoss insurer phase 0403019261 suspended --environment validation" +
        "\n  infoss insurer phase 0403019261 loading --statement alpha.readiness.jws --environment production",
    )
    .action(async (enterpriseNumber: string, phase: InsurerPhase, options: PhaseOptions, command: Command) => {
      const { grounds, rules } = await readGrounds(surroundings, options);
      await act(surroundings, command, (tx, actor) =>
        moveToPhase(tx, actor, { enterpriseNumber, phase, ...grounds }, rules),
      );
    });

  addReadinessLookup(insurer, surroundings);

  insurer
    .command("complete-load")
    .description("end the initial load in the insurer's place; what is held for it runs")
    .argument("<number>", NUMBER)
    .addHelpText("after", "\nExample:\n  infoss insurer complete-load 0403019261 --environment validation")
    .action(async (enterpriseNumber: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await completeLoad(tx, actor, { enterpriseNumber })]);
    });

  insurer
    .command("list")
    .description("list the insurers")
    .action(async (_options: object, command: Command) => {
      const columns = ["enterpriseNumber", "name", "phase", "initialLoadCompletedAt"] as const;
      await show(surroundings, command, columns, ({ institute }) => listInsurers(institute));
    });

  addContactCommands(insurer.command("contact").description("keep the people to write to at an insurer"), surroundings);
}

function addContactCommands(contact: Command, surroundings: Surroundings): void {
  contact
    .command("put")
    .description("add a contact, or replace the one with that address")
    .argument("<number>", NUMBER)
    .argument("<email>")
    .requiredOption("--name <name>")
    .addOption(new Option("--language <language>").choices(["fr", "nl", "de"]).makeOptionMandatory())
    .addHelpText(
      "after",
      '\nExample:\n  infoss insurer contact put 0403019261 exchange@alpha.example --name "Desk" --language nl --environment validation',
    )
    .action(async (enterpriseNumber: string, email: string, options: Omit<Contact, "email">, command: Command) => {
      const { name, language } = options;
      await act(surroundings, command, async (tx, actor) => [
        await putContact(tx, actor, { enterpriseNumber, email, name, language }),
      ]);
    });

  contact
    .command("remove")
    .description("remove a contact")
    .argument("<number>", NUMBER)
    .argument("<email>")
    .action(async (enterpriseNumber: string, email: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [
        await removeContact(tx, actor, { enterpriseNumber, email }),
      ]);
    });

  contact
    .command("list")
    .description("list the contacts of an insurer")
    .argument("<number>", NUMBER)
    .action(async (enterpriseNumber: string, _options: object, command: Command) => {
      const columns = ["email", "name", "language"] as const;
      await show(surroundings, command, columns, ({ institute }) => listContacts(institute, enterpriseNumber));
    });
}
