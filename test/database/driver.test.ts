import { readFile } from "node:fs/promises";
import t from "tap";
import { OLD_FUNCTIONS, postgres } from "../../src/database/driver.ts";

t.test("the driver has the functions that are to be young, each once", async (t) => {
  const folder = new URL("../../node_modules/postgres/src/", import.meta.url);
  for (const [file, functions] of Object.entries(OLD_FUNCTIONS)) {
    const text = await readFile(new URL(file, folder), "utf8");
    for (const [place, method] of functions) t.equal(text.split(`\n${place}${method}`).length, 2, place.trim());
  }
});

t.test("none of them is the whole right side of an assignment in the driver that is used", (t) => {
  const sql = postgres("postgres://nobody@127.0.0.1:1/none", { max: 1 });
  const used = [sql`select 1`.constructor, sql.begin].map(String);
  const young = Object.values(OLD_FUNCTIONS).flat();
  for (const [place, method] of young) {
    t.ok(
      used.some((text) => text.includes(`${place}(0, ${method.trimEnd()})`)),
      place.trim(),
    );
  }
  t.end();
});
