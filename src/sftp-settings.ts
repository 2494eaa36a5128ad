import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { checkReadable } from "./configured-files.ts";
import type { SettingReader } from "./setting-reader.ts";

/** The server that insurers reach, and how the gateway proves itself there. `{account}` may stand in user and path. */
export interface SftpServerSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute, without a slash at the end; below it lie `IN` and `OUT`. Empty: the root. */
  readonly path: string;
  readonly keyFile: string;
  /** Pinned: `SHA256:` and 43 characters of base64, as ssh-keygen prints them. At least one. */
  readonly hostKeys: readonly string[];
  /** Where the gateway writes accounts' key files; absolute, without a slash at the end. Absent: it writes none. */
  readonly keysFolder?: string;
}

export interface SftpSettings {
  /** Absent: the embedded server. */
  readonly server?: SftpServerSettings;
  /** Of the embedded server; port 0: any free one. */
  readonly host: string;
  readonly port: number;
  /** Where the embedded server keeps accounts' folders and both sides' keys. Absolute. */
  readonly folder: string;
  /** Accounts served at once by a process. */
  readonly sessions: number;
  readonly pollIntervalMs: number;
  /** For each step of a conversation. */
  readonly timeoutMs: number;
  readonly goTimeoutHours: number;
  readonly answerRetentionDays: number;
}

const HOUR_MS = 3_600_000;
const DEFAULT_PORT = 22;
const ACCOUNT = "{account}";
/** Letters stand for `{account}` while the address is parsed, which would escape its braces. */
const STAND_IN = "account-name-stands-here";
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

export function readSftpSettings(read: SettingReader, problems: string[], dataDirectory: string): SftpSettings {
  const server = readServer(read, problems);
  return {
    ...(server && { server }),
    host: read.host("SFTP_HOST", "127.0.0.1"),
    port: read.integer("SFTP_PORT", { minimum: 0, maximum: 65_535, otherwise: 2222 }),
    folder: join(dataDirectory, "sftp"),
    sessions: read.integer("SFTP_SESSIONS", { minimum: 1, maximum: 1000, otherwise: 16 }),
    pollIntervalMs: read.integer("SFTP_POLL_INTERVAL_MS", { minimum: 10, maximum: HOUR_MS, otherwise: 500 }),
    timeoutMs: read.integer("SFTP_TIMEOUT_MS", { minimum: 10, maximum: HOUR_MS, otherwise: 30_000 }),
    goTimeoutHours: read.integer("GO_TIMEOUT_HOURS", { minimum: 1, maximum: 8760, otherwise: 24 }),
    answerRetentionDays: read.integer("ANSWER_RETENTION_DAYS", { minimum: 8, maximum: 3650, otherwise: 90 }),
  };
}

function readServer(read: SettingReader, problems: string[]): SftpServerSettings | undefined {
  const address = readAddress(read, problems);
  const keyFile = read.path("SFTP_KEY_FILE");
  problems.push(...checkKey(keyFile));
  const hostKeys =
    read
      .text("SFTP_HOST_KEYS")
      ?.split(",")
      .map((entry) => entry.trim()) ?? [];
  for (const entry of hostKeys.filter((hostKey) => !FINGERPRINT.test(hostKey))) {
    problems.push(`SFTP_HOST_KEYS holds "${entry}": set it to fingerprints as "ssh-keygen -l" prints them, SHA256:….`);
  }
  const given = ["SFTP_URL", "SFTP_KEY_FILE", "SFTP_HOST_KEYS"].filter((name) => read.isSet(name as "SFTP_URL"));
  if (given.length === 1 || given.length === 2) {
    problems.push(
      `${given.join(" and ")} alone: SFTP_URL, SFTP_KEY_FILE and SFTP_HOST_KEYS go together; set none for the embedded server.`,
    );
  }
  const keysFolder = readKeysFolder(read, problems, address?.user);
  return address && keyFile ? { ...address, keyFile, hostKeys, ...(keysFolder && { keysFolder }) } : undefined;
}

function readKeysFolder(read: SettingReader, problems: string[], user = ""): string | undefined {
  const folder = read.text("SFTP_KEYS_FOLDER")?.replace(/\/+$/, "");
  if (folder === undefined) return undefined;
  if (!/^(\/[\w.-]+)+$/.test(folder)) {
    problems.push("SFTP_KEYS_FOLDER is no absolute path on the SFTP server, such as /keys.");
  }
  if (!read.isSet("SFTP_URL")) {
    problems.push("SFTP_KEYS_FOLDER without SFTP_URL: the embedded server knows the keys itself. Remove it.");
  }
  if (user.includes(ACCOUNT)) {
    problems.push(`SFTP_KEYS_FOLDER needs one user for all accounts: SFTP_URL has ${ACCOUNT} in the user.`);
  }
  return folder;
}

function readAddress(read: SettingReader, problems: string[]) {
  const text = read.text("SFTP_URL");
  if (text === undefined) return undefined;
  const address = text.replaceAll(ACCOUNT, STAND_IN);
  if (!URL.canParse(address) || new URL(address).protocol !== "sftp:") {
    problems.push("SFTP_URL is not an address of the form sftp://user@host:22/path.");
    return undefined;
  }
  const url = new URL(address);
  const back = (part: string) => decodeURIComponent(part).replaceAll(STAND_IN, ACCOUNT);
  const user = back(url.username);
  const path = back(url.pathname).replace(/\/+$/, "");
  if (url.password !== "")
    problems.push("SFTP_URL holds a password: the gateway logs in with its key alone. Remove it.");
  if (user === "") problems.push("SFTP_URL names no user: set it to sftp://user@host:22/path.");
  if (url.hostname === "" || url.hostname.includes(STAND_IN)) problems.push("SFTP_URL names no host.");
  if (url.search !== "" || url.hash !== "") problems.push("SFTP_URL has a query or fragment: remove it.");
  if (!`${user}${path}`.includes(ACCOUNT)) {
    problems.push(`SFTP_URL has ${ACCOUNT} neither in the user nor in the path: accounts would share their folders.`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: url.port === "" ? DEFAULT_PORT : Number(url.port), user, path };
}

function checkKey(keyFile: string | undefined): string[] {
  const unreadable = checkReadable("SFTP_KEY_FILE", keyFile);
  if (keyFile === undefined || unreadable.length > 0) return unreadable;
  // Loaded where it is needed: it takes a tenth of a second, and most commands read settings without it.
  const { utils } = createRequire(import.meta.url)("ssh2") as typeof import("ssh2");
  const key = utils.parseKey(readFileSync(keyFile));
  const isPrivate = !(key instanceof Error) && [key].flat().some((one) => one.isPrivateKey());
  return isPrivate
    ? []
    : [`SFTP_KEY_FILE (${keyFile}) holds no private key without passphrase: set it to one that ssh-keygen made.`];
}
