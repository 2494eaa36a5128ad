import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type SftpClient from "ssh2-sftp-client";
import t from "tap";
import { connect, startEmbeddedServer } from "../drop-server.ts";
import { makeSshKey } from "../ssh-keys.ts";

const NAME = "FI.DICO.0403019261.20261122.00001.S";

const namesIn = async (client: SftpClient, folder: string) =>
  (await client.list(folder)).map(({ name }) => name).sort();

t.test("an account", async (t) => {
  const server = await startEmbeddedServer(t);
  const alpha = await connect(t, server, "alpha", server.accounts.alpha);
  const gateway = await connect(t, server, "infoss-gateway", server.gateway);

  await t.test("sees its two folders and nothing else", async (t) => {
    t.same(await namesIn(alpha, "/"), ["IN", "OUT"]);
    t.equal(await alpha.realPath("."), "/");
    t.same(await namesIn(alpha, "../../.."), ["IN", "OUT"]);
    for (const path of ["/alpha", "/beta/IN", "/etc/passwd", "/IN/../../beta", "IN/a/b"]) {
      t.equal(await alpha.exists(path), false, path);
    }
  });

  await t.test("writes, lists, renames and deletes in IN, and reads nothing there", async (t) => {
    await alpha.put(Buffer.from("content"), `/IN/${NAME}.part`);
    await alpha.rename(`/IN/${NAME}.part`, `/IN/${NAME}`);
    t.same(await namesIn(alpha, "/IN"), [NAME]);
    t.equal((await alpha.stat(`/IN/${NAME}`)).size, 7);
    await t.rejects(alpha.get(`/IN/${NAME}`), /Not allowed/);
    await alpha.append(Buffer.from(" and more"), `/IN/${NAME}`);
    t.equal(readFileSync(join(server.folderOf("alpha"), "IN", NAME), "utf8"), "content and more");
    await alpha.delete(`/IN/${NAME}`);
    t.same(await namesIn(alpha, "/IN"), []);
  });

  await t.test("renames over a file only where it asks for that", async (t) => {
    await alpha.put(Buffer.from("1"), "/IN/one");
    await alpha.put(Buffer.from("2"), "/IN/two");
    await t.rejects(alpha.rename("/IN/one", "/IN/two"), /There is a file of that name/);
    await alpha.posixRename("/IN/one", "/IN/two");
    t.same(await namesIn(alpha, "/IN"), ["two"]);
    t.equal(readFileSync(join(server.folderOf("alpha"), "IN", "two"), "utf8"), "1");
    await alpha.delete("/IN/two");
  });

  await t.test("reads and deletes in OUT, and writes nothing there", async (t) => {
    await gateway.put(Buffer.from("answer"), "/alpha/OUT/FO.ACRF");
    t.equal(String(await alpha.get("/OUT/FO.ACRF")), "answer");
    await t.rejects(alpha.put(Buffer.from("x"), "/OUT/x"), /Not allowed/);
    await t.rejects(alpha.append(Buffer.from("x"), "/OUT/FO.ACRF"), /Not allowed/);
    await t.rejects(alpha.rename("/OUT/FO.ACRF", "/OUT/other"), /Not allowed/);
    await t.rejects(alpha.rename("/OUT/FO.ACRF", "/IN/other"), /Not allowed/);
    await alpha.delete("/OUT/FO.ACRF");
    t.same(await namesIn(gateway, "/alpha/OUT"), []);
  });

  await t.test("makes and removes no folder, and no file outside of the two", async (t) => {
    await t.rejects(alpha.mkdir("/IN/folder"), /Folders are fixed/);
    await t.rejects(alpha.rmdir("/IN"), /Folders are fixed|Bad path/);
    await t.rejects(alpha.put(Buffer.from("x"), "/x"), /No such file|Not a file/);
    await t.rejects(alpha.delete("/IN"), /Not a file/);
    await t.rejects(alpha.rename("/IN", "/OUT"), /Not a file/);
    t.same(readdirSync(server.folderOf("alpha")).sort(), ["IN", "OUT"]);
  });

  await t.test("follows no link, and does not see one", async (t) => {
    const secret = join(server.root, "secret");
    writeFileSync(secret, "secret");
    for (const folder of ["IN", "OUT"]) symlinkSync(secret, join(server.folderOf("alpha"), folder, "link"));
    t.same(await namesIn(alpha, "/OUT"), []);
    t.equal(await alpha.exists("/OUT/link"), false);
    await t.rejects(alpha.get("/OUT/link"), /Not a file/);
    await t.rejects(gateway.get("/alpha/IN/link"), /Not a file/);
    await t.rejects(alpha.put(Buffer.from("x"), "/IN/link"), /Not a file/);
    await t.rejects(alpha.rename("/IN/link", "/IN/file"), /No such file/);
    t.equal(readFileSync(secret, "utf8"), "secret");
  });
});

