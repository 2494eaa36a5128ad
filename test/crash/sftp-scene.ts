import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { type FaultProxy, startFaultProxy } from "../sftp/fault-proxy.ts";
import type { Settings } from "../test-settings.ts";
import { generateInput, type InputFile, type InsurerName, padWithNoise, SENDERS } from "./crash-inputs.ts";
import { checkSameOutcome, openScene, type Scene, type ScenePlace, waitUntil } from "./crash-scene.ts";
import type { GatewayProcess } from "./gateway-process.ts";
import { type Outcome, readOutcome } from "./outcome.ts";
import { type OpenPlace, openEmbeddedPlace, type SftpPlace } from "./sftp-places.ts";

/** What lies in OUT for one file that was dropped, once for each answer. */
export interface Answers {
  readonly receipts: readonly string[];
  readonly reports: readonly string[];
}

/** Gateways that reach an SFTP server through a proxy, and insurers who drop files there. */
export interface SftpScene extends Scene {
  readonly proxy: FaultProxy;
  readonly folderOf: (insurer: InsurerName) => string;
  /** Also starts it again after `stopServer`, with another host key if told so. */
  readonly startServer: SftpPlace["startServer"];
  stopServer(): Promise<void>;
  /** Puts FI and GO into IN as insurers do; answers the name of FI. */
  drop(file: InputFile): string;
  readonly nameOf: (file: InputFile) => string;
  answersTo(file: InputFile): Answers;
  /** Waits until the file has its receipt, and its report where one follows. */
  answered(file: InputFile): Promise<Answers>;
  /** Names in IN. */
  waiting(): string[];
  readonly sftpSettings: Settings;
  /** Of a gateway whose own embedded server has the folders, and that needs no connection to them. */
  readonly ownServerSettings: Settings;
}

const PORT_ATTEMPTS = 50;

/** On the embedded server, unless another place is given. */
export async function openSftpScene(
  t: Test,
  openPlace: OpenPlace = openEmbeddedPlace,
  database?: ScenePlace,
): Promise<SftpScene> {
  const scene = await openScene(t, database);
  const place = await openPlace(t);
  const { folderOf, startServer, stopServer } = place;
  const proxy = await startFaultProxy(t, place.port);

  const names = new Map<InputFile, string>();
  const nameOf = (file: InputFile) => {
    const earlier = names.get(file);
    if (earlier) return earlier;
    const sequence = String(names.size + 1).padStart(5, "0");
    const letter = /environment="(\w)"/.exec(file.body.subarray(0, 2_000).toString())?.[1];
    const name = `FI.DICO.${SENDERS[file.insurer]}.20261122.${sequence}.${letter}`;
    names.set(file, name);
    return name;
  };
  const answersTo = (file: InputFile): Answers => {
    const out = join(folderOf(file.insurer), "OUT");
    const all = readdirSync(out);
    const ofFile = (code: string) =>
      all
        .filter((name) => name.startsWith(`FO.${code}.`) && all.includes(`GO${name.slice(2)}`))
        .map((name) => readFileSync(join(out, name), "utf8"))
        .filter((text) => text.includes(`<fileName>${nameOf(file)}</fileName>`));
    return { receipts: ofFile("ACRF"), reports: ofFile("NOTI") };
  };
  const answered = async (file: InputFile) => {
    await waitUntil(
      () => {
        const { receipts, reports } = answersTo(file);
        const isLast = receipts.some((text) => /<state>(refused|tested)</.test(text));
        return isLast || (receipts.length > 0 && reports.length > 0);
      },
      `${file.reference} (${nameOf(file)}) is answered`,
    );
    return answersTo(file);
  };
  const write = (insurer: InsurerName, name: string, bytes: Buffer | string) => {
    const unfinished = join(folderOf(insurer), `${name}.part`);
    writeFileSync(unfinished, bytes);
    renameSync(unfinished, join(folderOf(insurer), "IN", name));
  };
  const sftpSettings: Settings = {
    ROLES: "worker,sftp",
    SFTP_URL: `sftp://infoss-gateway@127.0.0.1:${proxy.port}${place.path}`,
    SFTP_KEY_FILE: place.keyFile,
    SFTP_HOST_KEYS: place.hostKey,
    SFTP_POLL_INTERVAL_MS: "50",
    SFTP_TIMEOUT_MS: "1500",
  };
  return {
    ...scene,
    start: (settings) => scene.start({ ...sftpSettings, ...settings }),
    startReady: (settings) => scene.startReady({ ...sftpSettings, ...settings }),
    proxy,
    folderOf,
    async startServer(options) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await startServer(options);
        } catch (error) {
          if (attempt === PORT_ATTEMPTS) throw error;
        }
      }
    },
    stopServer,
    drop(file) {
      write(file.insurer, nameOf(file), file.body);
      write(file.insurer, nameOf(file).replace("FI", "GO"), "");
      return nameOf(file);
    },
    nameOf,
    answersTo,
    answered,
    waiting: () => (["alpha", "beta"] as const).flatMap((insurer) => readdirSync(join(folderOf(insurer), "IN"))),
    sftpSettings,
    ownServerSettings: {
      ...scene.namedCertificates,
      DATA_DIRECTORY: place.dataDirectory ?? "",
      SFTP_URL: "",
      SFTP_KEY_FILE: "",
      SFTP_HOST_KEYS: "",
      SFTP_PORT: "0",
    },
  };
}

