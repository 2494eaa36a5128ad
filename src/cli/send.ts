import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { type Sending, type SendProgress, SendRefused } from "../client/sending.ts";
import { type ContractFileRoot, createContractFileReader } from "../formats/contract-file/contract-file-reader.ts";
import {
  type ExchangeFileName,
  formatExchangeFileName,
  formatSequence,
  parseInputFileName,
} from "../formats/exchange-file-name.ts";
import { describeHeld } from "./describe-held.ts";
import {
  addConnectionOptions,
  CONNECTION_HELP,
  type ConnectionOptions,
  noPrivateKey,
  readAddress,
  readConnection,
  readNamed,
  refuseFile,
} from "./gateway-connection.ts";
import { CommandEnded, CommandMistake, CommandRefused, type Surroundings } from "./operator-surroundings.ts";
import { createProgressBar } from "./progress-bar.ts";
import { SEND_STATUS } from "./send-status.ts";

interface SendOptions extends ConnectionOptions {
  readonly sftp?: string;
  readonly hostKey?: string;
  readonly signature?: string;
  readonly sequence?: string;
  readonly timeout: string;
}

const EXAMPLES = `
Examples:
  infoss send contracts.xml --sftp sftp://alpha@sftp.example:22 --key id_ed25519 --host-key SHA256:…
  infoss send contracts.xml --rest https://gateway.example --client alpha-1 --key alpha-1.key --certificate alpha-1.pem --certificate-key alpha-1-tls.key

Ends with 0 when all records are accepted, 3 when some are rejected, 4 when the file is refused, 5 when there is no answer
in time (it may still come), 6 when the file is held: over REST at once, over SFTP when the report does not come in time;
1 when it could not be sent, 2 when the command is not understood.`;

export function addSendCommand(program: Command, surroundings: Surroundings): void {
  addConnectionOptions(program.command("send"))
    .description("send a contract file as an insurer does; print receipt and report")
    .argument("<file>")
    .addOption(
      new Option("--sftp <url>", "over SFTP: sftp://user@host:port; --key is the SSH user's").conflicts("rest"),
    )
    .option("--host-key <fingerprint>", "SFTP: key of the server, SHA256:…")
    .option("--signature <file>", "SFTP: detached signature (FS), where it is agreed")
    .option("--sequence <characters>", "SFTP: five digits or capitals of the name (the second of the day)")
    .option("--timeout <seconds>", "how long to wait for the answers", "600")
    .addHelpText("after", `${EXAMPLES}\n${CONNECTION_HELP}`)
    .action(async (path: string, options: SendOptions) => {
      const status = await send(surroundings, path, options);
      if (status !== SEND_STATUS.accepted) throw new CommandEnded(status);
    });
}

async function send(surroundings: Surroundings, path: string, options: SendOptions): Promise<number> {
  const seconds = Number(options.timeout);
  if (!(seconds > 0 && seconds <= 1e6)) throw new CommandMistake("--timeout is a number of seconds.");
  const { size: byteLength } = await stat(path).catch(refuseFile(path));
  const bar = createProgressBar(byteLength);
  const signal = AbortSignal.timeout(seconds * 1000);
  const { listeners, answers, isHeld } = listen(surroundings, bar);
  const sending: Sending = { path, byteLength, signal, ...listeners };
  try {
    await sendThrough(surroundings, sending, options);
  } catch (error) {
    bar.clear();
    if (signal.aborted) {
      surroundings.say("There is no answer in time. Sending the same file again is always safe.\n");
      return isHeld() ? SEND_STATUS.held : SEND_STATUS.notAnswered;
    }
    if (error instanceof SendRefused) throw new CommandRefused(error.message);
    throw error;
  } finally {
    bar.clear();
  }
  if (isHeld() && answers.length === 1) return SEND_STATUS.held;
  surroundings.say(`${summarize(answers.at(-1) ?? "")}\n`);
  return judge(answers);
}

/** Prints what comes: answers as they are, the rest in sentences, each once. */
function listen({ write, say }: Surroundings, bar: ReturnType<typeof createProgressBar>) {
  const answers: string[] = [];
  let isHeld = false;
  let isPutOff = false;
  const listeners: Omit<Sending, "path" | "byteLength" | "signal"> = {
    onProgress: bar.show,
    onAnswer(_kind, xml) {
      bar.clear();
      answers.push(xml);
      write(xml);
    },
    onHeld(held) {
      isHeld = true;
      bar.clear();
      say(describeHeld(held));
    },
    onPutOff(seconds) {
      bar.clear();
      if (!isPutOff) say(`The gateway puts requests off: they are made again as it says, the next in ${seconds} s.\n`);
      isPutOff = true;
    },
  };
  return { listeners, answers, isHeld: () => isHeld };
}

