import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import t from "tap";
import { listRoots } from "../../src/spaces/numbers/group-files.ts";
import { SHARED_GROUP } from "../../src/spaces/numbers/synthetic-number.ts";
import { createRandom } from "../../src/synthetic/random.ts";
import { startGateway } from "./gateway-process.ts";
import { KILLS } from "./kill-budget.ts";
import { createSender } from "./sender.ts";

const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000_000);
const SHORTEST_LIFE_MS = 100;
const LONGEST_LIFE_MS = 1_500;
const PROJECT = new URL("../../", import.meta.url);

const readLines = (path: string) => readFileSync(new URL(path, PROJECT), "utf8").trimEnd().split("\n");
const migrations = JSON.parse(readFileSync(new URL("drizzle/meta/_journal.json", PROJECT), "utf8")).entries;

async function run(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end();
  }
}

t.test("a first start that is killed again and again ends in a whole installation", async (t) => {
  t.comment(`seed ${SEED}`);
  const random = createRandom(SEED, 5);
  const serverUrl = String(process.env.TEST_DATABASE_URL);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await run(serverUrl, `create database ${name} template template0`);
  t.teardown(() => run(serverUrl, `drop database ${name} with (force)`));
  const url = new URL(serverUrl);
  url.pathname = name;

  const folder = t.testdir();
  const start = () => startGateway({ DATABASE_URL: url.href, DATA_DIRECTORY: folder }, join(folder, "no-plan.json"));
  let kills = 0;
  while (kills < KILLS["first-start"]) {
    const victim = start();
    await sleep(SHORTEST_LIFE_MS + random.below(LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
    victim.signal("SIGKILL");
    if ((await victim.ended).signal === "SIGKILL") kills += 1;
  }
  t.comment(`${kills} processes killed`);

  const gateway = start();
  t.ok(await gateway.ready, gateway.printed.join("\n"));
  const sender = createSender(join(folder, "certificates"), "client-beta", gateway.address);
  t.same(await sender.list(), [], "its certificates open the door");
  const count = async (table: string) => (await run(url.href, `select count(*)::int from ${table}`))[0]?.count;
  t.equal(await count("drizzle.__drizzle_migrations"), migrations.length);
  t.equal(await count("insurer"), 2);
  t.equal(await count("client_certificate"), 4);
  t.equal(
    await count("provider"),
    readLines("fixtures/initial-load/register.csv").length - 1 + listRoots(SHARED_GROUP).length,
  );
  t.equal(await count("competence_code"), readLines("src/register/competence-codes.csv").length);
  t.equal(await count("fact_file"), 1, "the numbers that choose their outcome, once");
  gateway.signal("SIGTERM");
  t.same(await gateway.ended, { code: 0, signal: null });
});
