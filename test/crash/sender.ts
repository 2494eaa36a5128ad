import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createTokenSource, type TokenSource } from "../../src/client/token-client.ts";
import type { InputFile } from "./crash-inputs.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const PATIENCE_MS = 240_000;
/** A connection on which nothing moves for this long is given up. */
const SILENCE_MS = 20_000;
const POLL_MS = 40;
const UNDER_WAY = ["received", "processing", "held"];

export interface HeldReceipt {
  readonly submissionId: string;
  readonly state: string;
  readonly sha256: string;
  readonly jws: string;
}

export interface SubmissionState {
  readonly state: string;
  readonly counts?: Readonly<Record<string, number>>;
  /** Of one that was asked for by its ticket. */
  readonly progress?: { readonly phase?: "reading" | "merging" };
}

/** What an insurer runs: knows HTTP, retries with backoff until it has an answer, and nothing of what is behind. */
export interface Sender {
  /** Sends the same bytes until there is a receipt. */
  submit(file: InputFile): Promise<HeldReceipt>;
  find(submissionId: string): Promise<SubmissionState>;
  list(): Promise<readonly SubmissionState[]>;
  /** The state in which the submission ended. */
  follow(submissionId: string): Promise<SubmissionState>;
  /** Requests that had to be made again so far. */
  readonly retries: () => number;
}

/** `address` answers where the gateway is reached at this moment, undefined while nobody is there. */
export function createSender(certificatesFolder: string, client: string, address: () => string | undefined): Sender {
  const read = (name: string) => readFileSync(join(certificatesFolder, name));
  const tls = { ca: read("ca.pem"), cert: read(`${client}.pem`), key: read(`${client}-key.pem`) };
  const key = read(`${client}-assertion-key.pem`);
  const tokens = new Map<string, TokenSource>();

  /** Each gateway of a scene is an issuer of its own. */
  const getToken = async (origin: string): Promise<string> => {
    const known = tokens.get(origin) ?? createTokenSource({ issuer: `${origin}/auth`, clientId: client, key, tls });
    tokens.set(origin, known);
    return await known();
  };

  let retries = 0;

  const ask = async (options: RequestOptions, path: string, body?: Buffer) => {
    const base = address();
    if (!base) throw new Error("nobody is there");
    const headers = { ...options.headers, Authorization: `Bearer ${await getToken(new URL(base).origin)}` };
    const outgoing = request(`${base}${path}`, { ...tls, ...options, headers, agent: false, timeout: SILENCE_MS });
    outgoing.once("timeout", () => outgoing.destroy(new Error("the gateway fell silent")));
    outgoing.end(body);
    const [response] = await once(outgoing, "response");
    return { status: Number(response.statusCode), body: await text(response) };
  };

  /** Whatever may pass is tried again; a refusal of the request itself is an error of this client. */
  const insist = async (options: RequestOptions, path: string, status: number, body?: Buffer) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const answer = await ask(options, path, body).catch((error: Error) => ({ status: 0, body: error.message }));
      if (answer.status === status) return JSON.parse(answer.body);
      const mayPass = answer.status === 0 || answer.status === 429 || answer.status >= 500;
      if (!mayPass || performance.now() > deadline) throw new Error(`answered ${answer.status}: ${answer.body}`);
      await sleep(pauseMs);
      retries += 1;
    }
  };

  const find = (submissionId: string): Promise<SubmissionState> =>
    insist({ method: "GET" }, `/submissions/${submissionId}`, 200);

  return {
    submit({ body }) {
      const digest = createHash("sha256").update(body).digest("base64");
      const headers = {
        "Content-Type": "application/xml",
        "Content-Digest": `sha-256=:${digest}:`,
        "Content-Length": body.length,
      };
      return insist({ method: "POST", headers }, "/submissions", 202, body);
    },
    find,
    list: async () => (await insist({ method: "GET" }, "/submissions", 200)).items,
    retries: () => retries,
    async follow(submissionId) {
      for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
        const submission = await find(submissionId);
        if (!UNDER_WAY.includes(submission.state)) return submission;
        if (performance.now() > deadline) throw new Error(`${submissionId} is still ${submission.state}`);
      }
    },
  };
}
