import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import type { Algorithms, SFTPWrapper } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { SftpFault } from "../exchange/drop-folders.ts";
import { createSessionSteps, type SessionSteps } from "./session-steps.ts";

/** A server, whom the gateway is there, and how long it waits for each step. */
export interface SftpTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: Buffer;
  /** `SHA256:…` as ssh-keygen prints it. Any other host key is refused before anything is told to the server. */
  readonly hostKeys: readonly string[];
  readonly timeoutMs: number;
}

/** One connection, one conversation: never two calls at once but those that belong together. */
export interface SftpSession {
  readonly client: SftpClient;
  readonly wire: SFTPWrapper;
  readonly steps: SessionSteps;
  /** Says goodbye where somebody listens; never rejects. */
  close(): Promise<void>;
}

/** What both ends can do well; AES-GCM first, which processors help with. */
const ALGORITHMS: Algorithms = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
  ],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr"],
  serverHostKey: ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "rsa-sha2-512", "rsa-sha2-256"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"],
};

const GOODBYE_MS = 1_000;
const KEEP_ALIVE_MS = 30_000;

/** Connects and logs in. Throws `SftpFault`: connectionFailed, hostKeyUnknown, authenticationFailed or timedOut. */
export async function openSession(target: SftpTarget): Promise<SftpSession> {
  // Nagle's algorithm costs ssh2 more than nine tenths of its speed.
  const socket = connectSocket({
    host: target.host,
    port: target.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  socket.on("error", () => {}); // told by the step that fails
  const steps = createSessionSteps(socket, target.timeoutMs);
  await steps.run("connect", async () => {
    await once(socket, "connect").catch((cause) => {
      throw new SftpFault("connectionFailed", "connect", { cause });
    });
  });
  let isOpen = false;
  // Before, the log in itself fails, and knows why.
  const lost = () => {
    if (isOpen) steps.breakWith(new SftpFault("connectionLost", "session"));
  };
  const client = new SftpClient("infoss-gateway", { error: lost, end: lost, close: lost });
  // The library drops its listeners between calls; a protocol error without one would end the process.
  client.on("error", lost);
  client.on("close", lost);
  const wire = await steps.run("log in", () => logIn(client, socket, target));
  isOpen = true;
  wire.on("error", lost).on("close", lost);
  return { client, wire, steps, close: () => close(client, socket, steps) };
}

async function logIn(client: SftpClient, socket: Socket, target: SftpTarget): Promise<SFTPWrapper> {
  let isKnown = true;
  try {
    return await client.connect({
      sock: socket,
      username: target.user,
      privateKey: target.privateKey,
      authHandler: ["publickey"],
      algorithms: ALGORITHMS,
      // Not before the own time-out, which says so in our words.
      readyTimeout: 2 * target.timeoutMs,
      hostVerifier: (key: Buffer) => {
        isKnown = target.hostKeys.includes(fingerprint(key));
        return isKnown;
      },
    });
  } catch (cause) {
    if (!isKnown) throw new SftpFault("hostKeyUnknown", "log in", { cause });
    const message = cause instanceof Error ? cause.message : "";
    throw new SftpFault(
      /authentication methods failed/i.test(message) ? "authenticationFailed" : "connectionFailed",
      "log in",
      { cause },
    );
  }
}

/** Of a public key in wire format, as ssh-keygen prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

async function close(client: SftpClient, socket: Socket, steps: SessionSteps): Promise<void> {
  if (!steps.fault && !socket.destroyed) {
    const closed = once(socket, "close").catch(() => {});
    client.end().catch(() => {});
    const patience = setTimeout(() => socket.destroy(), GOODBYE_MS);
    await closed;
    clearTimeout(patience);
  }
  steps.breakWith(new SftpFault("stopped", "session"));
}
