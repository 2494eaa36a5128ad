import { readFileSync } from "node:fs";
import { join } from "node:path";
import type SftpClient from "ssh2-sftp-client";
import t from "tap";
import { connect } from "./drop-server.ts";
import { skipWithout } from "./installed.ts";
import { makeSshKey } from "./ssh-keys.ts";
import { startSshd } from "./sshd.ts";

const namesIn = async (client: SftpClient, folder: string) =>
  (await client.list(folder)).map(({ name }) => name).sort();

t.test("OpenSSH as shipped", { skip: skipWithout("sshd", "nss_wrapper") }, async (t) => {
  const server = await startSshd(t);
  const alpha = await connect(t, server, "alpha", server.accounts.alpha);
  const gateway = await connect(t, server, "infoss-gateway", server.gateway);

  await t.test("an account sees its two folders and nothing else", async (t) => {
    t.same(await namesIn(alpha, "/"), ["IN", "OUT"]);
    for (const path of ["/accounts", "/keys", "/etc/passwd", "/../beta/IN"]) t.equal(await alpha.exists(path), false);
  });

  await t.test("what an account drops the gateway reads and removes, whatever rights it is given", async (t) => {
    await alpha.put(Buffer.from("dropped"), "/IN/file", { writeStreamOptions: { mode: 0o600 } });
    await alpha.rename("/IN/file", "/IN/renamed");
    await gateway.delete("/accounts/alpha/IN/renamed");
    await alpha.put(Buffer.from("dropped"), "/IN/file");
    t.equal(String(await gateway.get("/accounts/alpha/IN/file")), "dropped");
    await gateway.delete("/accounts/alpha/IN/file");
    t.same(await namesIn(alpha, "/IN"), []);
  });

  await t.test("what the gateway answers the account reads and removes", async (t) => {
    await gateway.put(Buffer.from("answer"), "/accounts/alpha/OUT/.unfinished");
    await gateway.posixRename("/accounts/alpha/OUT/.unfinished", "/accounts/alpha/OUT/answer");
    t.equal(String(await alpha.get("/OUT/answer")), "answer");
    await alpha.delete("/OUT/answer");
    t.same(await namesIn(gateway, "/accounts/alpha/OUT"), []);
  });

  await t.test("an account makes neither folder nor link, and nothing beside its folders", async (t) => {
    await t.rejects(alpha.mkdir("/IN/folder"), /Permission denied/);
    await t.rejects(alpha.put(Buffer.from("x"), "/file"), /Permission denied/);
    await t.rejects(alpha.rmdir("/IN"), /Permission denied/);
  });

  await t.test("only the right key opens an account, and keys are all that is asked for", async (t) => {
    const stranger = makeSshKey(t.testdir(), "stranger");
    for (const [username, key] of [
      ["alpha", stranger],
      ["alpha", server.accounts.beta],
      ["alpha", server.gateway],
      ["infoss-gateway", server.accounts.alpha],
      ["root", server.gateway],
      ["nobody", server.gateway],
    ] as const) {
      await t.rejects(connect(t, server, username, key), /authentication methods failed/, username);
    }
  });

  await t.test("the gateway sees accounts and keys, and changes neither folders nor its own key", async (t) => {
    t.same(await namesIn(gateway, "/"), ["accounts", "keys"]);
    t.same(await namesIn(gateway, "/keys"), ["alpha", "beta"]);
    await t.rejects(gateway.put(Buffer.from("x"), "/accounts/alpha/x"), /Permission denied/);
    t.equal(readFileSync(join(server.keysFolder, "alpha"), "utf8").trim(), server.accounts.alpha.publicKey);
  });
});
