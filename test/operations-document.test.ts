import { readFileSync } from "node:fs";
import t from "tap";
import { readConfig } from "../src/config.ts";
import { SETTINGS } from "../src/setting-reader.ts";

const document = readFileSync(new URL("../docs/operations.md", import.meta.url), "utf8");

/** The rows of the table of settings: name and default, without their quotes. */
const rows = [...document.matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$/gm)].map(([, name = "", otherwise = ""]) => ({
  name,
  otherwise: /^`([^`]*)`$/.exec(otherwise)?.[1],
}));

t.test("the table of settings lists every setting and no other", async (t) => {
  t.same(
    rows.map(({ name }) => name),
    SETTINGS,
  );
});

t.test("the defaults in the table are those of the code", async (t) => {
  // What it calls the address of a process that was given none, and folders, which the code makes absolute.
  const said = rows.filter(({ name, otherwise }) => otherwise !== undefined && name !== "PUBLIC_URL");
  t.ok(said.length >= 12, "most settings have a default");
  t.strictSame(readConfig(Object.fromEntries(said.map(({ name, otherwise }) => [name, otherwise]))), readConfig({}));
});

t.test("every setting of a default that differs would be noticed", async (t) => {
  for (const { name, otherwise } of rows.filter(({ otherwise }) => otherwise && /^\d+$/.test(otherwise))) {
    t.strictNotSame(readConfig({ [name]: String(Number(otherwise) + 1) }), readConfig({}), name);
  }
});
