/**
 * `npm run first-hour`: follows docs/integrators/first-hour.md in a fresh clone of the current commit, with an empty npm
 * cache, and prints each command with its seconds. Ends with 1 where the page does not hold, or takes more than it may.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../test/integrators/find-free-port.ts";
import { type Block, readDocument } from "../test/integrators/read-document.ts";
import { readerEnvironment, toPorts } from "../test/integrators/reader-environment.ts";
import { runBlocks } from "../test/integrators/run-blocks.ts";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));
const PAGE = "docs/integrators/first-hour.md";
/** From `git clone` to the first accepted contract and the first rejected record understood. */
const MAXIMUM_COMMANDS = 6;
const MAXIMUM_SECONDS = 300;

const blocks = readDocument(PAGE, readFileSync(join(PROJECT, PAGE), "utf8")).map(follow);
/** The report with the first rejected record: what comes behind it no longer counts. */
const understood = blocks.findIndex(({ use }) => use.kind === "run" && use.status === 3);
if (understood < 0) throw new Error(`${PAGE} rejects no record`);

const folder = mkdtempSync(join(tmpdir(), "infoss-first-hour-"));
try {
  // PostgreSQL does not run as root: started by root, it runs as a user who must get at the clone.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "cache"));
  const fitting = toPorts({ port: await findFreePort(), sftpPort: await findFreePort(), hookPort: 8444 });
  process.stdout.write(
    `following ${PAGE} in a fresh clone of the last commit (what is not committed is not in it) …\n\n`,
  );
  const spent = new Map<Block, number>();
  const differences = await runBlocks(blocks, {
    folder,
    environment: {
      ...readerEnvironment(),
      ...fitting.environment,
      PATH: ownPath(),
      npm_config_cache: join(folder, "cache"),
      REPOSITORY: PROJECT,
    },
    fit: (text) => fitting.fit(text).replaceAll("REPOSITORY", '"$REPOSITORY"'),
    unfit: fitting.unfit,
    onEnd: (block, milliseconds) => spent.set(block, milliseconds),
  });
  if (!report(spent, differences)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** In a clone of its own also what the test of the page leaves out is done. */
function follow(block: Block): Block {
  const { use } = block;
  return use.kind === "notRun" && use.language === "sh" ? { ...block, use: { kind: "run", status: 0 } } : block;
}

/** Without the tools of this project, which a reader does not have. */
function ownPath(): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.filter((one) => !one.includes("node_modules") && !one.includes("node-gyp-bin")).join(delimiter);
}

function report(spent: ReadonlyMap<Block, number>, differences: readonly string[]): boolean {
  let [commands, seconds] = [0, 0];
  for (const [index, block] of blocks.entries()) {
    if (block.use.kind !== "run" && block.use.kind !== "server") continue;
    const taken = (spent.get(block) ?? 0) / 1_000;
    process.stdout.write(`${taken.toFixed(1).padStart(7)} s  ${block.text.trim().replaceAll("\n", "\n           ")}\n`);
    if (index > understood) continue;
    commands += block.text.trim().split("\n").length;
    seconds += taken;
    if (index < understood) continue;
    process.stdout.write(
      `\nfirst accepted contract, first rejected record: ${commands} commands, ${seconds.toFixed(1)} s\n`,
    );
    process.stdout.write(`(at most ${MAXIMUM_COMMANDS} commands and ${MAXIMUM_SECONDS} s)\n\nand on:\n`);
  }
  for (const difference of differences) console.error(difference);
  return differences.length === 0 && commands <= MAXIMUM_COMMANDS && seconds <= MAXIMUM_SECONDS;
}
