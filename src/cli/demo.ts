/**
 * `npm run demo`: the main job from nothing to a report. Starts the gateway as `npm start` does, on a database of its
 * own, and acts as insurers' clients over mutual TLS and over SFTP.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { zstdDecompressSync } from "node:zlib";
import { createTokenSource } from "../client/token-client.ts";
import { dropOverSftp } from "./demo-drop.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FIXTURE = fileURLToPath(new URL("../../fixtures/initial-load/contracts.xml.zst", import.meta.url));
const DATA_DIRECTORY = ".local/demo";
const POLL_MS = 150;
const SHOWN_FINDINGS = 5;

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

const startedAt = performance.now();
rmSync(DATA_DIRECTORY, { recursive: true, force: true });
say("starting PostgreSQL, certificates, two synthetic insurers, their register and the gateway …");
const gateway = await startGateway();
try {
  await sendInitialLoad(gateway.api);
  await dropOverSftp({
    ...gateway.sftp,
    certificates: join(DATA_DIRECTORY, "certificates"),
    contractFile: readFixture().toString(),
    say,
  });
} finally {
  gateway.process.kill("SIGTERM");
  await once(gateway.process, "exit");
}
say(`done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);

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

async function sendInitialLoad(api: string): Promise<void> {
  const call = createClient(api);
  const file = readFixture();
  const digest = createHash("sha256").update(file).digest("base64");
  say("insurer Alpha gets an access token by private_key_jwt, bound to its client certificate");
  say(`insurer Alpha sends its initial load, ${(file.length / 1e6).toFixed(1)} MB, to ${api}/submissions`);
  const received = await call(
    "POST",
    "/submissions",
    { "Content-Type": "application/xml", "Content-Digest": `sha-256=:${digest}:` },
    file,
  );
  if (received.status !== 202) throw new Error(`the gateway answered ${received.status}: ${received.body}`);
  const { jws, ...receipt } = JSON.parse(received.body);
  say("receipt:", JSON.stringify(receipt, undefined, 2), `signed: ${jws.slice(0, 60)}…`);

  const submission = `/submissions/${receipt.submissionId}`;
  const ended = await follow(call, submission);
  say(`state ${ended.state}`, JSON.stringify(ended.counts, undefined, 2));
  const report = JSON.parse(
    (await call("GET", `${submission}/report`, { Accept: "application/json", "Accept-Language": "en" })).body,
  );
  say(`report: ${report.records.length} records have something to tell, for example`);
  for (const record of report.records.slice(0, SHOWN_FINDINGS)) {
    const [finding] = record.findings;
    process.stdout.write(
      `  record ${record.recordNumber} (${record.senderReference}) ${record.outcome}: ${finding.code}: ${finding.text}\n`,
    );
  }
  const corrections = await call("GET", `${submission}/corrections`, { Accept: "application/xml" });
  say(
    `ready to mend: ${ended.counts.rejected} rejected records as a contract file, ${corrections.body.length} bytes, from ${submission}/corrections`,
    "look next: `npm start` and its curl line; /doc/openapi.json; docs/exchange/; docs/architecture.md",
  );
  if (ended.state !== "processed") process.exitCode = 1;
}

function readFixture(): Buffer {
  return zstdDecompressSync(readFileSync(FIXTURE));
}

type Call = ReturnType<typeof createClient>;

function createClient(api: string) {
  const certificates = join(DATA_DIRECTORY, "certificates");
  const read = (name: string) => readFileSync(join(certificates, name));
  const tls = { ca: read("ca.pem"), cert: read("client-alpha.pem"), key: read("client-alpha-key.pem") };
  const agent = new Agent({ ...tls, keepAlive: false });
  const clientId = "client-alpha";
  const issuer = `${new URL(api).origin}/auth`;
  const getToken = createTokenSource({ issuer, clientId, key: read("client-alpha-assertion-key.pem"), tls });
  return async (method: string, path: string, headers: Record<string, string> = {}, body?: Buffer): Promise<Answer> => {
    const authorization = { Authorization: `Bearer ${await getToken()}` };
    const sent = request(`${api}${path}`, { method, headers: { ...headers, ...authorization }, agent });
    sent.end(body);
    const [response] = await once(sent, "response");
    return { status: response.statusCode, location: response.headers.location, body: await text(response) };
  };
}

/** Shows how far the processing is until it has ended. */
async function follow(call: Call, submission: string) {
  for (let shown = ""; ; ) {
    const state = JSON.parse((await call("GET", submission)).body);
    if (state.state !== "received" && state.state !== "processing") return state;
    const { bytesRead, recordsRead, phase } = state.progress;
    const percent = Math.round((100 * bytesRead) / state.byteLength);
    const line = `  ${phase ?? state.state}: ${recordsRead} records, ${percent} % read\n`;
    if (line !== shown) process.stdout.write(line);
    shown = line;
    await sleep(POLL_MS);
  }
}

function say(...lines: string[]): void {
  process.stdout.write(`\n${lines.join("\n")}\n`);
}
