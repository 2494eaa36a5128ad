import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { createTestDatabase } from "../database.ts";
import { type Block, readDocument } from "./read-document.ts";
import { runBlocks } from "./run-blocks.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
export const DOCUMENTS = join(PROJECT, "docs/integrators");
/** What a reader finds in a clone. */
const OF_THE_CLONE = ["package.json", "src", "node_modules", "docs", "openapi", "schemas", "fixtures", "drizzle"];
/** Of a document that starts no gateway itself. */
const START: Block = { place: "the start of the gateway", text: "npm start\n", use: { kind: "server" } };

/** The test of one page. */
export function testDocument(name: string, options: { readonly skip?: string | false } = {}): void {
  t.test(`what ${name} tells its readers to do works, and shows what it shows`, options, (t) => runDocument(t, name));
}

/** Follows a document of docs/integrators as a reader would, on a gateway of its own that nobody has sent anything to. */
async function runDocument(t: Test, name: string): Promise<void> {
  const blocks = readDocument(name, readFileSync(join(DOCUMENTS, name), "utf8"));
  const starts = blocks.some(({ use }) => use.kind === "server");
  const folder = t.testdir({});
  for (const entry of OF_THE_CLONE.filter((entry) => existsSync(join(PROJECT, entry)))) {
    symlinkSync(join(PROJECT, entry), join(folder, entry));
  }
  const { url } = await createTestDatabase(t);
  const [port, sftpPort, hookPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const ports = [
    ["localhost:8443", `localhost:${port}`],
    ["localhost:2222", `localhost:${sftpPort}`],
    ["-P 2222", `-P ${sftpPort}`],
    ["8444", `${hookPort}`],
  ] as const;
  const differences = await runBlocks(starts ? blocks : [START, ...blocks], {
    folder,
    environment: { ...readerEnvironment(), DATABASE_URL: url, PORT: `${port}`, SFTP_PORT: `${sftpPort}` },
    fit: (text) => ports.reduce((fitted, [told, real]) => fitted.replaceAll(told, real), text),
    unfit: (text) => ports.reduce((told, [original, real]) => told.replaceAll(real, original), text),
  });
  for (const difference of differences) t.fail(difference);
  t.ok(
    blocks.some(({ use }) => use.kind === "run" || use.kind === "file"),
    "it tells to do something",
  );
}

/** Not the variables that `npm test` sets for its children: one of them would make an inner npm work on this project. */
const KEPT =
  /^(PATH|HOME|TMPDIR|npm_config_(cache|registry|userconfig|globalconfig)|NODE_EXTRA_CA_CERTS|SSL_.*|https?_proxy|no_proxy)$/i;

/** What a reader's shell has, and npm without lines of its own. */
export function readerEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  // On a machine that others load, nothing is put off.
  return { ...Object.fromEntries(kept), npm_config_loglevel: "error", MAXIMUM_EVENT_LOOP_DELAY_MS: "0" };
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
