import { connect as connectSocket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import ssh2, { type ClientChannel } from "ssh2";
import t, { type Test } from "tap";
import { renderVersion } from "../../../src/sftp/server/sftp-answer.ts";
import { OPEN, REQUEST } from "../../../src/sftp/server/sftp-protocol.ts";
import { connect, type EmbeddedServer, startEmbeddedServer } from "../drop-server.ts";

// The server runs in this process: what it does not catch ends the test.

const RUNS = 150;

async function showItServes(t: Test, server: EmbeddedServer): Promise<void> {
  const beta = await connect(t, server, "beta", server.accounts.beta);
  await beta.put(Buffer.from("alive"), "/IN/alive");
  t.equal((await beta.stat("/IN/alive")).size, 5);
}

t.test("no bytes before the login end the server", async (t) => {
  const server = await startEmbeddedServer(t, { failedLogins: 1e9 });
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.string({ maxLength: 40 }), fc.uint8Array({ maxLength: 3000 }))
      .map(([name, bytes]) => Buffer.concat([Buffer.from(`SSH-2.0-${name}\r\n`), Buffer.from(bytes)])),
    // A packet of the right form with a type and content of no sense.
    fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 200 })).map(([type, bytes]) => {
      const content = Buffer.from([type, ...bytes]);
      const padding = 4 + (8 - ((content.length + 9) % 8));
      const head = Buffer.alloc(5);
      head.writeUInt32BE(content.length + padding + 1, 0);
      head[4] = padding;
      return Buffer.concat([Buffer.from("SSH-2.0-fuzz\r\n"), head, content, Buffer.alloc(padding)]);
    }),
  );
  await fc.assert(
    fc.asyncProperty(anyBytes, fc.boolean(), async (bytes, endsAbruptly) => {
      const socket = connectSocket({ host: "127.0.0.1", port: server.port, noDelay: true });
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.on("error", () => {});
      socket.resume();
      socket.write(bytes);
      if (endsAbruptly) setTimeout(() => socket.resetAndDestroy(), 2);
      else setTimeout(() => socket.end(), 2);
      await closed;
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 20_000 },
  );
  await showItServes(t, server);
});

/** A channel of a client that has logged in, on which anything may be sent. */
async function openChannel(server: EmbeddedServer): Promise<{ channel: ClientChannel; end(): void }> {
  const client = new ssh2.Client();
  const sock = connectSocket({ host: "127.0.0.1", port: server.port, noDelay: true });
  client.on("error", () => {});
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve).once("error", reject);
    client.connect({ sock, username: "alpha", privateKey: server.accounts.alpha.privateKey });
  });
  const channel = await new Promise<ClientChannel>((resolve, reject) =>
    client.subsys("sftp", (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  channel.on("error", () => {});
  channel.resume();
  return { channel, end: () => sock.destroy() };
}

function frame(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

const INIT = frame(Buffer.from([REQUEST.init, 0, 0, 0, 3]));

/** Length, type and number of the version, and the extensions. */
const VERSION_ANSWER_BYTES = renderVersion().length;

const integer = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
const text = (value: string) => Buffer.concat([integer(Buffer.byteLength(value)), Buffer.from(value)]);

/** Fields that make sense here and there, so that requests get beyond the first check. */
const anyField = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(integer),
  fc.constantFrom("/IN", "/OUT", "/IN/a", "/IN/b", "..", "/", "1", "2", "3").map(text),
  fc.constantFrom(...Object.values(OPEN), 0x1a, 0x3f).map(integer),
  fc
    .constantFrom("posix-rename@openssh.com", "fsync@openssh.com", "statvfs@openssh.com", "limits@openssh.com")
    .map(text),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
const anyRequest = fc
  .tuple(fc.constantFrom(...Object.values(REQUEST), 99), fc.array(anyField, { maxLength: 6 }))
  .map(([type, fields]) => frame(Buffer.concat([Buffer.from([type]), integer(7), ...fields])));

t.test("no requests after the login end the server", async (t) => {
  const server = await startEmbeddedServer(t, { connectionsPerAccount: 1e9, folderBytes: 1e6 });
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { maxLength: 60 }), fc.boolean(), async (requests, isStarted) => {
      const { channel, end } = await openChannel(server);
      channel.write(Buffer.concat([...(isStarted ? [INIT] : []), ...requests]));
      await sleep(5);
      end();
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 30_000 },
  );
  await showItServes(t, server);
});

t.test("what is not SFTP ends its channel at once", async (t) => {
  const server = await startEmbeddedServer(t);
  for (const [what, bytes] of [
    ["a packet too long", Buffer.from("ffffffff", "hex")],
    ["a packet without content", Buffer.alloc(4)],
    ["no version first", frame(Buffer.from([REQUEST.stat, 0, 0, 0, 1, 0, 0, 0, 0]))],
    ["two versions", Buffer.concat([INIT, INIT])],
    [
      "a field that is longer than its packet",
      Buffer.concat([INIT, frame(Buffer.from([REQUEST.stat, 0, 0, 0, 1, 0, 0, 9]))]),
    ],
  ] as const) {
    const { channel, end } = await openChannel(server);
    const answers: Buffer[] = [];
    channel.on("data", (bytes: Buffer) => answers.push(bytes));
    const closed = new Promise<void>((resolve) => channel.once("close", () => resolve()));
    channel.write(bytes);
    await closed;
    // At most the answer to the version: a packet of type 2.
    t.ok(answers.length === 0 || answers[0]![4] === 2, `${what}: closed`);
    t.ok(Buffer.concat(answers).length <= VERSION_ANSWER_BYTES, `${what}: nothing is answered`);
    end();
  }
  await showItServes(t, server);
});
