import { type InputPrefix, isVerificationName, splitInputName } from "../formats/exchange-file-name.ts";
import type { KnownDrop, SeenFile } from "./drop.ts";

/** What a round does about one name in IN. The files in `files` leave IN with the outcome, the main one last. */
export type Step =
  /** Its outcome is committed, what is left of it leaves IN; the main file only if it still has those bytes. */
  | { readonly act: "clear"; readonly name: string; readonly files: readonly SeenFile[]; readonly sha256?: Buffer }
  /** Its files are gone. */
  | { readonly act: "forget"; readonly name: string }
  | {
      readonly act: "take";
      readonly name: string;
      readonly main: SeenFile;
      readonly signature?: SeenFile;
      readonly files: readonly SeenFile[];
      /** False: GO never came, the file is refused. */
      readonly isStarted: boolean;
    }
  /** Refused without being read. */
  | { readonly act: "dismiss"; readonly name: string; readonly files: readonly SeenFile[]; readonly reason: Dismissal }
  /** Taken back before it was taken. */
  | { readonly act: "cancel"; readonly name: string; readonly files: readonly SeenFile[] }
  /** TD without its file: the submission of that name is taken back, if there is one and it still can be. */
  | { readonly act: "cancelTaken"; readonly name: string; readonly files: readonly SeenFile[] }
  /** Seen for the first time, or changed. */
  | { readonly act: "watch"; readonly drop: KnownDrop };

/** `tooLarge` by the size listed; the others waited longer than allowed. */
export type Dismissal = "tooLarge" | "fileMissing" | "nothingToCancel" | "nameUnknown";

export interface RoundSettings {
  readonly goTimeoutMs: number;
  /** Rest that is asked of a file written after its GO. */
  readonly settleMs: number;
  /** Rest that is asked of a file written in the second of its GO. */
  readonly sameSecondMs: number;
  readonly maximumBytes: number;
  /** Of a file of verification. */
  readonly maximumVerificationBytes: number;
}

type Group = Partial<Record<InputPrefix | "other", SeenFile>>;

/** The last one decides about the others: it is the main file. */
const LEAVING = ["GO", "FS", "TD", "other", "FI"] as const;

/**
 * Decides what a listing of IN asks for, given what is known of earlier rounds; `now` on our own clock. Pure, so that
 * every order of arrivals can be tried. Steps that need no reading come first.
 */
export function planRound(
  listed: readonly SeenFile[],
  known: readonly KnownDrop[],
  now: number,
  settings: RoundSettings,
): Step[] {
  const groups = groupFiles(listed);
  const knownByName = new Map(known.map((drop) => [drop.name, drop]));
  const steps: Step[] = [];
  for (const drop of known) if (!groups.has(drop.name)) steps.push({ act: "forget", name: drop.name });
  for (const [name, group] of groups) {
    const drop = knownByName.get(name);
    if (drop?.state === "settled") steps.push(planSettled(name, group, drop));
    else steps.push(...planOpen(name, group, drop, now, settings));
  }
  return steps.sort((one, other) => URGENCY[one.act] - URGENCY[other.act]);
}

const URGENCY = { forget: 0, watch: 1, clear: 2, cancel: 3, cancelTaken: 3, dismiss: 4, take: 5 } as const;

/** Files by the name they have in common, in the order of the listing. */
function groupFiles(listed: readonly SeenFile[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const file of listed) {
    const split = splitInputName(file.name);
    const name = split ? `FI.${split.rest}` : file.name;
    const group: Group = groups.get(name) ?? {};
    group[split?.prefix ?? "other"] = file;
    groups.set(name, group);
  }
  return groups;
}

/**
 * Files leave in such an order that the main one is there as long as any of them: where it is gone or another, what is
 * there now came later.
 */
function planSettled(name: string, group: Group, drop: KnownDrop): Step {
  const present = LEAVING.flatMap((prefix) => group[prefix] ?? []);
  const files = present.filter((file) => drop.seen.some((seen) => isSame(seen, file)));
  const main = drop.seen.at(-1);
  if (!main || !files.some((file) => isSame(file, main))) return { act: "forget", name };
  return { act: "clear", name, files, ...(drop.sha256 && { sha256: drop.sha256 }) };
}

function planOpen(
  name: string,
  group: Group,
  known: KnownDrop | undefined,
  now: number,
  settings: RoundSettings,
): Step[] {
  const files = LEAVING.flatMap((prefix) => group[prefix] ?? []);
  const isChanged = known === undefined || !isSameSet(known.seen, files);
  const drop: KnownDrop = isChanged
    ? { name, state: "waiting", seen: files, firstSeenAt: known?.firstSeenAt ?? now, changedAt: now, attempts: 0 }
    : known;
  const step = isHeldBack(drop, now) ? undefined : decide(name, group, files, now - drop.changedAt, settings);
  return [...(isChanged ? [{ act: "watch" as const, drop }] : []), ...(step ? [step] : [])];
}

function isHeldBack({ state, retryAt }: KnownDrop, now: number): boolean {
  return state === "quarantined" || (retryAt !== undefined && now < retryAt);
}

/** Undefined: it waits. `unchangedMs`: how long the files have been as they are, as far as we saw. */
function decide(
  name: string,
  group: Group,
  files: readonly SeenFile[],
  unchangedMs: number,
  settings: RoundSettings,
): Step | undefined {
  const { FI: file, GO: go, FS: signature, TD: takeBack, other } = group;
  const isOverdue = unchangedMs >= settings.goTimeoutMs;
  if (other) return isOverdue ? { act: "dismiss", name, files, reason: "nameUnknown" } : undefined;
  if (takeBack) {
    if (file) return { act: "cancel", name, files };
    return isOverdue ? { act: "dismiss", name, files, reason: "nothingToCancel" } : { act: "cancelTaken", name, files };
  }
  if (!file) return isOverdue ? { act: "dismiss", name, files, reason: "fileMissing" } : undefined;
  if (!go && !isOverdue) return undefined;
  if (go && unchangedMs < settlingMs(file, go, settings)) return undefined;
  const isVerification = isVerificationName(name);
  if (file.size > (isVerification ? settings.maximumVerificationBytes : settings.maximumBytes))
    return { act: "dismiss", name, files, reason: "tooLarge" };
  return { act: "take", name, main: file, ...(signature && { signature }), files, isStarted: go !== undefined };
}

/**
 * How long the file must have been as it is. Written after its GO it may still be on its way; within the second of GO
 * nobody can tell, since the server's instants are whole seconds, and a second look decides.
 */
function settlingMs(file: SeenFile, go: SeenFile, { settleMs, sameSecondMs }: RoundSettings): number {
  if (file.modifiedAt > go.modifiedAt) return settleMs;
  return file.modifiedAt === go.modifiedAt ? sameSecondMs : 0;
}

function isSameSet(some: readonly SeenFile[], others: readonly SeenFile[]): boolean {
  return some.length === others.length && some.every((file) => others.some((other) => isSame(file, other)));
}

export function isSame(file: SeenFile, other: SeenFile): boolean {
  return file.name === other.name && file.size === other.size && file.modifiedAt === other.modifiedAt;
}
