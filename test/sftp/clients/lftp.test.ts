import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type Exchange, GO, NAME, onEachServer, runClient, sha256, sshOptions } from "./on-each-server.ts";

async function lftp(exchange: Exchange, ...commands: readonly string[]): Promise<string> {
  const script = [
    `set sftp:connect-program "ssh -a -x ${sshOptions(exchange).join(" ")}"`,
    "set cmd:fail-exit yes",
    "set net:max-retries 1",
    `open -u alpha, sftp://127.0.0.1:${exchange.server.port}`,
    ...commands,
  ];
  return runClient("lftp", ["--norc", "-c", script.join("; ")]);
}

t.test("lftp", async (t) => {
  await onEachServer(t, ["lftp", "sftp"], async (t, exchange) => {
    await t.test("mirrors a folder into IN", async (t) => {
      await lftp(exchange, `mirror -R ${join(exchange.folder, "drop")} IN`);
      t.same(exchange.names("IN"), [NAME, GO].sort());
      t.equal(sha256(exchange.contentOf("IN", NAME)), sha256(exchange.content));
      await lftp(exchange, `mirror -R ${join(exchange.folder, "drop")} IN`);
      t.same(exchange.names("IN"), [NAME, GO].sort(), "and again");
    });

    await t.test("mirrors OUT, and removes what it fetched", async (t) => {
      await exchange.publish("FO.ACRF.x", "receipt");
      await exchange.publish("GO.ACRF.x", "");
      await lftp(exchange, `mirror --Remove-source-files OUT ${join(exchange.folder, "fetched")}`);
      t.equal(readFileSync(join(exchange.folder, "fetched", "FO.ACRF.x"), "utf8"), "receipt");
      t.same(exchange.names("OUT"), []);
    });

    await t.test("uploads under another name and renames, and goes on with an upload that was cut", async (t) => {
      await lftp(exchange, "set xfer:use-temp-file yes", `put ${exchange.file} -o IN/named`);
      t.equal(sha256(exchange.contentOf("IN", "named")), sha256(exchange.content));
      await exchange.leaveHalf("resumed");
      await lftp(exchange, `put -c ${exchange.file} -o IN/resumed`);
      t.equal(sha256(exchange.contentOf("IN", "resumed")), sha256(exchange.content));
      t.same(exchange.names("IN"), [NAME, GO, "named", "resumed"].sort());
    });
  });
});
