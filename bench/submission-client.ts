import { createReadStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createTokenSource } from "../src/client/token-client.ts";
import { BenchError } from "./bench-error.ts";
import type { ClientIdentity } from "./gateway.ts";

const SUBMISSIONS = "/REST/digitalContracts/v1/submissions";
const POLL_INTERVAL_MS = 100;
const READ_CHUNK_BYTES = 256 * 1024;
const UNFINISHED_STATES = ["received", "processing"];

/** A contract file, and what becomes of its records: all accepted, but for those counted here. */
export interface SentFile {
  readonly contractFile: string;
  readonly byteLength: number;
  readonly sha256: Buffer;
  readonly records: number;
  readonly acceptedWithWarnings?: number;
  readonly unchanged?: number;
}

export interface LoadTimes {
  readonly submissionId: string;
  /** From the first byte sent to the receipt. */
  readonly receiveMs: number;
  /** From the first byte sent to the report ready. */
  readonly totalMs: number;
}

interface SubmissionView {
  readonly submissionId: string;
  readonly state: string;
  readonly report?: { readonly href: string };
  readonly counts?: { readonly received: number; readonly rejected: number; readonly accepted: number };
}

/**
 * Sends a contract file over HTTPS with mutual TLS and asks for the submission until its report is ready. Throws a
 * BenchError when not every record was accepted.
 */
export async function sendAndAwaitReport(url: string, identity: ClientIdentity, files: SentFile): Promise<LoadTimes> {
  const { assertionKey, ...tls } = identity;
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1 });
  const getToken = createTokenSource({ issuer: `${url}/auth`, clientId: "client-alpha", key: assertionKey, tls });
  const authorize = async () => ({ Authorization: `Bearer ${await getToken()}` });
  try {
    // Opens the connection: the first byte of the file is what starts the time.
    await getJson(agent, `${url}${SUBMISSIONS}`, await authorize());
    const start = performance.now();
    const location = await postFile(agent, `${url}${SUBMISSIONS}`, files, await authorize());
    const receiveMs = performance.now() - start;
    for (;;) {
      const view = await getJson<SubmissionView>(agent, `${url}${location}`, await authorize());
      const totalMs = performance.now() - start;
      if (!UNFINISHED_STATES.includes(view.state)) {
        checkCounts(view, files);
        return { submissionId: view.submissionId, receiveMs, totalMs };
      }
      await sleep(POLL_INTERVAL_MS);
    }
  } finally {
    agent.destroy();
  }
}

function checkCounts({ state, counts, report }: SubmissionView, file: SentFile): void {
  if (state !== "processed" || !counts || !report) {
    throw new BenchError(`The submission ended ${state} instead of processed: nothing was measured.`);
  }
  const accepted = file.records - (file.acceptedWithWarnings ?? 0) - (file.unchanged ?? 0);
  if (counts.received !== file.records || counts.accepted !== accepted || counts.rejected !== 0) {
    throw new BenchError(
      `The report counts ${counts.received} records, ${counts.accepted} of them plainly accepted and ${counts.rejected} ` +
        `rejected, where ${file.records} were sent and ${accepted} should be accepted: nothing was measured.`,
    );
  }
}

/** Answers the address of the submission. */
async function postFile(
  agent: Agent,
  url: string,
  files: SentFile,
  authorization: Record<string, string>,
): Promise<string> {
  const headers = {
    ...authorization,
    "Content-Type": "application/xml",
    "Content-Length": files.byteLength,
    "Content-Digest": `sha-256=:${files.sha256.toString("base64")}:`,
  };
  const post = request(url, { method: "POST", agent, headers });
  const answered = awaitAnswer(post);
  answered.catch(() => {}); // an answer that refuses early breaks the pipeline first
  await pipeline(createReadStream(files.contractFile, { highWaterMark: READ_CHUNK_BYTES }), post);
  const answer = await answered;
  const body = await readText(answer);
  const location = answer.headers.location;
  if (answer.statusCode !== 202 || !location)
    throw new BenchError(`The file was answered by ${answer.statusCode}: ${body}`);
  return location;
}

async function getJson<Answer>(agent: Agent, url: string, headers: Record<string, string>): Promise<Answer> {
  const get = request(url, { agent, headers });
  const answered = awaitAnswer(get);
  get.end();
  const answer = await answered;
  const body = await readText(answer);
  if (answer.statusCode !== 200)
    throw new BenchError(`GET ${new URL(url).pathname} was answered by ${answer.statusCode}: ${body}`);
  return JSON.parse(body) as Answer;
}

function awaitAnswer(sent: ReturnType<typeof request>): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  sent.once("response", resolve).once("error", reject);
  return promise;
}

async function readText(answer: IncomingMessage): Promise<string> {
  answer.setEncoding("utf8");
  let text = "";
  for await (const piece of answer as AsyncIterable<string>) text += piece;
  return text;
}
