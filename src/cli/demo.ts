/**
 * `npm run demo`: the main job from nothing to a report, then what changes a contract and what can be asked of it. Starts the
 * gateway as `npm start` does, on a database of its own, and acts as insurers' clients over mutual TLS and over SFTP.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdDecompressSync } from "node:zlib";
import { ensureDevelopmentCertificates } from "../identity/development-certificates.ts";
import { askHistory } from "./demo/ask-history.ts";
import { createDemoCall } from "./demo/client.ts";
import { dropOverSftp } from "./demo/drop-over-sftp.ts";
import { sendDeltas } from "./demo/send-deltas.ts";
import { sendInitialLoad } from "./demo/send-initial-load.ts";
import { showStatus } from "./demo/show-status.ts";
import type { DemoStage } from "./demo/stage.ts";
import { subscribeWebhook } from "./demo/subscribe-webhook.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FIXTURE = fileURLToPath(new URL("../../fixtures/initial-load/contracts.xml.zst", import.meta.url));
const DATA_DIRECTORY = ".local/demo";

const startedAt = performance.now();
rmSync(DATA_DIRECTORY, { recursive: true, force: true });
say("starting PostgreSQL, certificates, two synthetic insurers, their register and the gateway …");
const { folder: certificates } = await ensureDevelopmentCertificates(resolve(DATA_DIRECTORY, "certificates"));
const gateway = await startGateway();
try {
  await runSteps({
    ...gateway,
    call: createDemoCall(gateway.api, certificates),
    contractFile: zstdDecompressSync(readFileSync(FIXTURE)),
    certificates,
    say,
  });
} finally {
  gateway.process.kill("SIGTERM");
  await once(gateway.process, "exit");
}
say(`done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);

async function runSteps(stage: DemoStage): Promise<void> {
  const webhook = await subscribeWebhook(stage);
  try {
    await sendInitialLoad(stage);
    await webhook.show("submissionProcessed");
    await askHistory(stage, await sendDeltas(stage));
    await webhook.show("submissionHeld");
    await dropOverSftp(stage);
    await showStatus(stage);
    await webhook.show("socialAdvantageChanged");
  } finally {
    await webhook.close();
  }
  say("look next: `npm start` and its curl line; /doc/openapi.json; docs/exchange/; docs/architecture.md");
}

async function startGateway() {
  const hooks = { WEBHOOK_CA_FILE: join(certificates, "ca.pem"), WEBHOOK_EXEMPT_HOSTS: "localhost" };
  const env = { ...process.env, ...hooks, DATA_DIRECTORY, PORT: "0", SFTP_PORT: "0", LOG_LEVEL: "warn" };
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
