import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type Exchange, GO, NAME, onEachServer, runClient, sha256, sshOptions } from "./on-each-server.ts";

async function sftp(exchange: Exchange, lines: readonly string[], options: readonly string[] = []): Promise<string> {
  const batch = join(exchange.folder, "batch");
  writeFileSync(batch, `${lines.join("\n")}\n`);
  const port = `-P${exchange.server.port}`;
  return runClient("sftp", ["-q", ...sshOptions(exchange), ...options, port, `-b${batch}`, "alpha@127.0.0.1"]);
}

t.test("OpenSSH's sftp in batch", async (t) => {
  await onEachServer(t, ["sftp"], async (t, exchange) => {
    await t.test("drops a file and its GO", async (t) => {
      await sftp(exchange, [
        `put ${exchange.file} IN/${NAME}.tmp`,
        `rename IN/${NAME}.tmp IN/${NAME}`,
        `put ${exchange.go} IN/`,
      ]);
      t.same(exchange.names("IN"), [NAME, GO].sort());
      t.equal(sha256(exchange.contentOf("IN", NAME)), sha256(exchange.content));
    });

    await t.test("fetches the answers, and removes them", async (t) => {
      await exchange.publish("FO.ACRF.x", "receipt");
      await exchange.publish("GO.ACRF.x", "");
      const fetched = join(exchange.folder, "fetched");
      const printed = await sftp(exchange, [
        "ls -1 OUT",
        `get OUT/*.ACRF.* ${fetched}/`,
        "rm OUT/*.ACRF.*",
        "ls -1 OUT",
      ]);
      t.match(printed, /OUT\/FO\.ACRF\.x\s+OUT\/GO\.ACRF\.x/);
      t.equal(readFileSync(join(fetched, "FO.ACRF.x"), "utf8"), "receipt");
      t.same(exchange.names("OUT"), []);
    });

    await t.test("goes on with an upload that was cut", async (t) => {
      await exchange.leaveHalf("resumed");
      await sftp(exchange, [`reput ${exchange.file} IN/resumed`]);
      t.equal(sha256(exchange.contentOf("IN", "resumed")), sha256(exchange.content));
    });

    await t.test("keeps times and changes keys under way", async (t) => {
      await sftp(exchange, [`put -p ${exchange.file} IN/kept`], ["-oRekeyLimit=1M"]);
      t.equal(sha256(exchange.contentOf("IN", "kept")), sha256(exchange.content));
    });

    await t.test("ends with an error where something is not allowed", async (t) => {
      await t.rejects(sftp(exchange, ["mkdir IN/folder"]), /Permission denied/);
      await t.rejects(sftp(exchange, [`put ${exchange.go} ..`]), /Permission denied|No such file/);
    });
  });
});
