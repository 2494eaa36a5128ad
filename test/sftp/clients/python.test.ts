import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { type Exchange, GO, NAME, onEachServer, runClient, sha256 } from "./on-each-server.ts";

/** For which the packages of Debian are; another one may come first on the path. */
const DEBIAN_PYTHON = "/usr/bin/python3";

async function tellStory(t: Test, exchange: Exchange, script: string, host: string): Promise<void> {
  const { server, file, go, folder, content } = exchange;
  await exchange.leaveHalf("appended");
  await exchange.leaveHalf("resumed");
  await exchange.publish("FO.ACRF.x", "receipt");
  await exchange.publish("GO.ACRF.x", "");
  const program = fileURLToPath(new URL(script, import.meta.url));
  const fetched = join(folder, "fetched");
  await runClient(DEBIAN_PYTHON, [program, host, server.accounts.alpha.file, String(server.port), file, go, fetched]);
  t.same(exchange.names("IN"), [NAME, GO, "appended", "resumed"].sort());
  for (const name of [NAME, "appended", "resumed"]) {
    t.equal(sha256(exchange.contentOf("IN", name)), sha256(content), name);
  }
  t.equal(readFileSync(join(fetched, "FO.ACRF.x"), "utf8"), "receipt");
  t.same(exchange.names("OUT"), []);
}

t.test("paramiko drops, resumes, fetches and removes", async (t) => {
  await onEachServer(t, ["paramiko"], (t, exchange) =>
    tellStory(t, exchange, "paramiko_client.py", exchange.server.hostKey),
  );
});

t.test("asyncssh drops, resumes, fetches and removes", async (t) => {
  await onEachServer(t, ["asyncssh"], (t, exchange) =>
    tellStory(t, exchange, "asyncssh_client.py", exchange.server.knownHostsFile),
  );
});
