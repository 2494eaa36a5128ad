import { globSync, readdirSync, readFileSync } from "node:fs";
import t from "tap";

const SRC = new URL("../src/", import.meta.url);
const document = readFileSync(new URL("../docs/architecture.md", import.meta.url), "utf8");
const [, section = ""] = document.split("## Folders of `src`");
const rows = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| (`.+?) \| (.+) \|$/gm)].map(
  ([, names = "", what = ""]) => ({ folders: [...names.matchAll(/`([\w-]+)\/`/g)].map(([, name]) => name), what }),
);

t.test("architecture.md lists every folder of src, and no other", async (t) => {
  const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  t.same(rows.flatMap((row) => row.folders).sort(), folders.map(({ name }) => name).sort());
});

t.test("architecture.md names every table beside the folder that owns it", async (t) => {
  for (const path of globSync("*/*-tables.ts", { cwd: SRC })) {
    const [folder] = path.split("/");
    const row = rows.find((one) => one.folders.includes(folder));
    const source = readFileSync(new URL(path, SRC), "utf8");
    for (const [, table] of source.matchAll(/pgTable\(\s*"(\w+)"/g)) {
      t.ok(row?.what.includes(`\`${table}\``), `${folder}: ${table}`);
    }
  }
});

t.test("architecture.md fits on two screens", async (t) => {
  t.ok(document.split("\n").length <= 110, "lines");
});