/** The last answer in a sentence. */
function summarize(xml: string): string {
  const textOf = (element: string) => new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  const state = textOf("state") ?? "unknown";
  if (state !== "processed") return `The file is ${state}.`;
  const count = (element: string) => Number(textOf(element) ?? 0).toLocaleString("en");
  return (
    `${count("received")} records: ${count("accepted")} accepted, ${count("acceptedWithWarnings")} accepted with ` +
    `warnings, ${count("unchanged")} unchanged, ${count("rejected")} rejected.`
  );
}

async function sendThrough(surroundings: Surroundings, sending: Sending, options: SendOptions): Promise<void> {
  const { sftp, key, hostKey, signature } = options;
  if (sftp !== undefined) {
    const url = readAddress(sftp, "sftp:");
    if (key === undefined || hostKey === undefined || url.username === "") {
      throw new CommandMistake("--sftp takes sftp://user@host:port, --key FILE and --host-key SHA256:….");
    }
    const fileName = await nameFile(sending.path, surroundings.today, options.sequence);
    // Loaded where they are needed: they take a while.
    const { sendBySftp } = await import("../client/send-by-sftp.ts");
    const address = { host: url.hostname, port: Number(url.port || 22), user: decodeURIComponent(url.username) };
    const privateKey = await readNamed(key);
    const { utils } = (await import("ssh2")).default;
    const parsed = utils.parseKey(privateKey);
    if (parsed instanceof Error || !parsed.isPrivateKey()) throw noPrivateKey(key);
    if (signature !== undefined) await stat(signature).catch(refuseFile(signature));
    const signed = signature === undefined ? {} : { signaturePath: signature };
    let isNamed = false;
    const onProgress = (progress: SendProgress) => {
      if (!isNamed) surroundings.say(`${fileName}\n`);
      isNamed = true;
      sending.onProgress(progress);
    };
    return await sendBySftp({ ...address, privateKey, hostKey }, { ...sending, fileName, onProgress, ...signed });
  }
  if (options.rest === undefined)
    throw new CommandMistake("Say where to: --sftp sftp://user@host:port or --rest https://host.");
  const { sendByRest } = await import("../client/send-by-rest.ts");
  await sendByRest(await readConnection(options), sending);
}

/** Sender and letter stand in the root; a file that has a right name already keeps it. */
async function nameFile(path: string, today: string, sequence: string | undefined): Promise<string> {
  const own = path.slice(path.lastIndexOf("/") + 1);
  if (sequence === undefined && parseInputFileName(own)) return own;
  const header = await readRoot(path);
  if (!header)
    throw new CommandRefused("The root of the file cannot be read, so it cannot be named. Nothing was sent.");
  const name: ExchangeFileName = {
    code: "DICO",
    enterpriseNumber: header.sender,
    date: today.replaceAll("-", ""),
    sequence: sequence ?? formatSequence(secondOfDay()),
    letter: header.environment,
  };
  const fileName = formatExchangeFileName("FI", name);
  if (parseInputFileName(fileName)) return fileName;
  throw new CommandMistake("--sequence has five digits or capitals.");
}

async function readRoot(path: string): Promise<ContractFileRoot | undefined> {
  const reader = createContractFileReader({});
  for await (const bytes of createReadStream(path)) if (reader.write(bytes as Buffer) || reader.header) break;
  return reader.header;
}

function secondOfDay(): number {
  return Math.floor((Date.now() % 86_400_000) / 1000);
}

/** Of the last answer: the report, or the receipt of a file that gets none. */
function judge(answers: readonly string[]): number {
  const last = answers.at(-1) ?? "";
  const state = /<state>(\w+)<\/state>/.exec(last)?.[1];
  if (state === "tested") return SEND_STATUS.accepted;
  if (state !== "processed") return SEND_STATUS.refused;
  return Number(/<rejected>(\d+)<\/rejected>/.exec(last)?.[1]) > 0 ? SEND_STATUS.partly : SEND_STATUS.accepted;
}
