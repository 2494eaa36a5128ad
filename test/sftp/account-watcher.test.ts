import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import type { Database } from "../../src/database/connection.ts";
import {
  admitAccounts,
  claimAccounts,
  listAccountHealth,
  releaseLease,
  renewLeases,
} from "../../src/exchange/account-lease.ts";
import type { DropFolders } from "../../src/exchange/drop-folders.ts";
import { createLogger } from "../../src/log.ts";
import { type AccountWatcher, startAccountWatcher } from "../../src/sftp/account-watcher.ts";
import type { FolderAccess } from "../../src/sftp/folder-access.ts";
import { createSessionAccess } from "../../src/sftp/session-folders.ts";
import { createSessionPool } from "../../src/sftp/session-pool.ts";
import { createTestDatabase } from "../database.ts";
import { connect, type EmbeddedServer, startEmbeddedServer } from "./drop-server.ts";
import { startFaultProxy } from "./fault-proxy.ts";

interface Watching {
  readonly database: Database;
  readonly server: EmbeddedServer;
  readonly port?: number;
  readonly accounts?: readonly string[];
  readonly timeoutMs?: number;
  readonly limit?: number;
  readonly serve?: (account: string, folders: DropFolders, signal: AbortSignal) => Promise<void>;
  readonly faults?: string[];
  /** Over sessions, unless given. */
  readonly access?: FolderAccess;
  readonly pollIntervalMs?: number;
}

/** Answers each file with one of its size under the same name. */
async function echo(_account: string, folders: DropFolders, onFile?: (name: string) => void): Promise<void> {
  for (const { name } of await folders.list("IN")) {
    onFile?.(name);
    let size = 0;
    for await (const chunk of folders.read(name)) size += chunk.length;
    await folders.publish(name, [Buffer.from(String(size))]);
    await folders.remove("IN", name);
  }
}

function overSessions({ server, port = server.port, timeoutMs = 5_000 }: Watching): FolderAccess {
  const sessions = createSessionPool({
    host: "127.0.0.1",
    port,
    privateKey: Buffer.from(server.gateway.privateKey),
    hostKeys: [server.server.fingerprint],
    timeoutMs,
  });
  return createSessionAccess(sessions, { user: "infoss-gateway", path: "/{account}" });
}

function watch(t: Test, options: Watching): AccountWatcher {
  const {
    database,
    accounts = ["alpha", "beta"],
    serve = (account: string, folders: DropFolders) => echo(account, folders),
  } = options;
  const watcher = startAccountWatcher({
    listAccounts: async () => accounts.map((accountName) => ({ accountName })),
    admit: (names) => admitAccounts(database, names),
    claim: (claim) => claimAccounts(database, claim),
    renew: (leases, leaseMs) => renewLeases(database, leases, leaseMs),
    release: (lease, result) => releaseLease(database, lease, result),
    serve: async ({ accountName }, folders, signal) => {
      await serve(accountName, folders, signal);
      return { more: false };
    },
    access: options.access ?? overSessions(options),
    limit: options.limit ?? 4,
    pollIntervalMs: options.pollIntervalMs ?? 20,
    log: createLogger("silent"),
    onFault: (accountName, fault) => options.faults?.push(`${accountName} ${fault}`),
    onRound: () => {},
  });
  t.teardown(() => watcher.stop(0));
  return watcher;
}

async function waitFor(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let patience = 12_000; !(await holds()); patience -= 1) {
    if (patience === 0) throw new Error(`in vain: ${what}`);
    await sleep(10);
  }
}

function drop(server: EmbeddedServer, account: "alpha" | "beta", name: string, bytes: Buffer | string): void {
  const folder = server.folderOf(account);
  writeFileSync(join(folder, `${name}.part`), bytes);
  renameSync(join(folder, `${name}.part`), join(folder, "IN", name));
}

const answers = (server: EmbeddedServer, account: "alpha" | "beta") =>
  readdirSync(join(server.folderOf(account), "OUT")).filter((name) => !name.startsWith("."));

t.test("two processes share accounts; no file is served twice", async (t) => {
  const { database } = await createTestDatabase(t);
  const server = await startEmbeddedServer(t);
  const inside = new Set<string>();
  const served: string[] = [];
  let overlaps = 0;
  const serve = (process: string) => async (account: string, folders: DropFolders) => {
    if (inside.has(account)) overlaps += 1;
    inside.add(account);
    await echo(account, folders, (name) => served.push(`${process} ${account} ${name}`));
    inside.delete(account);
  };
  watch(t, { database, server, serve: serve("one") });
  watch(t, { database, server, serve: serve("two") });
  for (let number = 0; number < 40; number += 1) {
    drop(server, number % 2 ? "alpha" : "beta", `FI.${number}`, Buffer.alloc(number));
    await sleep(20);
  }
  await waitFor("all answers", () => answers(server, "alpha").length + answers(server, "beta").length === 40);
  t.equal(overlaps, 0);
  t.equal(served.length, 40, "each file was taken once");
  t.equal(new Set(served.map((line) => line.split(" ")[0])).size, 2, "both processes worked");
  t.equal(readFileSync(join(server.folderOf("alpha"), "OUT", "FI.39"), "utf8"), "39");
  t.match(await listAccountHealth(database, ["alpha"]), [{ failures: 0, lastContactAt: Date }]);
});

