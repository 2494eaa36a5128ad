import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import t from "tap";
import { type EmbeddedDatabaseOptions, startEmbeddedDatabase } from "../../src/database/embedded-database.ts";
import { EmbeddedDatabaseError } from "../../src/database/embedded-database-error.ts";

const SOURCE = new URL("../../src/database/", import.meta.url);
const MODULE = new URL("embedded-database.ts", SOURCE).href;
const NOBODY = 65_534;

const folder = join(t.testdir(), "database");
const asRoot = process.getuid?.() === 0;

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(text))] as Row[];
  } finally {
    await sql.end();
  }
}

/** Starts, asks, stops. */
async function startAndAsk<Row>(at: string, text: string, options?: EmbeddedDatabaseOptions): Promise<Row[]> {
  const database = await startEmbeddedDatabase(at, options);
  try {
    return await query<Row>(database.url, text);
  } finally {
    await database.stop();
  }
}

/** Starts the database in a process of its own and waits for its address. */
async function startElsewhere(at: string, uid?: number): Promise<{ child: ChildProcess; said: string }> {
  const script = `const { startEmbeddedDatabase } = await import(${JSON.stringify(MODULE)});
    const started = await startEmbeddedDatabase(${JSON.stringify(at)}).catch((error) => ({ url: error.message }));
    console.log(started.url);
    process.stdin.on("data", () => process.exit());`;
  const options = uid === undefined ? {} : { uid, gid: uid };
  // Without the variables of the test runner, whose folder another user may not write to.
  const child = spawn("env", ["-i", process.execPath, "--input-type=module", "--eval", script], {
    ...options,
    cwd: "/",
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => (said += chunk));
  if (child.stdout) await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  return { child, said: said.trim() };
}

async function end(child: ChildProcess, how: "SIGKILL" | "exit"): Promise<void> {
  const ended = once(child, "exit");
  if (how === "exit") child.stdin?.write("exit");
  else child.kill(how);
  await ended;
}

async function postmasterOf(at: string): Promise<number> {
  return Number.parseInt(await readFile(join(at, "cluster", "postmaster.pid"), "utf8"), 10);
}

/** The database removes its mark as the last thing it does. */
async function waitUntilStopped(at: string): Promise<void> {
  while (await stat(join(at, "cluster", "postmaster.pid")).catch(() => false)) await delay(20);
}

t.test("the first start makes a durable PostgreSQL 18 that listens on the loopback alone", async (t) => {
  const settings = ["listen_addresses", "unix_socket_directories", "fsync", "synchronous_commit", "full_page_writes"];
  settings.push("server_version_num", "shared_buffers", "work_mem");
  const columns = settings.map((name) => `current_setting('${name}') as ${name}`);
  const rows = await startAndAsk<Record<string, string>>(
    folder,
    `select datlocale, ${columns} from pg_database where datname = current_database()`,
    { settings: { work_mem: "5MB" } },
  );
  t.match(rows, [
    {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      server_version_num: /^18/,
      datlocale: "C.UTF-8",
      shared_buffers: "256MB",
      work_mem: "5MB",
    },
  ]);
});

t.test("the password is random, needed and readable by its owner alone", async (t) => {
  const password = await readFile(join(folder, "password"), "utf8");
  t.match(password, /^[\w-]{32}$/);
  t.equal((await stat(join(folder, "password"))).mode & 0o777, 0o600);
  const database = await startEmbeddedDatabase(folder);
  t.equal(new URL(database.url).password, password);
  await t.rejects(query(database.url.replace(password, "guess"), "select 1"), { code: "28P01" });
  await database.stop();
  await t.rejects(stat(join(folder, "initial-password")), "the copy for the first start is gone");
  t.notMatch(await readFile(join(folder, "postgres.log"), "utf8"), password);
});

t.test("what was written is there after a stop and a start, and stopping twice does no harm", async (t) => {
  const database = await startEmbeddedDatabase(folder);
  await query(database.url, "create table kept (word text); insert into kept values ('durable')");
  await database.stop();
  await database.stop();
  t.same(await startAndAsk(folder, "select word from kept"), [{ word: "durable" }]);
});

t.test("a second start on the same folder is refused, in the same process and in another one", async (t) => {
  const database = await startEmbeddedDatabase(folder);
  const message =
    `The database in ${folder} is in use by process ${process.pid}. ` +
    "Stop that process first, or set DATA_DIRECTORY to another folder.";
  await t.rejects(startEmbeddedDatabase(folder), new EmbeddedDatabaseError(message));
  const { child, said } = await startElsewhere(folder);
  t.equal(said, message);
  await end(child, "exit");
  t.same(await query(database.url, "select word from kept"), [{ word: "durable" }], "the first one goes on");
  await database.stop();
});

t.test("after a process was killed the next start ends the database it left behind and goes on", async (t) => {
  const { child, said } = await startElsewhere(folder);
  await query(said, "insert into kept values ('committed before the kill')");
  const orphan = await postmasterOf(folder);
  await end(child, "SIGKILL");
  t.same(await query(said, "select count(*)::int as n from kept"), [{ n: 2 }], "it outlives the killed process");
  const database = await startEmbeddedDatabase(folder);
  t.not(await postmasterOf(folder), orphan);
  t.same(await query(database.url, "select count(*)::int as n from kept"), [{ n: 2 }]);
  await database.stop();
});

t.test("a process that leaves without stopping its database takes it along", async () => {
  const { child } = await startElsewhere(folder);
  await end(child, "exit");
  await waitUntilStopped(folder);
});

t.test("after the database itself was killed the next start recovers what was committed", async (t) => {
  const database = await startEmbeddedDatabase(folder);
  await query(database.url, "insert into kept values ('committed before the crash')");
  process.kill(await postmasterOf(folder), "SIGKILL");
  await database.stop();
  t.same(await startAndAsk(folder, "select count(*)::int as n from kept"), [{ n: 3 }]);
});

t.test("a mark left by a crash does not stop a start when its process number belongs to somebody else", async (t) => {
  const mark = join(folder, "cluster", "postmaster.pid");
  const { uid, gid } = await stat(join(folder, "cluster"));
  const stranger = spawn("sleep", ["60"], { cwd: "/", stdio: "ignore", ...(asRoot ? { uid, gid } : {}) });
  await writeFile(mark, `${stranger.pid}\n${join(folder, "cluster")}\n1700000000\n5432\n\n127.0.0.1\n\nready   \n`);
  await chown(mark, uid, gid);
  t.same(await startAndAsk(folder, "select count(*)::int as n from kept"), [{ n: 3 }]);
  t.ok(stranger.exitCode === null && stranger.signalCode === null, "the other process is left alone");
  stranger.kill();
});

t.test("a wanted port is used, and said to be taken when it is", async (t) => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const { port } = blocker.address() as AddressInfo;
  await t.rejects(startEmbeddedDatabase(folder, { port }), {
    name: "EmbeddedDatabaseError",
    message: `Port ${port} of 127.0.0.1 is taken, so the embedded database could not start.`,
  });
  blocker.close();
  await once(blocker, "close");
  const database = await startEmbeddedDatabase(folder, { port });
  t.equal(database.port, port);
  t.equal(new URL(database.url).port, String(port));
  await database.stop();
});

