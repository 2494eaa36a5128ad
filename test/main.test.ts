import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { startGateway } from "./crash/gateway-process.ts";
import { createTestDatabase } from "./database.ts";

t.test("a port that is taken is said in one sentence that names what to set, with status 1", async (t) => {
  const { url } = await createTestDatabase(t);
  const other = createServer().listen(0, "127.0.0.1");
  t.teardown(() => other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const folder = t.testdir({});
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder, PORT: String(port) };
  const gateway = startGateway(settings, join(folder, "no-plan"));
  t.same(await gateway.ended, { code: 1, signal: null });
  t.same(gateway.printed, [
    `Port ${port} is taken by another process: set PORT, SFTP_PORT or METRICS_PORT, whichever it is, to a free one.`,
  ]);
});

t.test("a register file that is not there is said in one sentence, before anything is started", async (t) => {
  const main = join(import.meta.dirname, "../src/main.ts");
  const folder = t.testdir({});
  const { status, stderr } = spawnSync(process.execPath, [main, "load-register", "/nonexist.csv"], {
    cwd: folder,
    encoding: "utf8",
  });
  t.equal(status, 1);
  t.equal(stderr, "/nonexist.csv cannot be read: name a file that is there and that you may read.\n");
});
