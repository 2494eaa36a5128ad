import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Test } from "tap";
import type { Database } from "../../src/database/connection.ts";
import type { Sql } from "../../src/database/sql.ts";
import { ensureDevelopmentCertificates } from "../../src/identity/development-certificates.ts";
import type { Step } from "../../src/intake/steps.ts";
import { loadRegister } from "../../src/register/load-register.ts";
import { createTestDatabase } from "../database.ts";
import type { Settings } from "../test-settings.ts";
import { type InputFile, type InsurerName, writeRegister } from "./crash-inputs.ts";
import { isCrashPending, writeCrashPlan } from "./crash-plan.ts";
import { type GatewayProcess, startGateway } from "./gateway-process.ts";
import { findDamagedPayloads, type Outcome, readOutcome } from "./outcome.ts";
import { createSender, type HeldReceipt, type Sender } from "./sender.ts";

const PATIENCE_MS = 240_000;
const SHOWN_DIFFERENCES = 8;

/** Gateways on one database, the senders of two insurers, and what it takes to make the gateways die. */
export interface Scene {
  readonly url: string;
  readonly database: Database;
  /** Looks behind row-level security. */
  readonly owner: Sql;
  /** Starts one more gateway on the same database. It may not be ready yet. */
  start(settings?: Settings): GatewayProcess;
  /** Starts one and waits until it is ready. */
  startReady(settings?: Settings): Promise<GatewayProcess>;
  readonly alive: () => GatewayProcess[];
  readonly senders: Readonly<Record<InsurerName, Sender>>;
  /** Names the certificates as an operator does: a gateway so started admits no insurers, which waits for their locks. */
  readonly namedCertificates: Settings;
  /** The process that reaches the step first gets the signal there. */
  plan(step: Step, occurrence?: number, signal?: NodeJS.Signals): void;
  /** Waits until a process has carried out the plan. */
  planCarriedOut(): Promise<void>;
  /** Processes that ended by SIGKILL so far. */
  readonly kills: () => number;
  /** What the processes printed besides their log: the traces of errors that nobody caught. */
  readonly printed: () => string[];
  /** Sends the files in order, each after the one it depends on has ended, and waits until all have. */
  sendAll(files: readonly InputFile[]): Promise<HeldReceipt[]>;
}

export interface ScenePlace {
  readonly url: string;
  readonly database: Database;
  readonly owner: Sql;
}

/** A scene whose register knows what all files need that were generated before; on a database of its own unless given one. */
export async function openScene(t: Test, place?: ScenePlace): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "infoss-crash-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { url, database, owner } = place ?? (await createTestDatabase(t));
  const register = join(folder, "register.csv");
  writeRegister(register);
  await loadRegister(database, register);
  const { folder: certificates } = await ensureDevelopmentCertificates(join(folder, "certificates"));
  const planFile = join(folder, "crash-plan.json");
  const gateways = openGateways(t, planFile, {
    DATABASE_URL: url,
    DATA_DIRECTORY: folder,
    POLL_INTERVAL_MS: "100",
    PROCESSING_ATTEMPTS: "100",
  });
  const senders = {
    alpha: createSender(certificates, "client-alpha", gateways.address),
    beta: createSender(certificates, "client-beta", gateways.address),
  };
  return {
    url,
    database,
    owner,
    ...gateways,
    senders,
    namedCertificates: {
      TLS_KEY_FILE: join(certificates, "server-key.pem"),
      TLS_CERTIFICATE_FILE: join(certificates, "server.pem"),
      CLIENT_CA_FILE: join(certificates, "ca.pem"),
      SIGNING_KEYS_DIRECTORY: join(certificates, "signing-keys"),
      AUDIT_KEY_FILE: join(certificates, "audit-key"),
    },
    plan: (step, occurrence = 1, signal = "SIGKILL") => writeCrashPlan(planFile, { step, occurrence, signal }),
    planCarriedOut: () => waitUntil(() => !isCrashPending(planFile), "the step is reached"),
    sendAll: (files) => sendInOrder(senders, files),
  };
}

