import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import t from "tap";
import { createTestDatabase } from "./database.ts";

// There is no container engine where tests run, so the steps of the Dockerfile run here, each stage in a folder that
// stands for its file system. What stays untested: the base image, and the user the steps run as.

const PROJECT = fileURLToPath(new URL("../", import.meta.url));

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  /** Stands for `/`. Outside the project, whose node_modules would otherwise be found from inside. */
  readonly root: string;
  readonly environment: Record<string, string>;
  readonly instructions: Instruction[];
  workFolder: string;
}

const stages = readStages();
const final = stages.at(-1);
if (!final) throw new Error("the Dockerfile has no stage");
t.teardown(() => {
  for (const { root } of stages) rmSync(root, { recursive: true, force: true });
});

function readStages(): Stage[] {
  const text = readFileSync(join(PROJECT, "Dockerfile"), "utf8");
  const found: Stage[] = [];
  for (const line of text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ")
    .split("\n")) {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (!word || rest === undefined) continue;
    if (word === "FROM") {
      const [image = "", , name] = rest.split(/\s+/);
      const root = mkdtempSync(join(tmpdir(), "dockerfile-"));
      found.push({ image, name, root, environment: {}, instructions: [], workFolder: "/" });
    } else found.at(-1)?.instructions.push({ word, rest });
  }
  return found;
}

/** The steps that make the stage's file system, in order. */
function build(stage: Stage): void {
  mkdirSync(join(stage.root, "home", "node"), { recursive: true });
  for (const { word, rest } of stage.instructions) {
    if (word === "ENV") {
      for (const [, name = "", value = ""] of rest.matchAll(/(\w+)=(\S+)/g)) stage.environment[name] = value;
    } else if (word === "WORKDIR") {
      stage.workFolder = rest;
      mkdirSync(join(stage.root, rest), { recursive: true });
    } else if (word === "COPY") copy(stage, rest.split(/\s+/));
    else if (word === "RUN") runStep(stage, rest);
  }
}

