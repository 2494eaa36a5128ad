import { connect as connectSocket } from "node:net";
import { promisify } from "node:util";
import ssh2, { type SFTPWrapper } from "ssh2";
import type { Test } from "tap";
import type { DropServer } from "../drop-server.ts";
import type { SshKey } from "../ssh-keys.ts";

/** Verbs of the protocol one by one, for clients whose steps are reproduced; each rejects with the server's status. */
export interface RawSession {
  readonly wire: SFTPWrapper;
  open(path: string, flags: number): Promise<Buffer>;
  /** In pieces of 32 KiB, the next one sent before the last is answered. */
  write(handle: Buffer, content: Buffer, offset: number): Promise<void>;
  close(handle: Buffer): Promise<void>;
  /** Undefined where there is no such file. */
  sizeOf(path: string): Promise<number | undefined>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  setTimes(path: string, seconds: number): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  list(path: string): Promise<string[]>;
  realpath(path: string): Promise<string>;
}

const PIECE = 32 * 1024;

export async function openRawSession(t: Test, server: DropServer, username: string, key: SshKey): Promise<RawSession> {
  const client = new ssh2.Client();
  const sock = connectSocket({ host: "127.0.0.1", port: server.port, noDelay: true });
  client.on("error", () => {});
  const ready = new Promise<void>((resolve, reject) => client.once("ready", resolve).once("error", reject));
  client.connect({ sock, username, privateKey: key.privateKey });
  t.teardown(() => {
    client.end();
    sock.destroy();
  });
  await ready;
  const wire = await new Promise<SFTPWrapper>((resolve, reject) =>
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
  );
  wire.on("error", () => {});
  const done = (call: (answer: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
  return {
    wire,
    open: (path, flags) =>
      new Promise((resolve, reject) =>
        // The typing knows letters only.
        wire.open(path, flags as unknown as "r", {}, (error, handle) => (error ? reject(error) : resolve(handle))),
      ),
    async write(handle, content, offset) {
      const pieces: Promise<void>[] = [];
      for (let start = 0; start < content.length; start += PIECE) {
        const length = Math.min(PIECE, content.length - start);
        pieces.push(done((answer) => wire.write(handle, content, start, length, offset + start, answer)));
      }
      await Promise.all(pieces);
    },
    close: (handle) => done((answer) => wire.close(handle, answer)),
    sizeOf: (path) =>
      new Promise((resolve) => wire.stat(path, (error, status) => resolve(error ? undefined : status.size))),
    rename: (from, to) => done((answer) => wire.rename(from, to, answer)),
    remove: (path) => done((answer) => wire.unlink(path, answer)),
    setTimes: (path, seconds) => done((answer) => wire.utimes(path, seconds, seconds, answer)),
    chmod: (path, mode) => done((answer) => wire.chmod(path, mode, answer)),
    list: async (path) =>
      (
        await promisify(
          wire.readdir.bind(wire) as (
            path: string,
            answer: (error: Error | undefined, list: { filename: string }[]) => void,
          ) => void,
        )(path)
      ).map(({ filename }) => filename),
    realpath: promisify(wire.realpath.bind(wire)) as (path: string) => Promise<string>,
  };
}
