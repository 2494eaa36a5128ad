import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDifference } from "./match-output.ts";
import type { Block } from "./read-document.ts";

export interface RunOptions {
  /** Where the reader stands. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Makes the text of what is shown, or of what is run, fit where it is run: other ports, another address. */
  readonly fit?: (text: string) => string;
  /** The way back, for what was printed. */
  readonly unfit?: (text: string) => string;
  readonly onEnd?: (block: Block, milliseconds: number) => void;
}

/** The line that `npm start` prints once it serves. */
const SERVES = "^infoss-gateway .* runs at ";

/**
 * Runs the blocks of a document in one shell, as a reader would, and compares what it prints with what the document
 * shows. Answers what is not as the document says, each in a sentence that begins with the place.
 */
export async function runBlocks(blocks: readonly Block[], options: RunOptions): Promise<string[]> {
  const { folder, environment, fit = (text) => text, unfit = (text) => text } = options;
  const kept = mkdtempSync(join(tmpdir(), "infoss-blocks-"));
  try {
    const script = join(kept, "all.sh");
    writeFileSync(script, compose(blocks, kept, fit));
    // A group of its own, so that what it left running can be ended with it; without the options that tap gives to every Node.
    const shell = spawn("env", ["-u", "NODE_OPTIONS", "bash", script], {
      cwd: folder,
      env: environment,
      stdio: "ignore",
      detached: true,
    });
    const [status] = await once(shell, "close");
    killGroup(shell.pid!);
    const outputOf = (index: number) => unfit(read(join(kept, `${index}`)));
    reportTimes(blocks, kept, options);
    const last = Number(read(join(kept, "current")));
    if (status !== 0) return [`${blocks[last]?.place}: ended with ${status}, having printed\n${outputOf(last)}`];
    return blocks.flatMap(({ place, text, use }, index) => {
      if (use.kind !== "output") return [];
      const difference = findDifference(text, outputOf(index - 1), use.isJson);
      return difference === undefined ? [] : [`${place}: ${difference}`];
    });
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
}

/** What its lines left running goes with the shell. */
function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function reportTimes(blocks: readonly Block[], kept: string, { onEnd }: RunOptions): void {
  for (const [index, block] of blocks.entries()) {
    const [from, to] = read(join(kept, `${index}.times`))
      .split("\n")
      .map(Number);
    if (from && to) onEnd?.(block, to - from);
  }
}

/** One script of all blocks: what one sets, the next ones find. Each prints into a file of its own. */
function compose(blocks: readonly Block[], kept: string, fit: (text: string) => string): string {
  const parts = blocks.map((block, index) => {
    const lines = render(block, fit(block.text), join(kept, `${index}`));
    if (lines === undefined) return "";
    const times = `date +%s%3N >>"${kept}/${index}.times"`;
    return `echo ${index} >"${kept}/current"; exec >"${kept}/${index}" 2>&1; ${times}\n${lines}${times}\n`;
  });
  const end = `ended() { status=$?; set +e; for server in $SERVERS; do kill "$server"; wait "$server"; done; exit "$status"; }`;
  return `set -e -o pipefail\nSERVERS=\n${end}\ntrap 'ended 2>/dev/null' EXIT\n${parts.join("")}`;
}

function render({ use }: Block, text: string, output: string): string | undefined {
  switch (use.kind) {
    case "run":
      return use.status === 0
        ? text
        : `set +e; {\n${text}}; ended_with=$?; set -e\n[ "$ended_with" -eq ${use.status} ] || { echo "ended with $ended_with, not with ${use.status}"; exit 1; }\n`;
    case "file":
      return `cat >'${use.name}' <<'END OF THE BLOCK'\n${text}END OF THE BLOCK\n`;
    case "server":
      return `{\n${text}} & SERVERS="$SERVERS $!"\nuntil grep -q '${SERVES}' '${output}'; do kill -0 $!; sleep 0.1; done\n`;
    default:
      return undefined;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
