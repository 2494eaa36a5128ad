/**
 * Writes openapi/digital-contracts.json from the routes. With `--check` (and another file, if need be) it compares
 * instead, and ends with 1 when they differ. Needs no database and no certificates: no route is ever called.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createApi } from "./api.ts";

const PUBLISHED = new URL("../../openapi/digital-contracts.json", import.meta.url);

const app = await createApi(() => {
  throw new Error("no request is answered while the document is written");
});
await app.ready();
const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
await app.close();

const [mode, file = PUBLISHED] = process.argv.slice(2);
if (mode === "--check") {
  const written = await readFile(file, "utf8").catch(() => "");
  if (written !== text) {
    console.error(
      "openapi/digital-contracts.json is not what the routes say. Run `npm run openapi` and commit the file.",
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(PUBLISHED, text);
}
