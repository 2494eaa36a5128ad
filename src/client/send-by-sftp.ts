/** Sends a file as any program of an insurer would over SFTP. Depends on nothing else of the gateway. */
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { connect } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import SftpClient from "ssh2-sftp-client";
import { type Held, type Sending, SendRefused } from "./sending.ts";

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
  const { fileName, byteLength, path, signaturePath, onProgress } = sending;
  const sha256 = await digest(path);
  const client = await logIn(address);
  try {
    const earlier = new Set((await client.list("OUT")).map(identify));
    const step = (done: number) => onProgress({ phase: "uploading", done });
    await client.fastPut(path, `IN/${fileName}`, { step, concurrency: 16, chunkSize: 32_768 });
    onProgress({ phase: "uploading", done: byteLength });
    if (signaturePath !== undefined) await client.put(signaturePath, `IN/FS${fileName.slice(2)}`);
    await client.put(Buffer.alloc(0), `IN/GO${fileName.slice(2)}`);
    onProgress({ phase: "waiting" });
    const isReceipt = (xml: string) =>
      textOf(xml, "fileName") === fileName && (xml.includes("<notTaken ") || textOf(xml, "sha256") === sha256);
    const receipt = await waitForAnswer(client, sending, { code: "ACRF", earlier, isOurs: isReceipt });
    sending.onAnswer("receipt", receipt);
    if (!/<state>(received|held)<\/state>/.test(receipt)) return;
    if (textOf(receipt, "state") === "held") sending.onHeld?.(readHeld(receipt));
    onProgress({ phase: "processing" });
    const submissionId = textOf(receipt, "submissionId");
    const isReport = (xml: string) => textOf(xml, "submissionId") === submissionId;
    sending.onAnswer("report", await waitForAnswer(client, sending, { code: "NOTI", isOurs: isReport }));
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
  // Its own listeners would print on standard output; the call under way tells of errors all the same.
  const client = new SftpClient("infoss-send", { error: () => {}, end: () => {}, close: () => {} });
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

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** The first element of that name; values of the sender's stand further down, in the records. */
const textOf = (xml: string, element: string) => new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];

function readHeld(receipt: string): Held {
  const awaited = textOf(receipt, "awaitedSequence");
  return {
    reason: textOf(receipt, "heldReason"),
    until: textOf(receipt, "heldUntil"),
    awaitedSequence: awaited === undefined ? undefined : Number(awaited),
  };
}

/** An answer that is written again, to a file sent twice, keeps its name. */
const identify = ({ name, modifyTime }: SftpClient.FileInfo) => `${name} ${modifyTime}`;

interface Expected {
  readonly code: "ACRF" | "NOTI";
  readonly isOurs: (xml: string) => boolean;
  /** What was in OUT before the upload: it answers what was sent under this name before. */
  readonly earlier?: ReadonlySet<string>;
}

/** The answer to what was sent, as soon as its GO is there; all others stay where they are. */
async function waitForAnswer(client: SftpClient, { signal }: SftpSending, expected: Expected): Promise<string> {
  const ofOthers = new Set(expected.earlier);
  for (;;) {
    signal.throwIfAborted();
    const files = await client.list("OUT");
    const names = new Set(files.map(({ name }) => name));
    for (const file of files) {
      const { name } = file;
      const go = `GO${name.slice(2)}`;
      if (!name.startsWith(`FO.${expected.code}.`) || ofOthers.has(identify(file)) || !names.has(go)) continue;
      const xml = (await client.get(`OUT/${name}`)).toString();
      if (expected.isOurs(xml)) {
        await client.delete(`OUT/${go}`, true);
        await client.delete(`OUT/${name}`, true);
        return xml;
      }
      ofOthers.add(identify(file));
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
