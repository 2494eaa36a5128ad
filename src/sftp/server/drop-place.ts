/** Who looks: an account sees its own two folders, the gateway those of all accounts. */
export type Viewer =
  | { readonly kind: "account"; readonly accountName: string }
  | { readonly kind: "gateway"; readonly accountName?: never };

export const FOLDERS = ["IN", "OUT"] as const;
export type Folder = (typeof FOLDERS)[number];

/** The only places there are: a tree of fixed depth, so that no path can lead out of it. Accounts start at `account`. */
export type Place =
  | { readonly kind: "root" }
  | { readonly kind: "account"; readonly accountName: string }
  | { readonly kind: "folder"; readonly accountName: string; readonly folder: Folder }
  | { readonly kind: "file"; readonly accountName: string; readonly folder: Folder; readonly name: string };

export type FilePlace = Extract<Place, { kind: "file" }>;

/** Also the name of the folder, and of a user of Linux. */
const ACCOUNT_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** What a file system or a terminal could misread: control characters, slashes of both kinds, bytes that were no UTF-8. */
const UNUSABLE = /[\p{Cc}/\\\ufffd]/u;
const LONGEST_NAME_BYTES = 255;

export function isAccountName(text: string): boolean {
  return ACCOUNT_NAME.test(text);
}

/** The place a path means, absolute or from the root; undefined where there is none. `..` ends at the root. */
export function findPlace(viewer: Viewer, path: string): Place | undefined {
  const segments = readSegments(path);
  const accountName = viewer.kind === "account" ? viewer.accountName : segments.shift();
  if (accountName === undefined) return { kind: "root" };
  if (!isAccountName(accountName)) return undefined;
  const [folder, name, ...deeper] = segments;
  if (folder === undefined) return { kind: "account", accountName };
  if (!isFolder(folder) || deeper.length > 0) return undefined;
  if (name === undefined) return { kind: "folder", accountName, folder };
  if (UNUSABLE.test(name) || Buffer.byteLength(name) > LONGEST_NAME_BYTES) return undefined;
  return { kind: "file", accountName, folder, name };
}

/** The path as `realpath` answers it: absolute, without `.` and `..`, whether or not there is such a place. */
export function renderPath(path: string): string {
  return `/${readSegments(path).join("/")}`;
}

function readSegments(path: string): string[] {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments;
}

function isFolder(text: string): text is Folder {
  return (FOLDERS as readonly string[]).includes(text);
}

export type Act = "read" | "write" | "rename" | "remove";

const RIGHTS: Readonly<Record<Folder, readonly Act[]>> = { IN: ["write", "rename", "remove"], OUT: ["read", "remove"] };

/** Whether the viewer may do that to files of a folder. To look at them and to list them is everybody's. */
export function isAllowed(viewer: Viewer, folder: Folder, act: Act): boolean {
  return viewer.kind === "gateway" || RIGHTS[folder].includes(act);
}
