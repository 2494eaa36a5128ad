/** Sends a file as any program of an insurer would over REST. Depends on nothing else of the gateway. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sending, SendRefused } from "./sending.ts";
import { createTokenSource, TokenRequestError, type TokenSource } from "./token-client.ts";

export interface RestAddress {
  /** `https://<host>`. */
  readonly url: string;
  readonly clientId: string;
  /** Private key that signs assertions, PEM. */
  readonly assertionKey: Buffer;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer; readonly ca?: Buffer };
  /** Of the texts. */
  readonly language: string;
}

const API = "/REST/digitalContracts/v1";
const POLL_MS = 300;

/** Uploads the file, then asks until it has ended; receipt and report come in XML, as over SFTP. */
export async function sendByRest(address: RestAddress, sending: Sending): Promise<void> {
  const { url, clientId, assertionKey, tls } = address;
  const token = createTokenSource({ issuer: `${url}/auth`, clientId, key: assertionKey, tls });
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1 });
  const caller: Caller = { address, agent, token, signal: sending.signal };
  try {
    const created = await upload(caller, sending);
    const { submissionId } = JSON.parse(created) as { submissionId: string };
    const path = `${API}/submissions/${submissionId}`;
    sending.onProgress({ phase: "waiting" });
    const receipt = await get(caller, `${path}/receipt`, "application/xml");
    sending.onAnswer("receipt", receipt);
    if (!/<state>(received|held)<\/state>/.test(receipt)) return;
    await waitForEnd(caller, path, sending);
    sending.onAnswer("report", await get(caller, `${path}/report`, "application/xml"));
  } catch (error) {
    throw explainConnection(error, url);
  } finally {
    agent.destroy();
  }
}

const CERTIFICATE_UNKNOWN = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What is known of a connection that did not come about or broke, as a sentence; anything else as it is. */
function explainConnection(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  if (error instanceof TokenRequestError) return new SendRefused(`${url} gives no token: ${error.message}.`);
  const code = "code" in error ? String(error.code) : "";
  if (CERTIFICATE_UNKNOWN.has(code)) {
    return new SendRefused(`The certificate of ${url} is not of an authority known here: give --ca.`);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return new SendRefused(`The host of ${url} is not known.`);
  if (code === "ECONNREFUSED") return new SendRefused(`${url} cannot be reached: the connection is refused.`);
  return /^(E[A-Z]+|ERR_(TLS|SSL)_\w+|CERT_\w+)$/.test(code) && code !== "ENOENT"
    ? new SendRefused(`The connection to ${url} failed (${code}).`)
    : error;
}

interface Caller {
  readonly address: RestAddress;
  readonly agent: Agent;
  readonly token: TokenSource;
  readonly signal: AbortSignal;
}

async function waitForEnd(caller: Caller, path: string, { onProgress, signal }: Sending): Promise<void> {
  for (;;) {
    const view = JSON.parse(await get(caller, path, "application/json")) as {
      endedAt?: string;
      progress?: { bytesRead: number };
    };
    if (view.endedAt !== undefined) return;
    onProgress({ phase: "processing", ...(view.progress && { done: view.progress.bytesRead }) });
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function upload(caller: Caller, { path, byteLength, onProgress }: Sending): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const digest = hash.digest("base64");
  const headers = {
    "Content-Type": "application/xml",
    "Content-Length": byteLength,
    "Content-Digest": `sha-256=:${digest}:`,
  };
  let done = 0;
  return await call(caller, `${API}/submissions`, { method: "POST", headers }, async function* () {
    for await (const bytes of createReadStream(path)) {
      yield bytes as Buffer;
      done += (bytes as Buffer).length;
      onProgress({ phase: "uploading", done });
    }
  });
}

const get = (caller: Caller, path: string, accept: string): Promise<string> =>
  call(caller, path, { method: "GET", headers: { Accept: accept } });

/** The body of a 2xx answer; throws SendRefused with what a problem says. */
async function call(
  { address, agent, token, signal }: Caller,
  path: string,
  options: RequestOptions,
  body?: () => AsyncIterable<Buffer>,
): Promise<string> {
  const headers = {
    ...(options.headers as Record<string, string | number>),
    Authorization: `Bearer ${await token()}`,
    "Accept-Language": address.language,
  };
  const outgoing = request(`${address.url}${path}`, { ...options, headers, agent, signal });
  const answered = once(outgoing, "response") as Promise<[import("node:http").IncomingMessage]>;
  // An answer may come before the body is sent: then it says why the rest is not wanted.
  if (body) pipeline(body(), outgoing).catch(() => {});
  else outgoing.end();
  const [response] = await answered;
  const content = await text(response);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return content;
  throw new SendRefused(`The gateway answered ${status}: ${describeProblem(content)}`);
}

function describeProblem(content: string): string {
  try {
    const { title, detail } = JSON.parse(content) as { title?: string; detail?: string };
    return [title, detail].filter(Boolean).join(". ");
  } catch {
    return "no explanation";
  }
}
