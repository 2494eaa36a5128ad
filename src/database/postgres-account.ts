import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { EmbeddedDatabaseError } from "./embedded-database-error.ts";

/** How to start a program of PostgreSQL, which refuses to run as root. */
export interface PostgresAccount {
  /** Who must own the data; undefined when that is whoever runs this process. */
  readonly owner: Owner | undefined;
  /** Goes before the program and its arguments. */
  readonly prefix: readonly string[];
  /** Options for spawn: the user to become, where the prefix does not do it. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const USER = "postgres";

/**
 * Chooses the account that runs the database. Root becomes the owner of `existingData`, or the user `postgres`, who is
 * created when missing. `paths` (absolute) are the folders and programs that account must be able to reach.
 */
export function choosePostgresAccount(existingData: Owner | undefined, paths: readonly string[]): PostgresAccount {
  const uid = process.getuid?.();
  if (uid !== 0) return ownAccount(uid, existingData);
  const owner = existingData?.uid ? existingData : (findUser(USER) ?? createUser(USER));
  const hidden = paths.find((path) => !isReachable(path, owner));
  if (hidden === undefined) return { owner, prefix: [], identity: owner };
  return { owner, prefix: [...becomeWithSearchRight(owner, hidden)], identity: {} };
}

function ownAccount(uid: number | undefined, existingData: Owner | undefined): PostgresAccount {
  if (existingData !== undefined && uid !== undefined && existingData.uid !== uid) {
    throw new EmbeddedDatabaseError(
      `The data of the embedded database belongs to the user with number ${existingData.uid}, not to you (${uid}). ` +
        "Start as that user or as root, or set DATA_DIRECTORY to another folder.",
    );
  }
  return { owner: undefined, prefix: [], identity: {} };
}

function findUser(name: string): Owner | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

function createUser(name: string): Owner {
  const options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"];
  const { error, stderr } = spawnSync("useradd", [...options, name], { encoding: "utf8" });
  const user = findUser(name);
  if (user) return user;
  throw new EmbeddedDatabaseError(
    `PostgreSQL refuses to run as root, and a user "${name}" could not be created (${error?.message ?? stderr.trim()}). ` +
      "Start as another user, or set DATABASE_URL to a PostgreSQL of your own.",
  );
}

/** True when every folder above `path` lets this account through. Access lists beyond the mode bits are not read. */
function isReachable(path: string, account: Owner): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const execute = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & execute) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * A project under /root is closed to any other user. Rather than opening that folder or moving the data, the database
 * keeps one right of root, to pass through folders (CAP_DAC_READ_SEARCH, or CAP_DAC_OVERRIDE where containers have no other).
 */
function becomeWithSearchRight({ uid, gid }: Owner, hidden: string): readonly string[] {
  const right = findSearchRight();
  if (right === undefined || spawnSync("setpriv", ["--version"]).error) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL refuses to run as root, and ${hidden} lies in a folder closed to other users. ` +
        "Move the project, start as another user, or set DATABASE_URL to a PostgreSQL of your own.",
    );
  }
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  return ["setpriv", ...identity, `--inh-caps=+${right}`, `--ambient-caps=+${right}`, "--"];
}

function findSearchRight(): "dac_read_search" | "dac_override" | undefined {
  const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
  const permitted = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  if (permitted & 0b100n) return "dac_read_search";
  return permitted & 0b10n ? "dac_override" : undefined;
}
