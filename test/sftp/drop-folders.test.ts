import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type DropFolders, SftpFault } from "../../src/exchange/drop-folders.ts";
import { openDropFolders } from "../../src/sftp/session-folders.ts";
import { openSession, type SftpTarget } from "../../src/sftp/sftp-session.ts";
import { connect, type EmbeddedServer, startEmbeddedServer } from "./drop-server.ts";
import { FAULTS, startFaultProxy } from "./fault-proxy.ts";
import { makeSshKey } from "./ssh-keys.ts";

const TIMEOUT_MS = 250;

const content = randomBytes(900_000);

function targetOf(server: EmbeddedServer, port = server.port): SftpTarget {
  return {
    host: "127.0.0.1",
    port,
    user: "infoss-gateway",
    privateKey: Buffer.from(server.gateway.privateKey),
    hostKeys: [server.server.fingerprint],
    timeoutMs: 10_000,
  };
}

type Open = (t: Test, server: EmbeddedServer) => Promise<DropFolders>;

const openOverSession: Open = async (t, server) => {
  const session = await openSession(targetOf(server));
  t.teardown(() => session.close());
  return openDropFolders(session, "/alpha");
};

const openOnDisk: Open = async (_t, { server }) => (await server.folders.take("alpha")).folders;

/** The gateway's two ways to folders must not differ in what they take and show. */
const WAYS: Readonly<Record<string, Open>> = { "over a session": openOverSession, "on the disk": openOnDisk };

