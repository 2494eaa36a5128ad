/**
 * `npm test`: a PostgreSQL of our own with a migrated template database, then tap on it. The last line says
 * `N passed, N failed` (`, N skipped`), counting assertions; before it stand how often laws were tried, what was skipped
 * and what failed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmbeddedDatabase } from "../src/database/embedded-database.ts";
import { createTemplate } from "./database.ts";
import { listFailed } from "./list-failed.ts";
import { listLaws } from "./list-laws.ts";
import { listSkipped } from "./list-skipped.ts";

const TAP = fileURLToPath(new URL("../node_modules/.bin/tap", import.meta.url));

/** Tap with its plugins compiled in, as installed: all of them, until it is built for those of `.taprc`. */
const TAP_BUILT = fileURLToPath(new URL("../node_modules/@tapjs/test/test-built/dist/esm/index.js", import.meta.url));

await buildTap();
const folder = mkdtempSync(join(tmpdir(), "infoss-test-"));
const server = await startEmbeddedDatabase(join(folder, "database"), { settings: { max_connections: "300" } });
let passed = false;
try {
  await createTemplate(server.url);
  passed = await runTap(process.argv.slice(2));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = passed ? 0 : 1;

/** A run that has to build tap first would still load the plug-in that is off, which cannot read TypeScript 7. */
async function buildTap(): Promise<void> {
  if (existsSync(TAP_BUILT) && !readFileSync(TAP_BUILT, "utf8").includes("@tapjs/typescript")) return;
  const [code] = await once(spawn(process.execPath, [TAP, "build"], { stdio: "inherit" }), "exit");
  if (code !== 0) throw new Error("tap could not be built for the plugins of .taprc");
}

async function runTap(args: string[]): Promise<boolean> {
  const output = join(folder, "results.tap");
  const env = { ...process.env, TEST_DATABASE_URL: server.url };
  const reporter = process.stdout.isTTY ? [] : ["--reporter=terse"];
  const tap = spawn(process.execPath, [TAP, ...reporter, `--output-file=${output}`, ...args], {
    stdio: "inherit",
    env,
  });
  const [code] = await once(tap, "exit");
  const results = readFileSync(output, "utf8");
  for (const line of [...listLaws(results), ...listSkipped(results), ...listFailed(results)])
    process.stdout.write(`${line}\n`);
  const totals = results.match(/^# \{ total: (.*)\}$/m)?.[1] ?? "";
  const count = (name: string) => Number(totals.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);
  const skipped = count("skip") + count("todo");
  // A file that ends badly without a failed assertion is a failure too.
  const failed = Math.max(count("fail"), code === 0 ? 0 : 1);
  process.stdout.write(`${count("pass")} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
  return failed === 0 && count("pass") > 0;
}
