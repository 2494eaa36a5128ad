import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import SftpClient from "ssh2-sftp-client";
import type { DemoStage } from "./stage.ts";

const SENDER = "0428759497";
const RECORDS = 500;
const SHOWN_CHARACTERS = 850;
const POLL_MS = 150;
const PATIENCE_MS = 120_000;

/** Insurer Beta drops a file with its GO, as its batch job would, and reads the answers from OUT. */
export async function dropOverSftp(stage: DemoStage): Promise<void> {
  const { contractFile, say } = stage;
  const client = await connectOverSftp(stage, "client-beta");
  try {
    const rest = `DICO.${SENDER}.20261122.00001.S`;
    say(`insurer Beta puts IN/FI.${rest} (${RECORDS} records) and its GO over SFTP`);
    await client.put(Buffer.from(shorten(contractFile.toString())), `IN/FI.${rest}`);
    await client.put(Buffer.alloc(0), `IN/GO.${rest}`);
    for (const code of ["ACRF", "NOTI"] as const) {
      const name = await awaitAnswer(client, code);
      const text = String(await client.get(`OUT/${name}`));
      say(`OUT/${name}, ${text.length} bytes:`, `${text.slice(0, SHOWN_CHARACTERS)}…`);
    }
  } finally {
    await client.end();
  }
}

/** As the client of that name, whose account and key have its name too. */
export async function connectOverSftp(
  { sftp: { port, hostKey }, certificates }: DemoStage,
  username: string,
): Promise<SftpClient> {
  const client = new SftpClient("demo", {});
  await client.connect({
    sock: connect({ host: "127.0.0.1", port, noDelay: true }),
    username,
    privateKey: readFileSync(join(certificates, `${username}-ssh-key`)),
    hostVerifier: (key: Buffer) =>
      `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}` === hostKey,
  });
  return client;
}

/** The first records of a file, as a file of insurer Beta. */
function shorten(contractFile: string): string {
  const END = "</record>\n";
  const records = contractFile.split(END).slice(0, RECORDS).join(END);
  const [last = ""] = /<\/[\w:]+>\s*$/.exec(contractFile) ?? [];
  return `${records}${END}${last}`
    .replace(/recordCount="\d+"/, `recordCount="${RECORDS}"`)
    .replace(/sender="\d+"/, `sender="${SENDER}"`);
}

/** An answer is whole when its GO is there. */
export async function awaitAnswer(client: SftpClient, code: "ACRF" | "NOTI" | "STAT"): Promise<string> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    const go = (await client.list("OUT")).find(({ name }) => name.startsWith(`GO.${code}.`));
    if (go) return go.name.replace("GO.", "FO.");
  }
  throw new Error(`no FO.${code} came within ${PATIENCE_MS / 1000} s`);
}