t.test("accounts that hang or fail, more of them than are served at once, delay no other", async (t) => {
  const { database } = await createTestDatabase(t);
  const server = await startEmbeddedServer(t);
  const bad = Array.from({ length: 6 }, (_, index) => `bad-${index}`);
  let hanging = 0;
  watch(t, {
    database,
    server,
    accounts: [...bad, "alpha"],
    limit: 2,
    serve: async (account, folders, signal) => {
      if (account === "alpha") return await echo(account, folders);
      if (account < "bad-3") throw new Error("something of ours");
      hanging += 1;
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve());
      await promise;
    },
  });
  await waitFor("one hangs", () => hanging > 0);
  drop(server, "alpha", "FI", "abc");
  await waitFor("alpha is answered", () => answers(server, "alpha").length === 1);
  await waitFor("failures are kept", async () => {
    const health = await listAccountHealth(database, bad);
    return health.some(({ failures, lastFault }) => failures > 1 && lastFault === "roundFailed");
  });
});

t.test("a server that goes away and comes back is found again; faults are told", async (t) => {
  const { database } = await createTestDatabase(t);
  const server = await startEmbeddedServer(t);
  const proxy = await startFaultProxy(t, server.port);
  const faults: string[] = [];
  watch(t, { database, server, port: proxy.port, faults });
  drop(server, "alpha", "FI.1", "a");
  await waitFor("an answer", () => answers(server, "alpha").length === 1);
  proxy.setAway(true);
  drop(server, "alpha", "FI.2", "ab");
  await waitFor("faults", () => faults.length > 4);
  t.match(faults.join(), /alpha connection(Lost|Failed)/);
  t.same(answers(server, "alpha"), ["FI.1"]);
  proxy.setAway(false);
  await waitFor("the next answer", () => answers(server, "alpha").length === 2);
});

t.test("a connection that says nothing any more is given up, and the account served over another", async (t) => {
  const { database } = await createTestDatabase(t);
  const server = await startEmbeddedServer(t);
  const proxy = await startFaultProxy(t, server.port);
  const faults: string[] = [];
  watch(t, { database, server, port: proxy.port, timeoutMs: 300, faults });
  drop(server, "alpha", "FI.1", Buffer.alloc(2_000_000));
  await waitFor("an answer", () => answers(server, "alpha").length === 1);
  proxy.plan({ fault: "stall", from: "server", afterPieces: 20 });
  drop(server, "alpha", "FI.2", Buffer.alloc(2_000_000));
  await waitFor("the next answer", () => answers(server, "alpha").length === 2);
  t.match(faults.join(), /timedOut/);
});

t.test("a gateway whose own server has the folders takes a file up when its GO comes, by whatever way", async (t) => {
  const { database } = await createTestDatabase(t);
  const server = await startEmbeddedServer(t);
  const looks = { alpha: 0, beta: 0 };
  watch(t, {
    database,
    server,
    access: server.server.folders,
    // Nobody waits so long.
    pollIntervalMs: 3_600_000,
    serve: async (account, folders) => {
      const isStarted = (await folders.list("IN")).some(({ name }) => /^(GO|TD)/.test(name));
      if (isStarted) await echo(account, folders);
      looks[account as "alpha" | "beta"] += 1;
    },
  });
  await waitFor("a first look at each", () => looks.alpha === 1 && looks.beta === 1);
  drop(server, "alpha", "FI.1", "a");
  drop(server, "alpha", "GO.1", "");
  await waitFor("an answer to what is put there", () => answers(server, "alpha").length === 2);
  const client = await connect(t, server, "beta", server.accounts.beta);
  await client.put(Buffer.from("ab"), "/IN/FI.2");
  await client.put(Buffer.from(""), "/IN/GO.2");
  await waitFor("an answer to what is uploaded", () => answers(server, "beta").length === 2);
  await client.put(Buffer.from("abc"), "/IN/FI.3");
  await client.put(Buffer.from(""), "/IN/part");
  await client.rename("/IN/part", "/IN/TD.3");
  await waitFor("an answer to what is renamed", () => answers(server, "beta").includes("TD.3"));
});

t.test("a stop waits for the round at hand, then breaks it off; another process goes on", async (t) => {
  const { database } = await createTestDatabase(t);
  const server = await startEmbeddedServer(t);
  let rounds = 0;
  const watcher = watch(t, {
    database,
    server,
    accounts: ["alpha"],
    serve: async (_account, folders, signal) => {
      rounds += 1;
      while (!signal.aborted) await folders.list("IN");
    },
  });
  await waitFor("a round", () => rounds > 0);
  await watcher.stop(100);
  t.equal(rounds, 1);
  drop(server, "alpha", "FI", "abc");
  watch(t, { database, server, accounts: ["alpha"] });
  await waitFor("an answer", () => answers(server, "alpha").length === 1);
  t.match(await listAccountHealth(database, ["alpha"]), [{ failures: 0 }], "being stopped is no failure");
});