t.test("a setting PostgreSQL does not know ends the start with its own words", async (t) => {
  await t.rejects(startEmbeddedDatabase(folder, { settings: { jitt: "off" } }), {
    message: /did not start.*unrecognized configuration parameter "jitt"/s,
  });
});

t.test("a lost password is reported with the way out, and nothing is overwritten", async (t) => {
  const password = join(folder, "password");
  const kept = await readFile(password, "utf8");
  await rm(password);
  await t.rejects(startEmbeddedDatabase(folder), { message: /Restore that file, or remove .* empty database/ });
  await writeFile(password, kept, { mode: 0o600 });
  t.same(await startAndAsk(folder, "select count(*)::int as n from kept"), [{ n: 3 }]);
});

t.test("a first start that was cut off is begun afresh", async (t) => {
  const cut = join(t.testdir(), "database");
  await mkdir(join(cut, "cluster.unfinished", "base"), { recursive: true });
  await writeFile(join(cut, "password"), "of the start that was cut off");
  t.same(await startAndAsk(cut, "select 1 as one"), [{ one: 1 }]);
});

t.test("without the package the error says to set DATABASE_URL", async (t) => {
  const alone = await mkdtemp(join(tmpdir(), "without-packages-"));
  t.teardown(() => rm(alone, { recursive: true }));
  const files = ["embedded-database", "embedded-database-error", "folder-lock", "postgres-account", "postgres-process"];
  for (const name of files) await copyFile(fileURLToPath(new URL(`${name}.ts`, SOURCE)), join(alone, `${name}.ts`));
  const copy: { startEmbeddedDatabase: typeof startEmbeddedDatabase } = await import(
    join(alone, basename(fileURLToPath(MODULE)))
  );
  await t.rejects(copy.startEmbeddedDatabase(join(alone, "database")), {
    name: "EmbeddedDatabaseError",
    message: /^No embedded PostgreSQL is installed for this machine\. Set DATABASE_URL to a PostgreSQL 18 or later/,
  });
});

t.test(
  "root starts a database whose folder is closed to everybody else",
  { skip: asRoot ? false : "only root has a database of another user: run as root" },
  async (t) => {
    const closed = join(t.testdir(), "closed");
    await mkdir(closed, { mode: 0o700 });
    await chmod(closed, 0o700);
    t.same(await startAndAsk(join(closed, "database"), "select 1 as one"), [{ one: 1 }]);
    t.not((await stat(join(closed, "database", "cluster"))).uid, 0);
  },
);

const nobodyCanRunNode = asRoot && spawnSync(process.execPath, ["-v"], { cwd: "/", uid: NOBODY }).status === 0;
const skipWithoutNobody = nobodyCanRunNode
  ? false
  : "a plain user must be able to run this Node: run as root, where all may read";

t.test("a plain user starts it, and root goes on with that user's data", { skip: skipWithoutNobody }, async (t) => {
  const theirs = await mkdtemp(join(tmpdir(), "plain-user-"));
  t.teardown(() => rm(theirs, { recursive: true }));
  await chown(theirs, NOBODY, NOBODY);
  const { child, said } = await startElsewhere(join(theirs, "database"), NOBODY);
  t.same(await query(said, "select 1 as one"), [{ one: 1 }]);
  await end(child, "exit");
  await waitUntilStopped(join(theirs, "database"));
  t.same(await startAndAsk(join(theirs, "database"), "select 1 as one"), [{ one: 1 }]);
  const other = await startElsewhere(join(theirs, "database"), NOBODY - 1);
  t.match(other.said, /EACCES|readonly|unable to open|belongs to the user with number 65534/);
  await end(other.child, "exit");
});
