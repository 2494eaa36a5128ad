import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { generateContractFile } from "../src/synthetic/contract-file.ts";
import { generateRecords } from "../src/synthetic/contract-records.ts";
import { findField, type GeneratedRecord } from "../src/synthetic/generated-record.ts";
import type { GenerationOptions } from "../src/synthetic/generation-options.ts";
import { generateRegister } from "../src/synthetic/register-file.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Everything benchmarks keep between runs; may be removed at any time while none runs. */
export const BENCH_FOLDER = join(ROOT, ".local", "bench");
const CSV_CHUNK_CHARACTERS = 128 * 1024;

/** A generated contract file, its register and its rows as CSV, all in `folder`. */
export interface PreparedFiles {
  readonly folder: string;
  readonly records: number;
  readonly contractFile: string;
  readonly registerFile: string;
  readonly byteLength: number;
  readonly sha256: Buffer;
}

/** Made on first use and kept, under a name that follows from the options and the code that writes them. */
export async function prepareFiles(options: GenerationOptions): Promise<PreparedFiles> {
  const key = await hashOf(["src/synthetic", "src/identifiers", "bench/prepared-files.ts"], JSON.stringify(options));
  const folder = join(BENCH_FOLDER, "files", `${options.records}-${key}`);
  if (!(await exists(folder))) await writeFolder(folder, options);
  const contractFile = join(folder, "contracts.xml");
  const registerFile = join(folder, "register.csv");
  const { size } = await stat(contractFile);
  return {
    folder,
    records: options.records,
    contractFile,
    registerFile,
    byteLength: size,
    sha256: await hashFile(contractFile),
  };
}

/** Short hash of the files under `paths` (of the project) and of `text`. */
export async function hashOf(paths: readonly string[], text: string): Promise<string> {
  const hash = createHash("sha256").update(text);
  for (const path of paths) {
    for (const file of await listFiles(join(ROOT, path))) hash.update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 12);
}

async function listFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function writeFolder(folder: string, options: GenerationOptions): Promise<void> {
  process.stderr.write(`generating ${options.records} records\n`);
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await write(join(unfinished, "contracts.xml"), generateContractFile(options));
  await write(join(unfinished, "register.csv"), generateRegister(options));
  await write(join(unfinished, "contract.csv"), inChunks(generateRecords(options), renderContractRow));
  await write(join(unfinished, "contract-version.csv"), inChunks(generateRecords(options), renderVersionRow));
  await mkdir(dirname(folder), { recursive: true });
  await rename(unfinished, folder);
}

async function write(path: string, chunks: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(chunks), createWriteStream(path));
}

function* inChunks(records: Iterable<GeneratedRecord>, render: (record: GeneratedRecord) => string): Generator<string> {
  let chunk = "";
  for (const record of records) {
    chunk += render(record);
    if (chunk.length < CSV_CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

const INSURER_ID = 1;
const SUBMISSION_ID = "019aa5f0-0000-7000-8000-000000000000";
const RECORDED_AT = "2026-11-22T10:00:00Z";

/** Columns of floor.contract; a missing value is empty. No generated value needs quotes in CSV. */
function renderContractRow(record: GeneratedRecord): string {
  const value = (name: string) => findField(record, name) ?? "";
  const inamiRoot = value("inamiNumber").slice(0, 8);
  return `${INSURER_ID},${contractId(record)},${value("contractNumber")},${inamiRoot},${value("startOn")},\n`;
}

/** Columns of floor.contract_version. */
function renderVersionRow(record: GeneratedRecord): string {
  const value = (name: string) => findField(record, name) ?? "";
  const content = [
    "inamiNumber",
    "contractKind",
    "ssin",
    "solidarity",
    "language",
    "paymentReference",
    "endOn",
    "reason",
  ];
  return `${[
    ...[INSURER_ID, contractId(record), 1, value("startOn"), "", RECORDED_AT, ""],
    ...content.map(value),
    ...["new", SUBMISSION_ID, record.recordNumber],
  ].join()}\n`;
}

/** Ascending like uuidv7(), so that the floor's indexes grow at their right edge as ours do. */
function contractId(record: GeneratedRecord): string {
  const digits = record.recordNumber.toString(16).padStart(8, "0");
  return `019aa5f0-${digits.slice(0, 4)}-7${digits.slice(4, 7)}-8${digits.slice(7)}00-000000000000`;
}

async function hashFile(path: string): Promise<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest();
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
