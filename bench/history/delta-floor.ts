import { fileURLToPath } from "node:url";
import { runPsql, validateByFloor } from "../floor/run-floor.ts";
import type { DeltaFile } from "./delta-file.ts";

const ROWS_OF_DELTA = fileURLToPath(new URL("rows-of-delta.sql", import.meta.url));
const MERGE_FLOOR = fileURLToPath(new URL("merge-floor.sql", import.meta.url));

/** Keeps what the gateway has just written of a delta, as the rows that the floor will write; `url` is its database. */
export async function keepRowsOfDelta(url: string, { folder }: DeltaFile): Promise<void> {
  await runPsql(url, ROWS_OF_DELTA, folder);
}

/** What the fastest tools of the trade need for the same delta: `xmllint`, then psql stages it and merges it. Milliseconds. */
export async function runDeltaFloor(url: string, { folder, contractFile }: DeltaFile): Promise<number> {
  const start = performance.now();
  await validateByFloor(contractFile);
  await runPsql(url, MERGE_FLOOR, folder);
  return performance.now() - start;
}
