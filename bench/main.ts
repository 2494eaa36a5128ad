import { parseArgs } from "node:util";
import { EmbeddedDatabaseError } from "../src/database/embedded-database-error.ts";
import { BenchError } from "./bench-error.ts";
import { benchCheck } from "./check.ts";
import { benchEvaluate } from "./evaluate/evaluate.ts";
import { benchDelta } from "./history/delta.ts";
import { benchQuery } from "./history/query.ts";
import { type BenchOutcome, benchLoad } from "./load.ts";
import { benchLoadGrowth } from "./load-growth.ts";
import { watchStolenTime } from "./machine.ts";
import { benchRead } from "./read/read.ts";
import { exitStatus, renderReport } from "./report.ts";
import { benchReset } from "./reset.ts";
import { benchSftp } from "./sftp/sftp.ts";

const USAGE = `Usage: npm run bench -- load [--records N]    an initial load, beside the floor and the typical way (200000)
       npm run bench -- load --growth         the same as files and the store grow: minutes
       npm run bench -- read                  reading a submission, beside a bare route
       npm run bench -- sftp                  drops and answers, beside REST and OpenSSH
       npm run bench -- sftp --growth         the same with transfers of 1.2 GB
       npm run bench -- delta                 a delta and single calls on a million versions, beside the floor
       npm run bench -- query                 pages of contracts out of a million versions
       npm run bench -- delta --full          the same on ten million versions, built once: minutes
       npm run bench -- query --full
       npm run bench -- evaluate              the July night: facts, evaluations, files of status, the feed
       npm run bench -- check                 infoss check on 640,000 records, beside xmllint
       npm run bench -- reset                 resets of a space of validation

The last line of the output is one JSON object; the exit status is 0 when every figure holds, 1 when one does not.
What is prepared stays in .local/bench for the next run.
`;

const DEFAULT_RECORDS = 200_000;
const MOST_RECORDS = 2_000_000;

/** Each by what it takes: the options that it knows besides. */
const BENCHES: Readonly<
  Record<string, { readonly option?: "growth" | "full"; run(asked: boolean): Promise<BenchOutcome> }>
> = {
  read: { run: benchRead },
  sftp: { option: "growth", run: benchSftp },
  delta: { option: "full", run: benchDelta },
  query: { option: "full", run: benchQuery },
  evaluate: { run: benchEvaluate },
  check: { run: benchCheck },
  reset: { run: benchReset },
};

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
    const tellStolenTime = watchStolenTime();
    const { report, notes } = await bench();
    process.stdout.write(renderReport(report, [...notes, tellStolenTime() ?? []].flat()));
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
  const { records, ...asked } = values;
  const options = Object.keys(asked);
  const name = positionals.join();
  if (name === "load") return parseLoad(records, options);
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (!bench || records !== undefined || options.some((option) => option !== bench.option)) return undefined;
  return () => bench.run(options.length > 0);
}

function parseLoad(size: string | undefined, options: readonly string[]): (() => Promise<BenchOutcome>) | undefined {
  if (options.length > 0) return size === undefined && options.join() === "growth" ? benchLoadGrowth : undefined;
  const records = Number(size ?? DEFAULT_RECORDS);
  if (!Number.isInteger(records) || records < 1 || records > MOST_RECORDS) return undefined;
  return () => benchLoad(records);
}

function readArguments(args: string[]) {
  const options = { records: { type: "string" }, growth: { type: "boolean" }, full: { type: "boolean" } } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    return { values: {}, positionals: [] };
  }
}
