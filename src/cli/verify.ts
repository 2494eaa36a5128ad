import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { expectData, type GatewayClient } from "../client/gateway-client.ts";
import {
  iterateVerifiedRows,
  type VerificationPage,
  type VerifiedRow,
  verifyNumbers,
} from "../client/verify-numbers.ts";
import {
  addConnectionOptions,
  CONNECTION_HELP,
  type ConnectionOptions,
  readNamed,
  refuseFile,
  withGateway,
} from "./gateway-connection.ts";
import { CommandEnded, CommandMistake, type Surroundings } from "./operator-surroundings.ts";
import { createProgressBar } from "./progress-bar.ts";
import { SEND_STATUS } from "./send-status.ts";

const FORMATS = ["text", "json", "csv"] as const;

interface VerifyOptions extends ConnectionOptions {
  readonly format: (typeof FORMATS)[number];
  readonly reference?: string;
  readonly timeout: string;
}

const HELP = `
A line has a number, and from the phase \`loading\` on the contract it is for: 85073003328;C-1

Examples:
  infoss verify numbers.xlsx
  infoss verify numbers.csv --format csv --language fr > answers.csv
  echo "12345625001;C-1" | infoss verify

Ends with 0 when every number is valid, 3 when some are not (or were replaced), 4 when the whole file is refused, 5 when there
is no answer in time, 1 when it could not be sent, 2 when the command is not understood.`;

/** `infoss verify`: INAMI and NISS numbers against the register, a file of them or what standard input has. */
export function addVerifyCommand(program: Command, surroundings: Surroundings): void {
  addConnectionOptions(program.command("verify"))
    .description("verify INAMI numbers by the register of the gateway; print the answer to each row")
    .argument("[file]", "text, CSV, JSON or XLSX; absent or -: text, CSV or JSON of standard input")
    .addOption(new Option("--format <name>", "of the answers").choices(FORMATS).default("text"))
    .option("--reference <text>", "with the same one and the same content the first answers come again (a new one)")
    .option("--timeout <seconds>", "how long to wait for the answers", "600")
    .addHelpText("after", `${HELP}\n${CONNECTION_HELP}`)
    .action(async (path: string | undefined, options: VerifyOptions) => {
      const seconds = Number(options.timeout);
      if (!(seconds > 0 && seconds <= 1e6)) throw new CommandMistake("--timeout is a number of seconds.");
      const content = await readNumbers(surroundings, path);
      const signal = AbortSignal.timeout(seconds * 1000);
      let status: number = SEND_STATUS.notAnswered;
      await withGateway(options, async (client) => {
        try {
          status = await verify(client, surroundings, { ...options, content, signal });
        } catch (error) {
          if (!signal.aborted) throw error;
          surroundings.say("There is no answer in time. Asking again with the same --reference gives it later.\n");
        }
      });
      if (status !== SEND_STATUS.accepted) throw new CommandEnded(status);
    });
}

async function readNumbers({ readInput }: Surroundings, path: string | undefined): Promise<Buffer> {
  if (path === undefined || path === "-") return Buffer.from(await readInput());
  if (!(await stat(path).catch(refuseFile(path))).isFile()) refuseFile(path)();
  return await readNamed(path);
}

interface Verifying extends VerifyOptions {
  readonly content: Buffer;
  readonly signal: AbortSignal;
}

/** Answers the exit status. */
async function verify(
  client: GatewayClient,
  { write, say }: Surroundings,
  { content, signal, format, reference: key = randomUUID() }: Verifying,
): Promise<number> {
  const bar = createProgressBar(100);
  bar.show({ phase: "verifying" });
  try {
    const first = await verifyNumbers(client, { content, key, signal });
    const total = countRows(first);
    let told = 0;
    const onRows = (count: number) => {
      told += count;
      bar.show({ phase: "reading", done: total === 0 ? 100 : Math.floor((100 * told) / total) });
    };
    const print = (text: string) => {
      bar.clear();
      write(text);
    };
    await PRINTERS[format]({ client, first, signal, onRows, print });
    bar.clear();
    say(summarize(first));
    if (first.state === "refused") return SEND_STATUS.refused;
    return first.counts?.valid === total ? SEND_STATUS.accepted : SEND_STATUS.partly;
  } finally {
    bar.clear();
  }
}

interface Printing {
  readonly client: GatewayClient;
  readonly first: VerificationPage;
  readonly signal: AbortSignal;
  readonly onRows: (count: number) => void;
  readonly print: (text: string) => void;
}

const PRINTERS = {
  async text(printing) {
    for await (const rows of readRows(printing)) printing.print(rows.map((row) => `${describe(row)}\n`).join(""));
  },
  async json(printing) {
    const { self: _self, pageSize: _pageSize, next: _next, rows: _rows, ...verification } = printing.first;
    const { print } = printing;
    print(`${JSON.stringify(verification, null, 2).slice(0, -2)},\n  "rows": [`);
    let separator = "\n";
    for await (const rows of readRows(printing)) {
      if (rows.length === 0) continue;
      print(separator + rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n"));
      separator = ",\n";
    }
    print("\n  ]\n}\n");
  },
  /** As the gateway writes it. */
  async csv({ client, first: { submissionId }, signal, print }) {
    const headers = { Accept: "text/csv" };
    const params = { path: { submissionId } };
    const answer = await client.api.GET("/inamiVerifications/{submissionId}", {
      ...{ params, headers, signal, parseAs: "stream" },
    });
    for await (const piece of expectData(answer)!.pipeThrough(new TextDecoderStream())) print(piece);
  },
} as const satisfies Record<VerifyOptions["format"], (printing: Printing) => Promise<void>>;

async function* readRows({ client, first, signal, onRows }: Printing) {
  for await (const rows of iterateVerifiedRows(client, first, signal)) {
    yield rows;
    onRows(rows.length);
  }
}

/** A line for a person: which row, what it says, what is known. */
function describe({ rowNumber, number, contractNumber, answer, ...row }: VerifiedRow): string {
  const known = [...(row.inamiNumbers ?? []), row.replacedBy && `by ${row.replacedBy}`, row.notValidOn, row.text];
  const of = contractNumber === undefined ? "" : ` (${contractNumber})`;
  const line = `row ${rowNumber}: ${number}${of} ${answer} ${known.filter(Boolean).join(" ")}`;
  return line.trimEnd().replaceAll(/[\p{Cc}\p{Cf}]/gu, " ");
}

const countRows = ({ counts }: VerificationPage) =>
  Object.values(counts ?? {}).reduce((sum: number, count) => sum + count, 0);

function summarize(verification: VerificationPage): string {
  const { state, counts, findings, submissionId, checkedOn } = verification;
  if (state === "refused" || !counts) {
    return `The file is ${state}.\n${findings.map(({ code, text }) => `${code}. ${text}\n`).join("")}`;
  }
  const number = (count: number) => count.toLocaleString("en");
  const { valid, replaced, notValidOn, unknown, malformed } = counts;
  return (
    `${number(countRows(verification))} rows, as of ${checkedOn}: ${number(valid)} valid, ${number(replaced)} replaced, ` +
    `${number(notValidOn)} not valid, ${number(unknown)} unknown, ${number(malformed)} malformed (${submissionId}).\n`
  );
}
