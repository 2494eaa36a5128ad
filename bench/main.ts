import { parseArgs } from "node:util";
import { EmbeddedDatabaseError } from "../src/database/embedded-database-error.ts";
import { BenchError } from "./bench-error.ts";
import { benchEvaluate } from "./evaluate.ts";
import { type BenchOutcome, benchLoad } from "./load.ts";
import { benchLoadGrowth } from "./load-growth.ts";
import { benchRead } from "./read/read.ts";
import { exitStatus, renderReport } from "./report.ts";
import { benchSftp } from "./sftp/sftp.ts";

const USAGE = `Usage: npm run bench -- load [--records N]    an initial load, beside the floor and the typical way (200000)
       npm run bench -- load --growth         the same as files and the store grow: minutes
       npm run bench -- read                  reading a submission, beside a bare route
       npm run bench -- sftp                  drops and answers, beside REST and OpenSSH
       npm run bench -- sftp --growth         the same with transfers of 1.2 GB
       npm run bench -- evaluate              dossiers of the social advantage, without database: seconds

The last line of the output is one JSON object; the exit status is 0 when every figure holds, 1 when one does not.
What is prepared stays in .local/bench for the next run.
`;

const DEFAULT_RECORDS = 200_000;
const MOST_RECORDS = 2_000_000;

process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.exitCode = await runBench(process.argv.slice(2));

async function runBench(args: string[]): Promise<number> {
  const bench = parseCommand(args);
  if (!bench) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    const { report, notes } = await bench();
    process.stdout.write(renderReport(report, notes));
    return exitStatus(report);
  } catch (error) {
    if (!(error instanceof BenchError || error instanceof EmbeddedDatabaseError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** The benchmark that the arguments name; undefined when they name none. */
function parseCommand(args: string[]): (() => Promise<BenchOutcome>) | undefined {
  const { values, positionals } = readArguments(args);
  if (positionals.join() === "read") {
    return values.growth === undefined && values.records === undefined ? benchRead : undefined;
  }
  if (positionals.join() === "sftp") {
    return values.records === undefined ? () => benchSftp(values.growth === true) : undefined;
  }
  if (positionals.join() === "evaluate")
    return values.growth || values.records !== undefined ? undefined : async () => benchEvaluate();
  if (positionals.join() !== "load") return undefined;
  if (values.growth) return values.records === undefined ? benchLoadGrowth : undefined;
  const records = Number(values.records ?? DEFAULT_RECORDS);
  if (!Number.isInteger(records) || records < 1 || records > MOST_RECORDS) return undefined;
  return () => benchLoad(records);
}

function readArguments(args: string[]) {
  const options = { records: { type: "string" }, growth: { type: "boolean" } } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    return { values: {}, positionals: [] };
  }
}