/** Starts gateways with `common` settings and keeps track of them; what is left of them ends with the test. */
function openGateways(t: Test, planFile: string, common: Settings) {
  const gateways: GatewayProcess[] = [];
  let kills = 0;
  t.teardown(async () => {
    for (const gateway of gateways) gateway.signal("SIGKILL");
    await Promise.all(gateways.map(({ ended }) => ended));
  });
  const start = (settings: Settings = {}): GatewayProcess => {
    const gateway = startGateway({ ...common, ...settings }, planFile);
    gateways.push(gateway);
    gateway.ended.then(({ signal }) => {
      if (signal === "SIGKILL") kills += 1;
    });
    return gateway;
  };
  return {
    start,
    async startReady(settings?: Settings): Promise<GatewayProcess> {
      const gateway = start(settings);
      if (await gateway.ready) return gateway;
      throw new Error(`a gateway ended before it was ready: ${gateway.printed.join("\n")}`);
    },
    alive: () => gateways.filter((gateway) => gateway.isAlive()),
    /** Of the youngest that serves. */
    address: () => gateways.findLast((gateway) => gateway.address())?.address(),
    kills: () => kills,
    printed: () => gateways.flatMap(({ printed }) => printed),
  };
}

async function sendInOrder(senders: Scene["senders"], files: readonly InputFile[]): Promise<HeldReceipt[]> {
  const sent: { readonly file: InputFile; readonly receipt: HeldReceipt }[] = [];
  for (const file of files) {
    const sender = senders[file.insurer];
    const base = sent.find(({ file: { reference } }) => reference === file.after);
    if (base) await sender.follow(base.receipt.submissionId);
    sent.push({ file, receipt: await sender.submit(file) });
  }
  for (const { file, receipt } of sent) await senders[file.insurer].follow(receipt.submissionId);
  return sent.map(({ receipt }) => receipt);
}

/** What comes of the same files when nobody disturbs the gateway. Asserts nothing: for the top of a test file. */
export async function readUninterruptedOutcome(t: Test, files: readonly InputFile[]): Promise<Outcome> {
  const scene = await openScene(t);
  const gateway = await scene.startReady();
  await scene.sendAll(files);
  gateway.signal("SIGTERM");
  const { code } = await gateway.ended;
  if (code !== 0) throw new Error(`the undisturbed gateway ended with ${code}: ${gateway.printed.join("\n")}`);
  return await readOutcome(scene.owner);
}

/** Asserts that nothing was lost, doubled or changed on the way. */
export async function checkSameOutcome(t: Test, owner: Sql, expected: Outcome): Promise<void> {
  const outcome = await readOutcome(owner);
  t.comment(`digest ${outcome.digest.slice(0, 16)} over ${outcome.lines.length} rows`);
  t.equal(outcome.digest, expected.digest, "the outcome is that of an uninterrupted run", {
    missing: difference(expected.lines, outcome.lines),
    unexpected: difference(outcome.lines, expected.lines),
  });
  t.same(await findDamagedPayloads(owner), [], "the stored bytes are those received");
}

/** The first lines that `from` has more often than `what`. */
function difference(from: readonly string[], what: readonly string[]): string[] {
  const rest = new Map<string, number>();
  for (const line of what) rest.set(line, (rest.get(line) ?? 0) + 1);
  const surplus = from.filter((line) => {
    const count = rest.get(line) ?? 0;
    rest.set(line, count - 1);
    return count <= 0;
  });
  return surplus.slice(0, SHOWN_DIFFERENCES);
}

/** Polls until `holds`; throws after a minute, naming what it waited for. */
export async function waitUntil(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; !(await holds()); await sleep(10)) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
  }
}

/** The one of `gateways` that ends first. */
export async function findVictim(gateways: readonly GatewayProcess[]): Promise<GatewayProcess> {
  return await Promise.race(gateways.map(async (gateway) => (await gateway.ended) && gateway));
}

/** Asserts that the processes that live end in good order, and that none printed an error that nobody caught. */
export async function endSurvivors(t: Test, scene: Scene): Promise<void> {
  for (const gateway of scene.alive()) {
    gateway.signal("SIGTERM");
    t.same(await gateway.ended, { code: 0, signal: null }, "the survivors end in good order");
  }
  t.same(scene.printed(), [], "no process printed an error that nobody caught");
}
