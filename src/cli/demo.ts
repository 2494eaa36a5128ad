/**
 * `npm run demo`: the main job from nothing to a report, then what changes a contract and what can be asked of it. Starts the
 * gateway as `npm start` does, on a database of its own, and acts as insurers' clients over mutual TLS and over SFTP.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdDecompressSync } from "node:zlib";
import { askHistory } from "./demo/ask-history.ts";
import { createDemoCall } from "./demo/client.ts";
import { dropOverSftp } from "./demo/drop-over-sftp.ts";
import { sendDeltas } from "./demo/send-deltas.ts";
import { sendInitialLoad } from "./demo/send-initial-load.ts";
import type { DemoStage } from "./demo/stage.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FIXTURE = fileURLToPath(new URL("../../fixtures/initial-load/contracts.xml.zst", import.meta.url));
const DATA_DIRECTORY = ".local/demo";

const startedAt = performance.now();
rmSync(DATA_DIRECTORY, { recursive: true, force: true });
say("starting PostgreSQL, certificates, two synthetic insurers, their register and the gateway …");
const gateway = await startGateway();
try {
  await runSteps({
    ...gateway,
    call: createDemoCall(gateway.api, join(DATA_DIRECTORY, "certificates")),
    contractFile: zstdDecompressSync(readFileSync(FIXTURE)),
    certificates: join(DATA_DIRECTORY, "certificates"),
    say,
  });
} finally {
  gateway.process.kill("SIGTERM");
  await once(gateway.process, "exit");
}
say(`done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);

async function runSteps(stage: DemoStage): Promise<void> {
  await sendInitialLoad(stage);
  await askHistory(stage, await sendDeltas(stage));
  await dropOverSftp(stage);
  say("look next: `npm start` and its curl line; /doc/openapi.json; docs/exchange/; docs/architecture.md");
}

async function startGateway() {
  const env = { ...process.env, DATA_DIRECTORY, PORT: "0", SFTP_PORT: "0", LOG_LEVEL: "warn" };
  const child = spawn(process.execPath, [MAIN, "start"], { env, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += chunk;
    const api = /runs at (https:\/\/\S+)\n[\s\S]*sftp -P.*\n/.exec(printed)?.[1];
    const [, port = "", hostKey = ""] = /^SFTP: \S+ port (\d+), host key (\S+)$/m.exec(printed) ?? [];
    if (api) return { process: child, api, sftp: { port: Number(port), hostKey } };
  }
  throw new Error("the gateway ended before it served; see above");
}

function say(...lines: string[]): void {
  process.stdout.write(`\n${lines.join("\n")}\n`);
}