/** Drops each file once those that it depends on are answered. */
export async function dropInOrder(
  scene: SftpScene,
  files: readonly InputFile[],
  disturb: (file: InputFile, index: number) => Promise<void> = async () => {},
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const base = files.find(({ reference, insurer }) => reference === file.after && insurer === file.insurer);
    if (base) await scene.answered(base);
    scene.drop(file);
    await disturb(file, index);
  }
}

/** What comes of the files when nobody disturbs anything. */
export async function readUndisturbedDrops(
  t: Test,
  files: readonly InputFile[],
  openPlace?: OpenPlace,
): Promise<Outcome> {
  const scene = await openSftpScene(t, openPlace);
  const gateway = await scene.startReady();
  await dropInOrder(scene, files);
  for (const file of files) await scene.answered(file);
  gateway.signal("SIGTERM");
  const { code } = await gateway.ended;
  if (code !== 0) throw new Error(`the undisturbed gateway ended with ${code}: ${gateway.printed.join("\n")}`);
  return await readOutcome(scene.owner);
}

/** Asserts that every file has one receipt and at most one report, and has left IN. */
export async function checkAnswers(t: Test, scene: SftpScene, files: readonly InputFile[]): Promise<void> {
  for (const file of files) {
    const { receipts, reports } = await scene.answered(file);
    if (receipts.length !== 1 || reports.length > 1) {
      t.fail("one receipt, one report", { file: file.reference, receipts: receipts.length, reports: reports.length });
    }
  }
  await waitUntil(() => scene.waiting().length === 0, "IN is empty");
  t.same(scene.waiting(), [], "every file has left IN");
}

let seed = 500;

/** A small file; `noiseBytes` make it so large that it comes in several pieces. */
export function generateDrop(insurer: InsurerName, reference: string, noiseBytes = 0): InputFile {
  seed += 1;
  const file = generateInput({ insurer, reference, records: 60, seed, errors: 0.1 });
  return noiseBytes > 0 ? padWithNoise(file, noiseBytes) : file;
}

/** Files of both insurers in turn. */
export function generateDrops(name: string, count: number, noiseBytes = 0): InputFile[] {
  return Array.from({ length: count }, (_, index) =>
    generateDrop(index % 2 === 0 ? "alpha" : "beta", `${name}-${index}`, noiseBytes),
  );
}

/** Drops the files among faults and compares with an undisturbed run; one gateway lives through all of it. */
export async function dropAmong(
  t: Test,
  files: readonly InputFile[],
  disturb: (scene: SftpScene, index: number) => Promise<void>,
): Promise<void> {
  const expected = await readUndisturbedDrops(t, files);
  const scene = await openSftpScene(t);
  const gateway = await scene.startReady();
  await dropInOrder(scene, files, (_file, index) => disturb(scene, index));
  await checkAnswers(t, scene, files);
  await checkSameOutcome(t, scene.owner, expected);
  await endWell(t, scene, gateway);
}

/** Asserts that a gateway that lived through it all is in good order. */
export async function endWell(t: Test, scene: SftpScene, gateway: GatewayProcess): Promise<void> {
  gateway.signal("SIGTERM");
  t.same(await gateway.ended, { code: 0, signal: null }, "the same process ends in good order");
  t.same(scene.printed(), [], "nothing was thrown that nobody caught");
}
