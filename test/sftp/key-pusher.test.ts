import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import type { AccountKeys } from "../../src/exchange/accounts.ts";
import { startKeyPusher } from "../../src/sftp/openssh/key-pusher.ts";
import { createSessionPool } from "../../src/sftp/session-pool.ts";
import { fingerprint } from "../../src/sftp/sftp-session.ts";
import { connect } from "./drop-server.ts";
import { skipWithout } from "./installed.ts";
import { makeSshKey } from "./ssh-keys.ts";
import { startSshd } from "./sshd.ts";

t.test("keys reach OpenSSH from the gateway", { skip: skipWithout("sshd", "nss_wrapper") }, async (t) => {
  const server = await startSshd(t);
  const { alpha, beta } = server.accounts;
  const added = makeSshKey(t.testdir(), "added");
  let registry: AccountKeys[] = [
    { accountName: "alpha", publicKeys: [alpha.publicKey, added.publicKey] },
    { accountName: "beta", publicKeys: [beta.publicKey] },
  ];
  const sessions = createSessionPool({
    host: "127.0.0.1",
    port: server.port,
    privateKey: Buffer.from(server.gateway.privateKey),
    hostKeys: [fingerprint(Buffer.from(server.hostKey.split(" ")[1]!, "base64"))],
    timeoutMs: 10_000,
  });
  const troubles: unknown[] = [];
  let rounds = 0;
  const pusher = startKeyPusher({
    listKeyFiles: async () => {
      rounds += 1;
      return registry;
    },
    sessions,
    user: "infoss-gateway",
    folder: server.keysPath,
    intervalMs: 50,
    log: { info: () => {}, warn: (...line: unknown[]) => void troubles.push(line) },
    raiseAlarm: async () => {},
  });
  t.teardown(() => pusher.stop());
  /** Two whole rounds from now. */
  const settle = async () => {
    for (const until = rounds + 3; rounds < until; ) await sleep(10);
  };
  const keyFile = (name: string) => readFileSync(join(server.keysFolder, name), "utf8");

  await t.test("an added key opens its account, and no other", async (t) => {
    await settle();
    t.same(keyFile("alpha").split("\n"), [`restrict ${alpha.publicKey}`, `restrict ${added.publicKey}`, ""]);
    t.same((await (await connect(t, server, "alpha", added)).list("/IN")).length, 0);
    await t.rejects(connect(t, server, "beta", added), /authentication methods failed/);
  });

  await t.test("a key that is taken back opens nothing any more", async (t) => {
    registry = [
      { accountName: "alpha", publicKeys: [added.publicKey] },
      { accountName: "beta", publicKeys: [beta.publicKey] },
    ];
    await settle();
    await t.rejects(connect(t, server, "alpha", alpha), /authentication methods failed/);
    await connect(t, server, "alpha", added);
  });

  await t.test("an account that is closed, or has no keys, has no file", async (t) => {
    registry = [{ accountName: "alpha", publicKeys: [] }];
    await settle();
    t.same(readdirSync(server.keysFolder), []);
    await t.rejects(connect(t, server, "alpha", added), /authentication methods failed/);
    await t.rejects(connect(t, server, "beta", beta), /authentication methods failed/);
  });

  await t.test("what somebody else put there, or changed, is put right", async (t) => {
    registry = [{ accountName: "alpha", publicKeys: [alpha.publicKey] }];
    await settle();
    const stranger = makeSshKey(t.testdir(), "stranger");
    for (const name of ["beta", "alpha", ".alpha.abandoned"]) {
      writeFileSync(join(server.keysFolder, name), `${stranger.publicKey}\n`);
    }
    const longAgo = new Date("2020-01-01");
    utimesSync(join(server.keysFolder, ".alpha.abandoned"), longAgo, longAgo);
    await settle();
    t.same(readdirSync(server.keysFolder), ["alpha"]);
    t.equal(keyFile("alpha"), `restrict ${alpha.publicKey}\n`);
    t.same(troubles, []);
  });

  await t.test("a server that was away gets its keys when it is back", async (t) => {
    await server.stop();
    registry = [{ accountName: "beta", publicKeys: [beta.publicKey] }];
    await settle();
    t.not(troubles.length, 0, "which is told");
    await server.start();
    while (readdirSync(server.keysFolder).join() !== "beta") await sleep(20);
    await connect(t, server, "beta", beta);
    await t.rejects(connect(t, server, "alpha", alpha), /authentication methods failed/);
  });
});
