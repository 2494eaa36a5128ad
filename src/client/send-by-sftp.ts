/** Sends a file as any program of an insurer would over SFTP. Depends on nothing else of the gateway. */
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import SftpClient from "ssh2-sftp-client";
import { type Sending, SendRefused } from "./sending.ts";

export interface SftpAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: Buffer;
  /** `SHA256:…` of the server, as ssh-keygen prints it. */
  readonly hostKey: string;
}

export interface SftpSending extends Sending {
  /** `FI.…`. */
  readonly fileName: string;
  /** Detached CMS signature, where the agreement asks for one. */
  readonly signaturePath?: string;
}

const POLL_MS = 300;
const CONNECT_TIMEOUT_MS = 30_000;

/** Uploads the file, its signature and GO, then waits for receipt and report and takes them out of OUT. */
export async function sendBySftp(address: SftpAddress, sending: SftpSending): Promise<void> {
  const client = await logIn(address);
  try {
    const { fileName, byteLength, path, signaturePath, onProgress } = sending;
    const step = (done: number) => onProgress({ phase: "uploading", done });
    await client.fastPut(path, `IN/${fileName}`, { step, concurrency: 16, chunkSize: 32_768 });
    onProgress({ phase: "uploading", done: byteLength });
    if (signaturePath !== undefined) await client.put(signaturePath, `IN/FS${fileName.slice(2)}`);
    await client.put(Buffer.alloc(0), `IN/GO${fileName.slice(2)}`);
    onProgress({ phase: "waiting" });
    const receipt = await waitForAnswer(client, sending, "ACRF");
    sending.onAnswer("receipt", receipt);
    if (!/<state>(received|held)<\/state>/.test(receipt)) return;
    onProgress({ phase: "processing" });
    sending.onAnswer("report", await waitForAnswer(client, sending, "NOTI"));
  } finally {
    await client.end().catch(() => {});
  }
}

async function logIn({ host, port, user, privateKey, hostKey }: SftpAddress): Promise<SftpClient> {
  const sock = connect({ host, port, noDelay: true });
  await once(sock, "connect").catch(() => {
    throw new SendRefused(`${host} port ${port} cannot be reached.`);
  });
  let isKnown = true;
  const client = new SftpClient("infoss-send");
  client.on("error", () => {}); // told by the call under way
  const hostVerifier = (key: Buffer) => {
    isKnown = isSameKey(key, hostKey);
    return isKnown;
  };
  try {
    await client.connect({ sock, username: user, privateKey, hostVerifier, readyTimeout: CONNECT_TIMEOUT_MS });
  } catch {
    sock.destroy();
    throw new SendRefused(
      isKnown
        ? `${host} does not let ${user} in with this key.`
        : `The key of ${host} is not ${hostKey}: nothing was sent. Ask the institute whether it was changed.`,
    );
  }
  return client;
}

function isSameKey(key: Buffer, fingerprint: string): boolean {
  const own = Buffer.from(`SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`);
  const expected = Buffer.from(fingerprint);
  return own.length === expected.length && timingSafeEqual(own, expected);
}

/** The answer to the file sent, as soon as its GO is there; answers to others stay where they are. */
async function waitForAnswer(client: SftpClient, { fileName, signal }: SftpSending, code: string): Promise<string> {
  const ofOthers = new Set<string>();
  for (;;) {
    signal.throwIfAborted();
    const names = new Set((await client.list("OUT")).map(({ name }) => name));
    for (const name of names) {
      if (!name.startsWith(`FO.${code}.`) || ofOthers.has(name) || !names.has(`GO${name.slice(2)}`)) continue;
      const xml = (await client.get(`OUT/${name}`)).toString();
      if (xml.includes(`<fileName>${fileName}</fileName>`)) {
        await client.delete(`OUT/GO${name.slice(2)}`, true);
        await client.delete(`OUT/${name}`, true);
        return xml;
      }
      ofOthers.add(name);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