async function readAll(folders: DropFolders, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of folders.read(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

for (const [way, open] of Object.entries(WAYS)) {
  t.test(`${way}: files of any size come as they are and go as they should`, async (t) => {
    const server = await startEmbeddedServer(t);
    const folders = await open(t, server);
    const folder = server.folderOf("alpha");
    for (const size of [0, 1, 229_375, 229_376, 229_377, 900_000]) {
      const bytes = content.subarray(0, size);
      writeFileSync(join(folder, "IN", `FI.${size}`), bytes);
      t.match(await folders.list("IN"), [{ name: `FI.${size}`, size, modifiedAt: Date }]);
      t.equal(sha256(await readAll(folders, `FI.${size}`)), sha256(bytes), `${size} bytes read`);
      await folders.remove("IN", `FI.${size}`);
      await folders.remove("IN", `FI.${size}`);
      t.same(await folders.list("IN"), []);
      await folders.publish(`FO.${size}`, [bytes.subarray(0, size / 2), Buffer.alloc(0), bytes.subarray(size / 2)]);
      t.equal(sha256(readFileSync(join(folder, "OUT", `FO.${size}`))), sha256(bytes), `${size} bytes published`);
    }
    await folders.publish("FO.1", [Buffer.from("another")]);
    t.equal(readFileSync(join(folder, "OUT", "FO.1"), "utf8"), "another", "an earlier one is overwritten");
    t.equal(
      readdirSync(join(folder, "OUT")).filter((name) => !name.startsWith("FO.")).length,
      0,
      "nothing else is left",
    );
  });

  t.test(`${way}: folders and links are no files`, async (t) => {
    const server = await startEmbeddedServer(t);
    const folders = await open(t, server);
    const place = join(server.folderOf("alpha"), "IN");
    mkdirSync(join(place, "folder"));
    symlinkSync("/etc/passwd", join(place, "link"));
    writeFileSync(join(place, "file"), "");
    t.same(
      (await folders.list("IN")).map(({ name }) => name),
      ["file"],
    );
    writeFileSync(join(server.folderOf("alpha"), "OUT", "FO"), "");
    symlinkSync("/etc/passwd", join(server.folderOf("alpha"), "OUT", ".FO.LINK.unfinished"));
    t.same(await folders.find(["folder", "link", "absent"]), [undefined, undefined, undefined]);
    await t.rejects(readAll(folders, "link"), { name: "SftpFault", breaksSession: false });
    await t.rejects(folders.publish("FO.LINK", [content]), { name: "SftpFault", breaksSession: false });
    for (const name of ["../OUT/FO", "..", "a/b"])
      await t.rejects(folders.remove("IN", name), { code: "operationFailed" });
  });

  t.test(`${way}: a file that grows or shrinks after it was listed is not taken for whole`, async (t) => {
    const server = await startEmbeddedServer(t);
    const folders = await open(t, server);
    const file = join(server.folderOf("alpha"), "IN", "FI");
    writeFileSync(file, content);
    await folders.list("IN");
    appendFileSync(file, "more");
    await t.rejects(readAll(folders, "FI"), { code: "sizeChanged", breaksSession: false }, "more than listed");
    truncateSync(file, 300_000);
    await t.rejects(readAll(folders, "FI"), { code: "sizeChanged" }, "less than listed");
    await folders.list("IN");
    t.equal((await readAll(folders, "FI")).length, 300_000, "as listed, over the same session");
    await folders.list("IN");
    await t.rejects(
      (async () => {
        for await (const _ of folders.read("FI")) appendFileSync(file, "more");
      })(),
      { code: "sizeChanged" },
      "while it is read",
    );
    await t.rejects(readAll(folders, "FI.ABSENT"), { code: "fileMissing", breaksSession: false });
  });
}

t.test("who reads no further leaves the session as good as it was", async (t) => {
  const server = await startEmbeddedServer(t, { handles: 2 });
  const folders = await openOverSession(t, server);
  writeFileSync(join(server.folderOf("alpha"), "IN", "FI"), content);
  await folders.list("IN");
  for (let count = 0; count < 10; count += 1) {
    for await (const chunk of folders.read("FI")) {
      t.ok(chunk.length > 0);
      break;
    }
  }
  t.equal((await readAll(folders, "FI")).length, content.length, "no handle stayed open");
});

t.test("folders on the disk that are broken off answer nothing more, and count what leaves IN", async (t) => {
  const server = await startEmbeddedServer(t, { folderFiles: 1 });
  const client = await connect(t, server, "alpha", server.accounts.alpha);
  await client.put(Buffer.from("a"), "/IN/FI.1");
  await t.rejects(client.put(Buffer.from("b"), "/IN/FI.2"), "there is room for one file");
  const { folders, breakOff } = await server.server.folders.take("alpha");
  await folders.remove("IN", "FI.1");
  await client.put(Buffer.from("b"), "/IN/FI.2");
  await folders.list("IN");
  const reading = folders.read("FI.2");
  breakOff(new SftpFault("stopped", "session"));
  await t.rejects(reading[Symbol.asyncIterator]().next(), { code: "stopped", breaksSession: true });
  await t.rejects(folders.publish("FO", [content]), { code: "stopped" });
  t.same(readdirSync(join(server.folderOf("alpha"), "OUT")), []);
});

t.test("a server with another host key learns nothing, one that refuses the key is told apart", async (t) => {
  const server = await startEmbeddedServer(t);
  const target = targetOf(server);
  const other = `SHA256:${"a".repeat(43)}`;
  await t.rejects(openSession({ ...target, hostKeys: [other] }), { code: "hostKeyUnknown", breaksSession: true });
  t.notMatch(server.logLines.join(), "infoss-gateway", "not even who wanted to log in");
  const session = await openSession({ ...target, hostKeys: [other, ...target.hostKeys] });
  await session.close();
  const stranger = Buffer.from(makeSshKey(t.testdir(), "stranger").privateKey);
  await t.rejects(openSession({ ...target, privateKey: stranger }), { code: "authenticationFailed" });
  await t.rejects(openSession({ ...target, port: 1 }), { code: "connectionFailed" });
});

t.test("a server that accepts and says nothing, or stops in its greeting, is given up in time", async (t) => {
  const server = await startEmbeddedServer(t);
  for (const greeting of ["", "SSH-2.0-"]) {
    const mute = createServer((socket) => socket.on("error", () => {}).write(greeting));
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    t.teardown(() => mute.close());
    const { port } = mute.address() as AddressInfo;
    await t.rejects(openSession({ ...targetOf(server, port), timeoutMs: TIMEOUT_MS }), { code: "timedOut" });
  }
});

/** What a fault may look like to the caller: always one that says the session is over. */
function isBreak(error: unknown): boolean {
  return (error as SftpFault).name === "SftpFault" && (error as SftpFault).breaksSession;
}

for (const fault of FAULTS) {
  for (const from of ["client", "server"] as const) {
    t.test(`${fault} after each piece from the ${from}: nothing half is taken or shown`, async (t) => {
      const server = await startEmbeddedServer(t);
      const proxy = await startFaultProxy(t, server.port);
      const folder = server.folderOf("alpha");
      const out = join(folder, "OUT", "FO");
      writeFileSync(join(folder, "IN", "FI"), content);
      const converse = async () => {
        const timeoutMs = proxy.isDone() ? 10_000 : TIMEOUT_MS;
        const session = await openSession({ ...targetOf(server, proxy.port), timeoutMs });
        try {
          const folders = openDropFolders(session, "/alpha");
          await folders.list("IN");
          t.equal(sha256(await readAll(folders, "FI")), sha256(content));
          await folders.publish("FO", [content]);
        } finally {
          await session.close();
        }
      };
      proxy.plan(undefined);
      await converse();
      const pieces = proxy.pieces[from];
      t.ok(pieces > 10, `${pieces} pieces`);
      // What is large comes in a number of pieces that varies: every one of the first, then some.
      const places = Array.from({ length: pieces }, (_, index) => index + 1).filter(
        (place) => place <= 16 || place % 12 === 0,
      );
      let broken = 0;
      for (const afterPieces of places) {
        writeFileSync(out, "earlier");
        proxy.plan({ fault, from, afterPieces });
        const error = await converse().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error !== undefined) {
          broken += 1;
          if (!isBreak(error)) t.fail("a fault of the session", { error: String(error), afterPieces });
        }
        const shown = readFileSync(out);
        const isWhole = shown.equals(content) || shown.toString() === "earlier";
        if (!isWhole) t.fail("the old file or the new one", { afterPieces, size: shown.length });
        if (error === undefined && !shown.equals(content))
          t.fail("without an error it is the new one", { afterPieces });
        proxy.plan(undefined);
      }
      t.ok(broken > places.length / 2, `${broken} of ${places.length} conversations broke`);
      await converse();
      t.ok(readFileSync(out).equals(content), "afterwards all is well");
      t.same(readdirSync(join(folder, "OUT")), ["FO"], "what a crash left is gone");
      t.ok(existsSync(join(folder, "IN", "FI")));
    });
  }
}
