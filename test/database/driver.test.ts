import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createDatabase } from "../../src/database/connection.ts";
import { CHANGES, postgres } from "../../src/database/driver.ts";
import { createTestDatabase } from "../database.ts";

t.test("the driver has the places that are to be changed, each once", async (t) => {
  const folder = new URL("../../node_modules/postgres/src/", import.meta.url);
  for (const [file, changes] of Object.entries(CHANGES)) {
    const text = await readFile(new URL(file, folder), "utf8");
    for (const [place] of changes) t.equal(text.split(place).length, 2, place.trim());
  }
});

t.test("no function of a query is the whole right side of an assignment in the driver that is used", (t) => {
  const sql = postgres("postgres://nobody@127.0.0.1:1/none", { max: 1 });
  const used = [sql`select 1`.constructor, sql.begin].map(String);
  for (const [, instead] of [...CHANGES["query.js"]!, ...CHANGES["index.js"]!]) {
    t.ok(
      used.some((text) => text.includes(instead)),
      instead.trim(),
    );
  }
  t.end();
});

t.test("a connection that was lost in the middle of a statement begins anew with nothing of it", async (t) => {
  const { url, owner } = await createTestDatabase(t);
  const { plain, close } = createDatabase(url, { plainConnections: 1 });
  t.teardown(close);
  const cut = () => owner`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep' and pid <> pg_backend_pid()`;
  for (const fetched of [0, 2_000]) {
    const lost = plain`
      select n, repeat('x', 100) as filled, pg_sleep(case when n > ${fetched} then 30 else 0 end)
      from generate_series(1, 3000) n`.then(
      () => "answered",
      ({ code }: { code: string }) => code,
    );
    while ((await cut()).length === 0) await sleep(20);
    t.equal(await lost, "CONNECTION_CLOSED");
    t.same([...(await plain`select 1 as n`)], [{ n: 1 }], `after ${fetched} rows`);
  }
});
