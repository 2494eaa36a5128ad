import { readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SFTPWrapper } from "ssh2";
import t, { type Test } from "tap";
import { OPEN } from "../../../src/sftp/server/sftp-protocol.ts";
import { openRawSession } from "../clients/raw-session.ts";
import { connect, type EmbeddedServer, startEmbeddedServer } from "../drop-server.ts";

const WRITE_NEW = OPEN.write | OPEN.create | OPEN.truncate;

/** Whatever was done to it: others still log in, write and read. */
async function showItServes(t: Test, server: EmbeddedServer): Promise<void> {
  const beta = await connect(t, server, "beta", server.accounts.beta);
  await beta.put(Buffer.from("still here"), "/IN/alive");
  t.equal((await beta.stat("/IN/alive")).size, 10, "others are served");
  await beta.end();
}

/** A connection that says nothing of its own; answers what was heard, and whether it was ended. */
function openSocket(t: Test, port: number) {
  const socket = connectSocket({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  t.teardown(() => socket.destroy());
  return { socket, closed };
}

t.test("paths that try to leave lead nowhere", async (t) => {
  const server = await startEmbeddedServer(t);
  writeFileSync(join(server.root, "..", "outside"), "secret");
  writeFileSync(join(server.folderOf("beta"), "OUT", "answer"), "beta's");
  const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const tricks = [
    "../outside",
    "/../outside",
    "/IN/../../outside",
    "IN/../../beta/OUT/answer",
    "/IN/../OUT/../../beta/OUT/answer",
    "//beta//OUT//answer",
    "/IN/..\\..\\outside",
    "/IN/\0/../../outside",
    "/IN/%2e%2e/outside",
    "/OUT/./../../../../../../etc/passwd",
    "/etc/passwd",
    "~/outside",
    `/OUT/${"../".repeat(1000)}etc/passwd`,
    `/OUT/${"a".repeat(5000)}`,
    "/OUT/\ud800",
    "",
  ];
  for (const path of tricks) {
    await t.rejects(session.open(path, OPEN.read), JSON.stringify(path).slice(0, 60));
    await t.rejects(session.open(path, OPEN.read | OPEN.write), "nor for both");
    await t.rejects(session.remove(path));
    await t.rejects(session.rename(path, "/IN/x"));
    await t.rejects(session.rename("/IN/x", path));
  }
  for (const path of ["/IN/\nname", "/IN/name\u0000", "/IN/a\\b", "/IN/\u001b[2J", "/x", "/IN", "/OUT/x"]) {
    await t.rejects(session.open(path, WRITE_NEW), JSON.stringify(path));
  }
  t.same(readdirSync(join(server.folderOf("alpha"), "IN")), []);
  t.same(readdirSync(join(server.root, "..")).sort(), ["outside", "sftp", "sftp-host-key"]);
  await showItServes(t, server);
});

t.test("links cannot be made, read or followed", async (t) => {
  const server = await startEmbeddedServer(t);
  const { wire } = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const refused = (call: (done: (error?: Error | null) => void) => void) =>
    new Promise<string>((resolve) => call((error) => resolve(error?.message ?? "done")));
  t.match(await refused((done) => wire.symlink("/etc/passwd", "/IN/link", done)), /no links/);
  t.match(await refused((done) => wire.readlink("/IN/link", done)), /no links/);
  t.same(readdirSync(join(server.folderOf("alpha"), "IN")), []);
});

t.test("handles are bounded, are one's own, and are let go of", async (t) => {
  const server = await startEmbeddedServer(t, { handles: 20, channels: 2 });
  const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const results = await Promise.allSettled(
    Array.from({ length: 2000 }, (_, index) => session.open(`/IN/file-${index}`, WRITE_NEW)),
  );
  const handles = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  t.equal(handles.length, 20);
  t.equal(readdirSync(join(server.folderOf("alpha"), "IN")).length, 20, "nothing is made for those that are refused");
  const other = await openRawSession(t, server, "alpha", server.accounts.alpha);
  await t.rejects(other.write(handles[0]!, Buffer.from("x"), 0), /No such handle/);
  await t.rejects(session.write(Buffer.from("zzzz"), Buffer.from("x"), 0), /No such handle/);
  await session.close(handles[0]!);
  await t.rejects(session.close(handles[0]!), /No such handle/);
  await session.open("/IN/file-0", OPEN.write);
  session.wire.end();
  await showItServes(t, server);
});

t.test("the disk is bounded, whatever way is tried", async (t) => {
  const server = await startEmbeddedServer(t, { folderBytes: 100_000, folderFiles: 3 });
  const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const folder = join(server.folderOf("alpha"), "IN");
  const one = await session.open("/IN/one", WRITE_NEW);
  await session.write(one, Buffer.alloc(60_000), 0);
  await t.rejects(session.write(one, Buffer.alloc(60_000), 60_000), /No space left/);
  await t.rejects(
    session.write(one, Buffer.from("x"), 2 ** 40),
    /No space left/,
    "a hole counts as what it may become",
  );
  const setSize = (size: number) =>
    new Promise<void>((resolve, reject) =>
      session.wire.fsetstat(one, { size } as never, (error) => (error ? reject(error) : resolve())),
    );
  await t.rejects(setSize(2 ** 40), /No space left/);
  await setSize(10_000);
  await session.write(one, Buffer.alloc(80_000), 10_000);
  t.ok(statSync(join(folder, "one")).size <= 100_000);
  await session.open("/IN/two", WRITE_NEW);
  await session.open("/IN/three", WRITE_NEW);
  await t.rejects(session.open("/IN/four", WRITE_NEW), /No space left/);
  await session.remove("/IN/one");
  const four = await session.open("/IN/four", WRITE_NEW);
  await session.write(four, Buffer.alloc(90_000), 0);
  t.equal(statSync(join(folder, "four")).size, 90_000, "what was removed makes room");
  const { usedBlocks } = await new Promise<{ usedBlocks: number }>((resolve, reject) =>
    session.wire.ext_openssh_statvfs("/", (error, space) =>
      error ? reject(error) : resolve({ usedBlocks: space.f_bavail * space.f_bsize }),
    ),
  );
  t.ok(usedBlocks <= 10_000, "and clients that ask are told");
});

t.test("a disk that is full refuses what is new, and keeps what is there", async (t) => {
  const server = await startEmbeddedServer(t, { freeBytes: 2 ** 50 });
  const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const handle = await session.open("/IN/file", WRITE_NEW);
  await t.rejects(session.write(handle, Buffer.from("x"), 0), /No space left/);
  await session.close(handle);
  await session.remove("/IN/file");
});

t.test("10,000 files in IN are listed in pages", async (t) => {
  const server = await startEmbeddedServer(t);
  const folder = join(server.folderOf("alpha"), "IN");
  for (let index = 0; index < 10_000; index += 1) {
    writeFileSync(join(folder, `FI.DICO.0403019261.20261122.${String(index).padStart(5, "0")}.S`), "");
  }
  const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const names = await session.list("/IN");
  t.equal(new Set(names).size, 10_000);
  const gateway = await connect(t, server, "infoss-gateway", server.gateway);
  t.equal((await gateway.list("/alpha/IN")).length, 10_000);
});

t.test("connections are bounded", async (t) => {
  await t.test("for each account", async (t) => {
    const server = await startEmbeddedServer(t, { connectionsPerAccount: 2 });
    const first = await connect(t, server, "alpha", server.accounts.alpha);
    await connect(t, server, "alpha", server.accounts.alpha);
    await t.rejects(connect(t, server, "alpha", server.accounts.alpha), /authentication methods failed/);
    await showItServes(t, server);
    await first.end();
    await sleep(50);
    await connect(t, server, "alpha", server.accounts.alpha);
  });

  await t.test("for each address, and in all", async (t) => {
    const server = await startEmbeddedServer(t, { connectionsPerAddress: 3 });
    const open = [1, 2, 3].map(() => openSocket(t, server.port));
    await sleep(100);
    const another = openSocket(t, server.port);
    await another.closed;
    t.same(
      [...open, another].map(({ socket }) => socket.destroyed),
      [false, false, false, true],
      "one more is closed, and no other",
    );
    for (const { socket } of open) socket.destroy();
    await sleep(100);
    await showItServes(t, server);
  });

  await t.test("and half-open ones give way to who comes", async (t) => {
    const server = await startEmbeddedServer(t, { unknownConnections: 10 });
    const idle = Array.from({ length: 30 }, () => openSocket(t, server.port));
    await Promise.all(idle.slice(0, 20).map(({ closed }) => closed));
    await showItServes(t, server);
  });
});

t.test("who says nothing is let go", async (t) => {
  await t.test("before it has logged in", async (t) => {
    const server = await startEmbeddedServer(t, { loginTimeoutMs: 200 });
    const silent = openSocket(t, server.port);
    const slow = openSocket(t, server.port);
    slow.socket.write("SSH-2.0-slow\r\n");
    await Promise.all([silent.closed, slow.closed]);
    await showItServes(t, server);
  });

  await t.test("and after", async (t) => {
    const server = await startEmbeddedServer(t, { idleTimeoutMs: 300, recheckIntervalMs: 50 });
    const session = await connect(t, server, "alpha", server.accounts.alpha);
    const closed = new Promise<void>((resolve) => session.on("close", () => resolve()));
    await closed;
    t.equal(readdirSync(join(server.folderOf("alpha"), "IN")).length, 0);
  });
});

t.test("who asks and does not read waits for himself, not in the server's memory", async (t) => {
  const server = await startEmbeddedServer(t, { idleTimeoutMs: 1000, recheckIntervalMs: 100 });
  const path = join(server.folderOf("alpha"), "OUT", "large");
  writeFileSync(path, "");
  truncateSync(path, 2 ** 30);
  const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const handle = await session.open("/OUT/large", OPEN.read);
  const before = process.memoryUsage().rss;
  const socket = Reflect.get(Reflect.get(session.wire, "_client") as object, "_sock") as import("node:net").Socket;
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const buffer = Buffer.alloc(256 * 1024);
  // A gigabyte is asked for, in requests that all fit into the windows; none of the answers is read.
  for (let offset = 0; offset < 2 ** 30; offset += buffer.length) {
    session.wire.read(handle, buffer, 0, buffer.length, offset, () => {});
  }
  socket.pause();
  await sleep(800);
  t.ok(process.memoryUsage().rss - before < 256 * 1024 ** 2, "a fraction of it is in memory");
  await showItServes(t, server);
  socket.resume();
  socket.destroy();
  await ended;
});

t.test("who guesses keys is refused for a while", async (t) => {
  const server = await startEmbeddedServer(t, { failedLogins: 3 });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await t.rejects(connect(t, server, "alpha", server.accounts.beta), /authentication methods failed/);
  }
  await sleep(50);
  await t.rejects(connect(t, server, "alpha", server.accounts.alpha), "also with the right one");
});

t.test("requests that come too fast wait", async (t) => {
  const server = await startEmbeddedServer(t, { requestsPerSecond: 50 });
  const { wire } = await openRawSession(t, server, "alpha", server.accounts.alpha);
  const stat = (sftp: SFTPWrapper) => new Promise<void>((resolve) => sftp.stat("/IN", () => resolve()));
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 151 }, () => stat(wire)));
  t.ok(performance.now() - startedAt >= 1900, "151 requests at 50 a second take more than two seconds");
});
