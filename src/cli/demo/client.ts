import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createTokenSource } from "../../client/token-client.ts";

const POLL_MS = 150;

export interface DemoAnswer {
  readonly status: number;
  readonly body: string;
}

export type DemoCall = (
  method: string,
  path: string,
  headers?: Readonly<Record<string, string>>,
  body?: Buffer,
) => Promise<DemoAnswer>;

/** Insurer Alpha's client: mutual TLS, tokens. Throws where the gateway refuses a call. */
export function createDemoCall(api: string, certificates: string): DemoCall {
  const read = (name: string) => readFileSync(join(certificates, name));
  const tls = { ca: read("ca.pem"), cert: read("client-alpha.pem"), key: read("client-alpha-key.pem") };
  const agent = new Agent({ ...tls, keepAlive: false });
  const issuer = `${new URL(api).origin}/auth`;
  const getToken = createTokenSource({
    issuer,
    clientId: "client-alpha",
    key: read("client-alpha-assertion-key.pem"),
    tls,
  });
  return async (method, path, headers = {}, body) => {
    const authorization = { Authorization: `Bearer ${await getToken()}` };
    const sent = request(`${api}${path}`, { method, headers: { ...headers, ...authorization }, agent });
    sent.end(body);
    const [response] = await once(sent, "response");
    const answer = { status: response.statusCode, body: await text(response) };
    if (answer.status >= 400) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
    return answer;
  };
}

export async function ask(call: DemoCall, path: string, body?: object) {
  const headers = { Accept: "application/json", "Accept-Language": "en", "Content-Type": "application/json" };
  const answer = body
    ? await call("POST", path, headers, Buffer.from(JSON.stringify(body)))
    : await call("GET", path, { Accept: headers.Accept, "Accept-Language": "en" });
  return JSON.parse(answer.body);
}

/** Answers the receipt. */
export async function sendFile(call: DemoCall, file: Buffer) {
  const digest = createHash("sha256").update(file).digest("base64");
  const headers = { "Content-Type": "application/xml", "Content-Digest": `sha-256=:${digest}:` };
  return JSON.parse((await call("POST", "/submissions", headers, file)).body);
}

/** Shows how far the processing is until it has ended. */
export async function follow(call: DemoCall, submissionId: string) {
  for (let shown = ""; ; ) {
    const submission = await ask(call, `/submissions/${submissionId}`);
    if (submission.state !== "received" && submission.state !== "processing") return submission;
    const { bytesRead, recordsRead, phase } = submission.progress;
    const percent = Math.round((100 * bytesRead) / submission.byteLength);
    const line = `  ${phase ?? submission.state}: ${recordsRead} records, ${percent} % read\n`;
    if (line !== shown) process.stdout.write(line);
    shown = line;
    await sleep(POLL_MS);
  }
}