function copy(stage: Stage, words: string[]): void {
  const from = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
  const paths = words.filter((word) => !word.startsWith("--"));
  const target = paths.pop() ?? ".";
  const source = from === undefined ? PROJECT : stages.find(({ name }) => name === from)?.root;
  if (source === undefined) throw new Error(`COPY --from=${from}: there is no such stage`);
  for (const path of paths) {
    const isAllowed = allowedToBuild().some((rule) => path === rule || path.startsWith(`${rule}/`));
    if (from === undefined && !isAllowed) throw new Error(`.dockerignore keeps out ${path}`);
    const into = join(stage.root, stage.workFolder, target);
    // Docker copies the content of a folder, and a file into a folder whose name ends in a slash.
    cpSync(join(source, path), target.endsWith("/") ? join(into, basename(path)) : into, {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

function allowedToBuild(): string[] {
  const lines = readFileSync(join(PROJECT, ".dockerignore"), "utf8").split("\n");
  const rules = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (rules[0] !== "*") throw new Error(".dockerignore must begin by keeping out everything");
  return rules.slice(1).map((rule) => rule.replace(/^!/, ""));
}

function runStep(stage: Stage, command: string): void {
  const here = command.replaceAll(/(?<=\s)\/(app|home|usr)\b/g, `${stage.root}/$1`);
  const { status, stderr } = spawnSync("sh", ["-c", here], {
    cwd: join(stage.root, stage.workFolder),
    env: { ...machineEnvironment(), npm_config_prefer_offline: "true" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`RUN ${command} failed:\n${stderr}`);
}

/**
 * What npm needs of this machine to reach its packages. Not the variables that `npm test` sets for its children: one of
 * them would make an inner npm work on this project instead of its own folder.
 */
function machineEnvironment(): Record<string, string> {
  const kept =
    /^(PATH|HOME|TMPDIR|npm_config_(cache|registry|userconfig|globalconfig)|NODE_EXTRA_CA_CERTS|SSL_.*|https?_proxy|no_proxy)$/i;
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => kept.test(entry[0]));
  return Object.fromEntries(entries);
}

function findInstruction(word: string): string {
  return final?.instructions.findLast((instruction) => instruction.word === word)?.rest ?? "";
}

/** A command of the image (JSON form), with Node 26 as its `node`, in the stage's folder. */
function start(command: string, environment: Record<string, string>): ChildProcess {
  const [program, ...args]: string[] = JSON.parse(command);
  if (!final || program !== "node") throw new Error(`${command} does not start node`);
  const { root, environment: set } = final;
  const moved = ["DATA_DIRECTORY", "NODE_COMPILE_CACHE"].map((name) => [name, join(root, set[name] ?? "")]);
  const inside = { ...set, ...Object.fromEntries(moved) };
  return spawn(process.execPath, args, {
    cwd: join(final.root, final.workFolder),
    env: { PATH: dirname(process.execPath), ...inside, HOST: "127.0.0.1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function exitStatus(child: ChildProcess): Promise<number> {
  const [code] = await once(child, "exit");
  return code;
}

t.test("the image has several stages on one small base, a plain user and the service as its command", async (t) => {
  t.ok(stages.length >= 2);
  for (const { image } of stages) t.equal(image, "node:26-slim");
  t.equal(findInstruction("USER"), "node");
  const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const [settings, command] = scripts.start.split(" exec ");
  t.equal(JSON.parse(findInstruction("CMD")).join(" "), command, "the same as npm start");
  const environment = final?.instructions.filter(({ word }) => word === "ENV").map(({ rest }) => rest) ?? [];
  const set = environment.join(" ").split(" ");
  for (const setting of settings.split(" ")) {
    const [name] = setting.split("=");
    // Where the compiled code is kept is the image's own.
    const isSet = (one: string) =>
      name === "NODE_COMPILE_CACHE" ? one.startsWith(`${name}=/home/node/`) : one === setting;
    t.ok(set.some(isSet), setting);
  }
  t.match(findInstruction("HEALTHCHECK"), "/REST/digitalContracts/v1/health");
});

t.test("its steps run, and leave production packages only", async (t) => {
  for (const stage of stages) build(stage);
  const {
    dependencies,
    devDependencies,
    optionalDependencies,
  }: Record<string, Record<string, string>> = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
  const app = join(final.root, final.workFolder);
  const isThere = (name: string) => existsSync(join(app, "node_modules", name));
  t.same(
    Object.keys(dependencies ?? {}).filter((name) => !isThere(name)),
    [],
  );
  const unwanted = { ...devDependencies, ...optionalDependencies };
  // Some development packages are also brought by production ones.
  const lock: { packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }> } = JSON.parse(
    readFileSync(join(PROJECT, "package-lock.json"), "utf8"),
  );
  const isNeeded = (name: string) => {
    const { dev, optional, devOptional } = lock.packages[`node_modules/${name}`] ?? {};
    return !dev && !optional && !devOptional;
  };
  t.same(
    Object.keys(unwanted).filter((name) => isThere(name) && !isNeeded(name)),
    [],
  );
  t.same(readdirSync(app).sort(), [
    "LICENSE",
    "docs",
    "drizzle",
    "node_modules",
    "openapi",
    "package.json",
    "schemas",
    "src",
  ]);
});

t.test("the command line of operators is on the path", async (t) => {
  const PATH = `${join(final.root, "usr/local/bin")}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const { status, stdout, stderr } = spawnSync("infoss", ["certificate", "register", "--help"], {
    env: { PATH },
    encoding: "utf8",
  });
  t.match({ status, stdout, stderr }, { status: 0, stdout: /^Usage: infoss certificate register /, stderr: "" });
});

t.test("in production without settings its command ends by listing what is missing", async (t) => {
  const child = start(findInstruction("CMD"), { ENVIRONMENT: "production" });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk));
  t.equal(await exitStatus(child), 1);
  for (const name of ["DATABASE_URL", "PUBLIC_URL", "TLS_KEY_FILE", "SIGNING_KEYS_DIRECTORY"])
    t.match(said, `- ${name} is not set`);
});

t.test("without a database its command says to set DATABASE_URL", async (t) => {
  const child = start(findInstruction("CMD"), {});
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk));
  t.equal(await exitStatus(child), 1);
  t.match(said, "Set DATABASE_URL to a PostgreSQL 18 or later");
});

t.test("with a database its command serves, its health check agrees, and SIGTERM ends both", async (t) => {
  const { url } = await createTestDatabase(t);
  const PORT = String(await findFreePort());
  const SFTP_PORT = String(await findFreePort());
  const child = start(findInstruction("CMD"), { DATABASE_URL: url, PORT, SFTP_PORT });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk));
  t.teardown(() => child.kill("SIGKILL"));
  const health = findInstruction("HEALTHCHECK").replace(/^.*?CMD /, "");
  const isHealthy = async () => (await exitStatus(start(health, { PORT }))) === 0;
  let healthy = await isHealthy();
  while (!healthy && child.exitCode === null) {
    await delay(250);
    healthy = await isHealthy();
  }
  t.ok(healthy, said);
  child.kill("SIGTERM");
  t.equal(await exitStatus(child), 0, said);
  t.notOk(await isHealthy(), "the health check notices that nobody answers");
});

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
}
