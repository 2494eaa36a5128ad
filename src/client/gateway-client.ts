/** The API of the gateway for programs of insurers, typed by its OpenAPI document. Depends on nothing else of the gateway. */
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { Agent } from "undici";
import type { paths } from "../../openapi/digital-contracts.d.ts";
import { createTokenSource } from "./token-client.ts";

/** Large, and needed by who calls the gateway only: `infoss check` does not. */
const loadUndici = (): typeof import("undici") => createRequire(import.meta.url)("undici");

export const API_PATH = "/REST/digitalContracts/v1";

export interface GatewayAddress {
  /** `https://<host>`. */
  readonly url: string;
  readonly clientId: string;
  /** Private key that signs assertions, PEM: EC P-256, RSA or Ed25519. */
  readonly assertionKey: string | Buffer;
  /** Its `kid`; may be absent while the client has one key of its kind. */
  readonly kid?: string;
  /** Client certificate and its key, PEM; `ca`: who issued the server's certificate (those that Node knows). */
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer; readonly ca?: string | Buffer };
  /** Enterprise number, where the client acts for several insurers. */
  readonly insurer?: string;
  /** Of the texts: fr, nl, de or en. */
  readonly language?: string;
  /** Told each time that a request is put off (429, 503): it is made again after so many seconds. */
  readonly onPutOff?: (seconds: number) => void;
}

export interface GatewayClient {
  /** `api.GET("/submissions/{submissionId}", { params: { path: { submissionId } } })`, and so on for every route. */
  readonly api: Client<paths>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** What was asked may be asked again: nothing is done twice. */
const SAFE_METHODS = new Set(["GET", "HEAD", "PUT", "DELETE"]);
const RETRIED_STATUSES = new Set([429, 503]);
const ATTEMPTS = 5;
const LONGEST_PAUSE_SECONDS = 60;
const FIRST_PAUSE_SECONDS = 0.5;

/**
 * A client with mutual TLS and tokens that renew themselves. A request that may be repeated (GET, PUT, DELETE, or with
 * `Idempotency-Key`) and is put off (429, 503) or loses its connection is made again, as `Retry-After` says, five times in all.
 */
export function createGatewayClient(address: GatewayAddress): GatewayClient {
  const { url, clientId, assertionKey, kid, tls, insurer, language, onPutOff } = address;
  const token = createTokenSource({
    issuer: `${url}/auth`,
    clientId,
    key: assertionKey,
    tls,
    ...(kid !== undefined && { kid }),
  });
  const dispatcher = new (loadUndici().Agent)({ connect: { ...tls, ca: tls.ca } as never });
  const api = createClient<paths>({
    baseUrl: `${url}${API_PATH}`,
    fetch: (request) => fetchPatiently(request, dispatcher, onPutOff),
  });
  const authorize: Middleware = {
    async onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${await token()}`);
      if (insurer !== undefined) request.headers.set("Infoss-Insurer", insurer);
      if (language !== undefined) request.headers.set("Accept-Language", language);
      return request;
    },
  };
  api.use(authorize);
  return { api, close: () => dispatcher.close() };
}

interface PublicClientOptions {
  readonly url: string;
  readonly ca?: string | Buffer;
  /** Shown to the gateway where they are there. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

/** A client for what takes neither certificate nor token. */
export function createPublicClient({ url, ...tls }: PublicClientOptions): GatewayClient {
  const dispatcher = new (loadUndici().Agent)({ connect: tls as never });
  const fetch = (request: Request) => fetchPatiently(request, dispatcher);
  return { api: createClient<paths>({ baseUrl: `${url}${API_PATH}`, fetch }), close: () => dispatcher.close() };
}

async function fetchPatiently(
  request: Request,
  dispatcher: Agent,
  onPutOff?: (seconds: number) => void,
): Promise<Response> {
  const mayRepeat = SAFE_METHODS.has(request.method) || request.headers.has("Idempotency-Key");
  for (let attempt = 1; ; attempt += 1) {
    const isLast = !mayRepeat || attempt === ATTEMPTS;
    let response: Response | undefined;
    try {
      response = await fetchOnce(isLast ? request : request.clone(), dispatcher);
    } catch (error) {
      if (isLast || request.signal.aborted) throw error;
    }
    if (response && (isLast || !RETRIED_STATUSES.has(response.status))) return response;
    await response?.body?.cancel();
    const seconds = pauseSeconds(response, attempt);
    if (response) onPutOff?.(seconds);
    await sleep(seconds * 1000, undefined, { signal: request.signal });
  }
}

/** The request of the platform, over our certificate: its own fetch knows none. */
async function fetchOnce(request: Request, dispatcher: Agent): Promise<Response> {
  const { url, method, headers, body, signal } = request;
  const init = {
    method,
    headers: [...headers],
    body,
    signal,
    dispatcher,
    redirect: "error",
    ...(body && { duplex: "half" }),
  };
  return (await loadUndici().fetch(url, init as never)) as unknown as Response;
}

/** As the server says (seconds, RFC 9110), else twice as long each time. */
function pauseSeconds(response: Response | undefined, attempt: number): number {
  const told = Number(response?.headers.get("retry-after"));
  return Math.min(told > 0 ? told : FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS);
}

/** The gateway answered a problem (RFC 9457): a message for a person, and the problem for a program. */
export class GatewayProblem extends Error {
  override readonly name = "GatewayProblem";
  readonly status: number;
  readonly problem: Readonly<Record<string, unknown>> | undefined;

  constructor(status: number, problem: unknown) {
    const { title, detail, issues } = (typeof problem === "object" && problem !== null ? problem : {}) as Problem;
    const told = (issues ?? []).map((issue) => [issue.name, issue.detail ?? issue.title].filter(Boolean).join(": "));
    const explained = [title, detail, ...told].filter(Boolean).join(". ").replaceAll(".. ", ". ");
    super(`The gateway answered ${status}: ${explained || "no explanation"}`);
    this.status = status;
    this.problem = typeof problem === "object" && problem !== null ? { ...problem } : undefined;
  }
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly issues?: readonly { readonly name?: string; readonly title?: string; readonly detail?: string }[];
}

/** What a call answered; throws GatewayProblem when it is none of the good answers. */
export function expectData<Data>(answer: {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}): Data {
  if (!answer.response.ok || answer.data === undefined) throw new GatewayProblem(answer.response.status, answer.error);
  return answer.data;
}
