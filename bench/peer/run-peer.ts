import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BenchError } from "../bench-error.ts";

const PEER = fileURLToPath(new URL("peer-load.ts", import.meta.url));

export interface PeerLoad {
  readonly records: number;
  readonly totalMs: number;
  readonly peakBytes: number;
}

/** Loads a contract file the typical TypeScript way, in a process and a database of its own. */
export async function runPeer(databaseUrl: string, contractFile: string): Promise<PeerLoad> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [PEER, contractFile], { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new BenchError(`The peer ended with ${code}.`);
  return JSON.parse(output) as PeerLoad;
}
