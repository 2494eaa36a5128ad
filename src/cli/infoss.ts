import { Command, CommanderError, Option } from "commander";
import { CommandEnded, CommandMistake, CommandRefused, type Surroundings } from "./operator-surroundings.ts";

type AddCommand = (program: Command, surroundings: Surroundings) => void;

/** What insurers run on their own machines: it needs no settings, no database, and no more in memory than its own command. */
const INSURER_COMMANDS = {
  check: async () => (await import("./check.ts")).addCheckCommand,
  send: async () => (await import("./send.ts")).addSendCommand,
  status: async () => (await import("./follow-up.ts")).addStatusCommand,
  report: async () => (await import("./follow-up.ts")).addReportCommand,
  verify: async () => (await import("./verify.ts")).addVerifyCommand,
  changes: async () => (await import("./follow-up.ts")).addChangesCommand,
  receipt: async () => (await import("./receipt.ts")).addReceiptCommand,
  connection: async () => (await import("./connection.ts")).addConnectionCommand,
  readiness: async () => (await import("./readiness.ts")).addReadinessCommand,
  admission: async () => (await import("./admission.ts")).addAdmissionCommand,
  space: async () => (await import("./space.ts")).addSpaceCommand,
  generate: async () => (await import("./generate.ts")).addGenerateCommand,
} as const satisfies Record<string, () => Promise<AddCommand>>;

const EXAMPLES = `
Examples for insurers:
  infoss check contracts.xml
  infoss send contracts.xml --rest --profile profile.json
Examples for operators:
  infoss operator create desk-1 --jwks desk-1.jwks.json --certificate desk-1.pem --environment validation
  infoss insurer admit 0403019261 --name Alpha --environment validation
  infoss client create alpha-1 --name Alpha --insurer 0403019261 --jwks alpha-1.jwks.json --certificate alpha-1.pem --environment validation
  infoss certificate list --client alpha-1
  infoss alarms list --json

What operators do needs the settings of the gateway (docs/operations.md), where it runs; what changes something names its
environment. Ends with 0 when done, 1 when it cannot be done, 2 when the command is not understood.`;

/** The command line; answers the exit status. Every sentence for whoever typed it goes to standard error. */
export async function runInfoss(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const named = Object.entries(INSURER_COMMANDS).find(([name]) => name === args[0])?.[1];
  // What operators need takes a second to read and some memory.
  const operators = named ? undefined : await import("./operator-commands.ts");
  const ofInsurers = await Promise.all((named ? [named] : Object.values(INSURER_COMMANDS)).map((load) => load()));
  try {
    await createProgram(operators?.OPERATOR_COMMANDS ?? [], ofInsurers, surroundings).parseAsync(args, {
      from: "user",
    });
    return 0;
  } catch (error) {
    // Commander has said it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CommandEnded) return error.status;
    const isSentence = [CommandMistake, CommandRefused, ...(operators?.OPERATOR_ERRORS ?? [])].some(
      (kind) => error instanceof kind,
    );
    surroundings.say(`${isSentence ? tell(error as Refusal) : explain(error)}\n`);
    return error instanceof CommandMistake ? 2 : 1;
  }
}

/** An error with a sentence, and perhaps with each of several things that are wrong. */
type Refusal = Error & { readonly faults?: readonly { readonly detail: string }[] };

function tell({ message, faults = [] }: Refusal): string {
  return [message, ...faults.map(({ detail }) => detail)].join("\n");
}

function createProgram(
  ofOperators: readonly AddCommand[],
  ofInsurers: readonly AddCommand[],
  surroundings: Surroundings,
): Command {
  const program = new Command("infoss")
    .description(
      "Exchange of digital contracts: what insurers check and send, and operators' acts, each on the audit trail.",
    )
    .addOption(
      new Option("--environment <name>", "where to act; required for every act of operators").choices([
        "validation",
        "production",
      ]),
    )
    .option("--as <name>", "who acts, for the audit trail (the account of the operating system)")
    .option("--json", "print results as JSON")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: surroundings.write, writeErr: surroundings.say })
    .showHelpAfterError("(--help tells more)")
    .exitOverride()
    .addHelpText("after", EXAMPLES);
  program.commandsGroup("Commands for insurers:");
  for (const add of ofInsurers) add(program, surroundings);
  program.commandsGroup("Commands for operators:");
  for (const add of ofOperators) add(program, surroundings);
  return program;
}

/** The database has other tables, columns or roles than this version knows. */
const OTHER_VERSION = new Set(["42P01", "42703", "42883", "42704", "22023"]);

/** What went wrong as a sentence. Says nothing of values: messages of the database may quote some. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return "The command failed.";
  const code = "code" in error ? String(error.code) : "";
  if (OTHER_VERSION.has(code)) {
    return `The database is not one of this version of the gateway (${code}): start the gateway once, which brings it up to date.`;
  }
  if (code === "42501") return "The user in DATABASE_URL may not do this: it must be the one that the gateway uses.";
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR")
    return "A file that the command names cannot be read.";
  if (code !== "")
    return `The database cannot be used now (${code}): nothing was done. See that DATABASE_URL is right and the server runs.`;
  return `The command failed, nothing was done: ${error.name}.`;
}
