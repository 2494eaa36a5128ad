import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { OPEN } from "../../../src/sftp/server/sftp-protocol.ts";
import { connect } from "../drop-server.ts";
import { NAME, onEachServer, sha256 } from "./on-each-server.ts";
import { openRawSession } from "./raw-session.ts";

const WRITE_NEW = OPEN.write | OPEN.create | OPEN.truncate;
const THEN = 1_790_000_000;

// What these programs send, verb by verb; they have no form that Debian ships.

t.test("WinSCP", async (t) => {
  await onEachServer(t, [], async (t, { server, content, contentOf, names }) => {
    const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
    const partial = `/IN/${NAME}.filepart`;

    await t.test("uploads under .filepart, renames, then sets times and rights", async (t) => {
      t.equal(await session.realpath("."), "/");
      await session.list("/IN");
      t.equal(await session.sizeOf(`/IN/${NAME}`), undefined);
      t.equal(await session.sizeOf(partial), undefined);
      const handle = await session.open(partial, WRITE_NEW);
      await session.write(handle, content, 0);
      await session.close(handle);
      await session.rename(partial, `/IN/${NAME}`);
      await session.chmod(`/IN/${NAME}`, 0o660);
      await session.setTimes(`/IN/${NAME}`, THEN);
      t.same(names("IN"), [NAME]);
      t.equal(sha256(contentOf("IN", NAME)), sha256(content));
      t.equal((await session.list("/IN")).filter((name) => name === NAME).length, 1);
    });

    await t.test("goes on with its .filepart, and replaces the file that was there", async (t) => {
      const half = content.length / 2 - 0.5;
      const started = await session.open(partial, WRITE_NEW);
      await session.write(started, content.subarray(0, half), 0);
      await session.close(started);
      t.equal(await session.sizeOf(partial), half);
      const resumed = await session.open(partial, OPEN.write);
      await session.write(resumed, content.subarray(half), half);
      await session.close(resumed);
      await t.rejects(session.rename(partial, `/IN/${NAME}`), "plain rename never replaces");
      await session.remove(`/IN/${NAME}`);
      await session.rename(partial, `/IN/${NAME}`);
      t.same(names("IN"), [NAME]);
      t.equal(sha256(contentOf("IN", NAME)), sha256(content));
    });
  });
});

t.test("FileZilla uploads under the name itself, and goes on at the end of what is there", async (t) => {
  await onEachServer(t, [], async (t, { server, content, contentOf, leaveHalf, names }) => {
    const session = await openRawSession(t, server, "alpha", server.accounts.alpha);
    const path = `/IN/${NAME}`;
    await leaveHalf(NAME);
    const size = await session.sizeOf(path);
    t.equal(size, Math.floor(content.length / 2));
    const handle = await session.open(path, OPEN.write);
    await session.write(handle, content.subarray(size), size!);
    await session.close(handle);
    await session.setTimes(path, THEN);
    t.same(names("IN"), [NAME]);
    t.equal(sha256(contentOf("IN", NAME)), sha256(content));
  });
});

t.test("ssh2-sftp-client drops, resumes, fetches and removes", async (t) => {
  await onEachServer(t, [], async (t, { server, content, contentOf, file, folder, leaveHalf, names, publish }) => {
    const client = await connect(t, server, "alpha", server.accounts.alpha);
    await client.put(file, `/IN/${NAME}.tmp`);
    await client.posixRename(`/IN/${NAME}.tmp`, `/IN/${NAME}`);
    await client.fastPut(file, "/IN/fast");
    await leaveHalf("resumed");
    await client.append(content.subarray(content.length / 2), "/IN/resumed");
    for (const name of [NAME, "fast", "resumed"]) t.equal(sha256(contentOf("IN", name)), sha256(content), name);
    await publish("FO.ACRF.x", "receipt");
    const fetched = join(folder, "fetched", "FO.ACRF.x");
    await client.fastGet("/OUT/FO.ACRF.x", fetched);
    t.equal(readFileSync(fetched, "utf8"), "receipt");
    await client.delete("/OUT/FO.ACRF.x");
    t.same(names("OUT"), []);
  });
});