t.test("the gateway sees all accounts, and may do all that an account may not", async (t) => {
  const server = await startEmbeddedServer(t);
  const gateway = await connect(t, server, "infoss-gateway", server.gateway);
  const beta = await connect(t, server, "beta", server.accounts.beta);
  t.same(await namesIn(gateway, "/"), ["alpha", "beta"]);
  await beta.put(Buffer.from("dropped"), "/IN/file");
  t.equal(String(await gateway.get("/beta/IN/file")), "dropped");
  await gateway.delete("/beta/IN/file");
  await gateway.put(Buffer.from("a"), "/beta/OUT/.unfinished");
  await gateway.posixRename("/beta/OUT/.unfinished", "/beta/OUT/answer");
  t.same(await namesIn(beta, "/OUT"), ["answer"]);
  t.same(await namesIn(gateway, "/never-logged-in/IN"), [], "an account that never logged in has empty folders");
  await t.rejects(gateway.rename("/beta/OUT/answer", "/alpha/OUT/answer"), /stays in its folder/);
});

t.test("only the right key of an account opens it", async (t) => {
  const server = await startEmbeddedServer(t);
  const stranger = makeSshKey(t.testdir(), "stranger");
  for (const [username, key] of [
    ["alpha", stranger],
    ["alpha", server.accounts.beta],
    ["alpha", server.gateway],
    ["infoss-gateway", server.accounts.alpha],
    ["nobody", server.accounts.alpha],
    ["../alpha", server.accounts.alpha],
    ["", server.accounts.alpha],
  ] as const) {
    await t.rejects(connect(t, server, username, key), /authentication methods failed/, `${username}`);
  }
  t.notMatch(server.logLines.join(""), /nobody|ssh-ed25519/, "and no log line repeats what was tried");
});

t.test("a key that is taken back", async (t) => {
  const server = await startEmbeddedServer(t, { recheckIntervalMs: 50 });
  const alpha = await connect(t, server, "alpha", server.accounts.alpha);
  const beta = await connect(t, server, "beta", server.accounts.beta);
  const ended = new Promise((resolve) => alpha.on("close", resolve));
  server.revoke("alpha");
  await ended;
  t.pass("ends its open session");
  await t.rejects(connect(t, server, "alpha", server.accounts.alpha), /authentication methods failed/);
  t.same(await namesIn(beta, "/IN"), [], "and nobody else's");
});

t.test("the host key is made once and kept", async (t) => {
  const folder = t.testdir();
  const { readOrMakeHostKey } = await import("../../../src/sftp/server/host-key.ts");
  const file = join(folder, "keys", "host");
  const made = await Promise.all([1, 2, 3].map(() => readOrMakeHostKey(file)));
  t.equal(new Set(made.map(({ fingerprint }) => fingerprint)).size, 1, "also by processes that start at once");
  t.same(readdirSync(join(folder, "keys")), ["host"]);
  t.match(made[0]!.fingerprint, /^SHA256:/);
  writeFileSync(file, "no key");
  await t.rejects(readOrMakeHostKey(file), /holds no Ed25519 private key/);
});

t.test("closing lets go of the port, whoever is connected", async (t) => {
  const server = await startEmbeddedServer(t);
  await connect(t, server, "alpha", server.accounts.alpha);
  await server.server.close();
  await sleep(0);
  await t.rejects(connect(t, server, "alpha", server.accounts.alpha));
});
