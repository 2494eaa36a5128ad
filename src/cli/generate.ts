import { createWriteStream, existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import type { Command } from "commander";
import { parseEnterpriseNumber } from "../identifiers/enterprise-number.ts";
import { generateContractFile } from "../synthetic/contract-file.ts";
import { GENERATION_DEFAULTS, type GenerationOptions, settleOptions } from "../synthetic/generation-options.ts";
import { createProviderSet, generateRegister } from "../synthetic/register-file.ts";
import { CommandEnded } from "./operator-surroundings.ts";

const DEFAULT_FOLDER = ".local/generated";

const USAGE = `Usage: npm run generate -- --records N [options]     (or: infoss generate --records N [options])

Writes a synthetic contract file (contracts.xml) and the register that goes with it (register.csv).
The same options always give the same bytes.

  --records N        number of records, 0 to 2000000
  --seed S           which records, 0 to 4294967295 (1)
  --errors P         share of the records that carry one error, 0 to 1 (${GENERATION_DEFAULTS.errors})
  --out DIR          folder to write to, made if missing (${DEFAULT_FOLDER})
  --sender E         enterprise number of the insurer (${GENERATION_DEFAULTS.sender})
  --reference R      reference of the submission, 1 to 35 characters (${GENERATION_DEFAULTS.reference})
  --environment L    R, S or T (${GENERATION_DEFAULTS.environment})
  --created-at T     instant in the header; contracts start before that day (${GENERATION_DEFAULTS.createdAt})
  --complete         the file ends the initial load
  --help             this text
`;

/** The arguments could not be understood; the message is for the person who typed them. */
export class UsageError extends Error {}

export interface GenerateCommand {
  readonly folder: string;
  readonly options: Required<GenerationOptions>;
}

/** The command that `args` spell; undefined when they ask for help. Throws a UsageError in a plain sentence. */
export function parseGenerateCommand(args: string[]): GenerateCommand | undefined {
  const values = readArguments(args);
  if (values.help) return undefined;
  if (values.records === undefined)
    throw new UsageError("--records is missing: how many records should the file have?");
  const sender = parseEnterpriseNumber(values.sender);
  if (sender === undefined) throw new UsageError(`--sender ${values.sender} is not an enterprise number`);
  if (!/^\S(?:.{0,33}\S)?$/.test(values.reference)) throw new UsageError("--reference must have 1 to 35 characters");
  if (!isEnvironment(values.environment)) throw new UsageError("--environment must be R, S or T");
  try {
    const options = settleOptions({
      records: readNumber("records", values.records),
      seed: readNumber("seed", values.seed),
      errors: readNumber("errors", values.errors),
      sender,
      reference: values.reference,
      environment: values.environment,
      createdAt: values["created-at"],
      complete: values.complete,
    });
    return { folder: values.out, options };
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--${error.message.replace("createdAt", "created-at")}`);
    throw error;
  }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        records: { type: "string" },
        seed: { type: "string", default: "1" },
        errors: { type: "string", default: String(GENERATION_DEFAULTS.errors) },
        out: { type: "string", default: DEFAULT_FOLDER },
        sender: { type: "string", default: GENERATION_DEFAULTS.sender },
        reference: { type: "string", default: GENERATION_DEFAULTS.reference },
        environment: { type: "string", default: GENERATION_DEFAULTS.environment },
        "created-at": { type: "string", default: GENERATION_DEFAULTS.createdAt },
        complete: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // parseArgs throws TypeErrors that name the option and what is wrong with it.
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function readNumber(option: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${option} ${text} is not a number`);
  return Number(text);
}

function isEnvironment(text: string): text is Required<GenerationOptions>["environment"] {
  return text === "R" || text === "S" || text === "T";
}

/** Runs the command line tool and answers its exit status: 0 written, 1 cannot be written, 2 not understood. */
export async function runGenerate(args: string[]): Promise<number> {
  let command: GenerateCommand | undefined;
  try {
    command = parseGenerateCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (command === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    await writeFiles(command);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    process.stderr.write(`--out ${command.folder} cannot be written to: ${error.message}\n`);
    return 1;
  }
  return 0;
}

/** `infoss generate`: the same tool with the same options. */
export function addGenerateCommand(program: Command): void {
  program
    .command("generate")
    .description("write a synthetic contract file and the register that goes with it")
    .argument("[options...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[]) => {
      const status = await runGenerate(args);
      if (status !== 0) throw new CommandEnded(status);
    });
}

async function writeFiles({ folder, options }: GenerateCommand): Promise<void> {
  await makeFolder(resolve(folder));
  const contracts = join(folder, "contracts.xml");
  const register = join(folder, "register.csv");
  const providers = createProviderSet();
  await writeChunks(contracts, generateContractFile(options, providers));
  await writeChunks(register, generateRegister(options, providers));
  process.stdout.write(`${contracts}: ${options.records} records, seed ${options.seed}\n${register}: their register\n`);
}

/** Node's own recursion never ends where a parent is there and yet answers that it is not, as those in /proc do. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder);
}

async function writeChunks(path: string, chunks: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(chunks), createWriteStream(path));
}

if (import.meta.main) process.exitCode = await runGenerate(process.argv.slice(2));
