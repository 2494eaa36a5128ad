/**
 * The typical TypeScript way, as a program: `node bench/peer/peer-load.ts FILE`, database in DATABASE_URL. The whole
 * document is read and parsed, then every record is one INSERT through drizzle, all in one transaction. No check of
 * identifiers, no register, no report: less work than the gateway does. Prints `{"records","totalMs","peakBytes"}`.
 */
import { readFile } from "node:fs/promises";
import { drizzle } from "drizzle-orm/postgres-js";
import { XMLParser } from "fast-xml-parser";
import postgres from "postgres";
import { readPeakBytes } from "../process-memory.ts";
import { CREATE_PEER_TABLES, peerContract } from "./peer-tables.ts";

interface PeerRecord {
  readonly new: Readonly<Record<string, string | undefined>>;
}

const client = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
await client.unsafe(CREATE_PEER_TABLES);
const start = performance.now();
const records = await parseFile(process.argv[2]!);
await insertRecords(records);
const totalMs = performance.now() - start;
await client.end();
process.stdout.write(
  `${JSON.stringify({ records: records.length, totalMs, peakBytes: readPeakBytes(process.pid) })}\n`,
);

async function parseFile(path: string): Promise<PeerRecord[]> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    parseTagValue: false,
    parseAttributeValue: false,
    isArray: (name) => name === "record",
  });
  return parser.parse(await readFile(path)).contractFile.record;
}

async function insertRecords(parsed: readonly PeerRecord[]): Promise<void> {
  await drizzle({ client }).transaction(async (tx) => {
    const recordedAt = new Date();
    for (const { new: content } of parsed) {
      await tx.insert(peerContract).values({
        insurerId: 1,
        contractId: crypto.randomUUID(),
        contractNumber: content.contractNumber!,
        inamiRoot: content.inamiNumber!.slice(0, 8),
        startOn: content.startOn!,
        version: 1,
        recordedAt,
        inamiNumber: content.inamiNumber!,
        contractKind: content.contractKind!,
        ssin: content.ssin ?? null,
        solidarity: content.solidarity === "true",
        language: content.language ?? null,
        paymentReference: content.paymentReference ?? null,
        endOn: content.endOn ?? null,
        endReason: content.reason ?? null,
      });
    }
  });
}
