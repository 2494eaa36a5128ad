import { createPrivateKey } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import { createGatewayClient, type GatewayAddress, type GatewayClient } from "../client/gateway-client.ts";
import { refuseConnection } from "../client/refuse-connection.ts";
import { SendRefused } from "../client/sending.ts";
import { LANGUAGES } from "../findings/language.ts";
import { CommandMistake, CommandRefused } from "./operator-surroundings.ts";

/** How an insurer reaches the gateway over REST: options of the command, or members of the same names of a profile. */
export interface ConnectionOptions {
  /** `true`: the address is the profile's. */
  readonly rest?: string | true;
  readonly client?: string;
  readonly key?: string;
  readonly certificate?: string;
  readonly certificateKey?: string;
  readonly ca?: string;
  readonly insurer?: string;
  readonly language: string;
  readonly profile?: string;
}

/** The profile of the current folder, where there is one. */
export const OWN_PROFILE = "infoss.json";
/** Names the profile for every command that takes one: those that take none are not told of it. */
const PROFILE_VARIABLE = "INFOSS_PROFILE";
const FILES = ["key", "certificate", "certificateKey", "ca"] as const;
const PROFILE_MEMBERS: readonly string[] = ["rest", "client", "insurer", ...FILES];

export const CONNECTION_HELP = `
How to reach the gateway stands in the options or, by the same names, in a profile: --profile FILE, the FILE that
${PROFILE_VARIABLE} names, or ${OWN_PROFILE} of this folder:
  { "rest": "https://gateway.example", "client": "alpha-1", "key": "alpha-1.key", "certificate": "alpha-1.pem", "certificateKey": "alpha-1-tls.key" }
Files that a profile names are looked for beside it.`;

export function addConnectionOptions(command: Command): Command {
  return command
    .option("--rest [url]", "over REST: https://host")
    .option("--client <id>", "id of the client")
    .option("--key <file>", "private key that signs assertions, PEM")
    .option("--certificate <file>", "client certificate, PEM")
    .option("--certificate-key <file>", "its private key, PEM")
    .option("--ca <file>", "authority of the server's certificate, PEM (those that Node knows)")
    .option("--insurer <enterprise number>", "where the client acts for several")
    .addOption(
      new Option("--profile <file>", `all of these as JSON (${OWN_PROFILE} of this folder)`).env(PROFILE_VARIABLE),
    )
    .addOption(new Option("--language <code>", "of the texts").choices(LANGUAGES).default("en"));
}

/** Throws in sentences that say what is missing. */
export async function readConnection(options: ConnectionOptions): Promise<GatewayAddress> {
  const told = { ...(await readProfile(options.profile)), ...withoutAbsent(options) };
  const { rest, client, key, certificate, certificateKey, ca, insurer } = told;
  if (typeof rest !== "string")
    throw new CommandMistake("Say where to: --rest https://host, or a profile that says it.");
  if (client === undefined || key === undefined || certificate === undefined || certificateKey === undefined) {
    throw new CommandMistake("--rest takes --client, --key, --certificate and --certificate-key, or a profile.");
  }
  const [assertionKey, cert, tlsKey] = await Promise.all([key, certificate, certificateKey].map(readNamed));
  checkPrivateKey(key, assertionKey!);
  checkPrivateKey(certificateKey, tlsKey!);
  const tls = { cert: cert!, key: tlsKey!, ...(ca !== undefined && { ca: await readNamed(ca) }) };
  const { origin } = readAddress(rest, "https:");
  const address = { url: origin, clientId: client, assertionKey: assertionKey!, tls, language: options.language };
  return { ...address, ...(insurer !== undefined && { insurer }) };
}

/** Runs a command with a client that is closed behind it; what a call meets becomes a sentence. */
export async function withGateway(
  options: ConnectionOptions,
  use: (client: GatewayClient) => Promise<void>,
): Promise<void> {
  const address = await readConnection(options);
  await closeBehind(createGatewayClient(address), address.url, use);
}

/** Closes the client when `use` has ended; what a call meets becomes a sentence. */
export async function closeBehind<Result>(
  client: GatewayClient,
  url: string,
  use: (client: GatewayClient) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(client);
  } catch (error) {
    const refused = refuseConnection(error, url);
    throw refused instanceof SendRefused ? new CommandRefused(refused.message) : refused;
  } finally {
    await client.close();
  }
}

type Profile = Partial<Record<"rest" | "client" | "insurer" | (typeof FILES)[number], string>>;

async function readProfile(named: string | undefined): Promise<Profile> {
  if (named === undefined && !existsSync(OWN_PROFILE)) return {};
  const path = named ?? OWN_PROFILE;
  const profile = parseProfile(path, (await readNamed(path)).toString("utf8"));
  const files = FILES.flatMap((name) =>
    profile[name] === undefined ? [] : [[name, resolve(dirname(path), profile[name])]],
  );
  return { ...profile, ...Object.fromEntries(files) };
}

function parseProfile(path: string, text: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const entries =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  const wrong = entries?.find(([name, content]) => !PROFILE_MEMBERS.includes(name) || typeof content !== "string");
  if (entries && !wrong) return Object.fromEntries(entries);
  const why = wrong ? `${wrong[0]} is none of ${PROFILE_MEMBERS.join(", ")}, or no text` : "it is no JSON object";
  throw new CommandRefused(`The profile ${path} is not understood: ${why}.`);
}

function withoutAbsent({ rest, ...others }: ConnectionOptions): Partial<ConnectionOptions> {
  const told = Object.entries(others).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(told), ...(typeof rest === "string" && { rest }) };
}

export const readNamed = (path: string): Promise<Buffer> => readFile(path).catch(refuseFile(path));

export const refuseFile = (path: string) => (): never => {
  throw new CommandRefused(`The file ${path} is not there or cannot be read. Nothing was sent.`);
};

export const noPrivateKey = (path: string) =>
  new CommandRefused(`${path} holds no private key that can be used without a passphrase. Nothing was sent.`);

function checkPrivateKey(path: string, pem: Buffer): void {
  try {
    createPrivateKey(pem);
  } catch {
    throw noPrivateKey(path);
  }
}

export function readAddress(text: string, protocol: string): URL {
  if (URL.canParse(text) && new URL(text).protocol === protocol) return new URL(text);
  throw new CommandMistake(`An address here begins with ${protocol}//.`);
}
