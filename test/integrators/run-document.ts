import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { createTestDatabase } from "../database.ts";
import { findFreePort } from "./find-free-port.ts";
import { type Block, readDocument } from "./read-document.ts";
import { readerEnvironment, toPorts } from "./reader-environment.ts";
import { runBlocks } from "./run-blocks.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
export const DOCUMENTS = join(PROJECT, "docs/integrators");
/** What a reader finds in a clone. */
const OF_THE_CLONE = [
  ...["package.json", "tsconfig.json", "tsconfig.pack.json", "src", "node_modules"],
  ...["docs", "openapi", "schemas", "fixtures", "drizzle"],
];
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
  const { environment, ...fitting } = toPorts({
    port: await findFreePort(),
    sftpPort: await findFreePort(),
    hookPort: await findFreePort(),
  });
  const differences = await runBlocks(starts ? blocks : [START, ...blocks], {
    ...fitting,
    folder,
    environment: { ...readerEnvironment(), ...environment, DATABASE_URL: url },
  });
  for (const difference of differences) t.fail(difference);
  t.ok(
    blocks.some(({ use }) => use.kind === "run" || use.kind === "file"),
    "it tells to do something",
  );
}
