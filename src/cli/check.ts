import { open, stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { CHECKS_NOT_MADE, checkContractFile, type FileCheck } from "../client/check-contract-file.ts";
import { LANGUAGES, type Language } from "../findings/language.ts";
import { CommandEnded, CommandRefused, type Surroundings } from "./operator-surroundings.ts";
import { createProgressBar } from "./progress-bar.ts";
import { CHECK_FORMATS, type CheckFormat, createCheckRenderer } from "./render-check.ts";
import { SEND_STATUS } from "./send-status.ts";

const CHUNK_BYTES = 256 * 1024;

const EXAMPLES = `
Examples:
  infoss check contracts.xml
  infoss check contracts.xml --format csv --language fr > findings.csv

Nothing is sent. Ends as \`infoss send\` would: with 0 when no record would be rejected, 3 when some would, 4 when the whole
file would be refused; with 1 when the file cannot be read, 2 when the command is not understood.`;

interface CheckCommandOptions {
  readonly format: CheckFormat;
  readonly language: Language;
}

export function addCheckCommand(program: Command, surroundings: Surroundings): void {
  program
    .command("check")
    .description("check a contract file here, by the gateway's own rules, before it is sent")
    .argument("<file>")
    .addOption(new Option("--format <name>", "of the findings").choices(CHECK_FORMATS).default("text"))
    .addOption(new Option("--language <code>", "of the texts").choices(LANGUAGES).default("en"))
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: CheckCommandOptions, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      const check = await checkFile(surroundings, path, json ? { ...options, format: "json" } : options);
      const status = check.refusal ? SEND_STATUS.refused : SEND_STATUS.partly;
      if (check.refusal || check.counts.rejected > 0) throw new CommandEnded(status);
    });
}

async function checkFile(
  { today, write, say }: Surroundings,
  path: string,
  { format, language }: CheckCommandOptions,
): Promise<FileCheck> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) throw new CommandRefused(`The file ${path} is not there or cannot be read.`);
  const bar = createProgressBar(file.size);
  const renderer = createCheckRenderer(format, language);
  write(renderer.head);
  const check = await checkContractFile(readPieces(path), {
    today,
    async onOutcomes(outcomes) {
      bar.clear();
      write(renderer.outcomes(outcomes));
    },
    onProgress: (done) => bar.show({ phase: "checking", done }),
  }).finally(bar.clear);
  write(renderer.end(check));
  say(summarize(check));
  return check;
}

/** Each piece takes the place of the one before: what was read is not kept waiting for the garbage collector. */
async function* readPieces(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function summarize({ refusal, counts }: FileCheck): string {
  const number = (count: number) => count.toLocaleString("en");
  const { received, passed, unchanged, rejected } = counts;
  const result = refusal
    ? "The gateway would refuse the whole file: nothing of it would be taken up."
    : `${number(received)} records: ${number(passed)} passed, ${number(unchanged)} repeated, ${number(rejected)} to mend.`;
  const left = Object.entries(CHECKS_NOT_MADE).map(([name, what]) => `  ${name}: ${what}\n`);
  return `${result}\nNot checked here, for only the gateway can:\n${left.join("")}`;
}
