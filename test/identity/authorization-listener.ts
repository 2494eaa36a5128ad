import { spawn } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { Agent, createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { JWK } from "jose";
import { pino } from "pino";
import type { Test } from "tap";
import { createAssertion } from "../../src/client/token-client.ts";
import type { Database } from "../../src/database/connection.ts";
import { createOwnTokenKeys, createTokenVerifier } from "../../src/identity/access-token.ts";
import { createAuthorizationServer, issuerOf } from "../../src/identity/authorization-server.ts";
import { createClientDirectory } from "../../src/identity/client-directory.ts";
import { createClient } from "../../src/identity/client-registry.ts";
import { registerCertificate, registerKey } from "../../src/identity/credential-registry.ts";
import type { ClientKind } from "../../src/identity/identity-tables.ts";
import {
  createDevelopmentAuthority,
  type DevelopmentAuthority,
  generateSigningKeyPem,
  type IssuedCertificate,
  issueCertificate,
} from "../../src/identity/issue-certificate.ts";
import { readPresentedCertificate } from "../../src/identity/presented-certificate.ts";
import { audienceOf } from "../../src/identity/scopes.ts";
import { createKeyRing, type KeyRingOptions } from "../../src/identity/signing-keys.ts";
import type { TokenDecision } from "../../src/identity/token-endpoint.ts";
import { createTestDatabase } from "../database.ts";
import type { ProcessSettings } from "./authorization-process.ts";

export const ACTOR = { account: "test" };
export const AUDIENCE = audienceOf("validation");
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export interface TestClient {
  readonly clientId: string;
  readonly key: KeyObject;
  readonly kid: string;
  readonly certificate: IssuedCertificate;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: {
    readonly access_token?: string;
    readonly token_type?: string;
    readonly expires_in?: number;
    readonly scope?: string;
    readonly error?: string;
    readonly error_description?: string;
    readonly failure?: string;
    readonly detail?: string;
    readonly clientId?: string;
    readonly keys?: readonly JWK[];
    readonly [name: string]: unknown;
  };
}

export interface ServerTls {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface ListenerOptions {
  readonly database: Database;
  readonly keysFolder: string;
  readonly tls: ServerTls;
  readonly environment?: string;
  /** Under which address it is known; default: its own. */
  readonly publicUrl?: string;
  readonly keyRing?: KeyRingOptions;
  readonly directoryAgeMs?: number;
}

export type Listener = Awaited<ReturnType<typeof listen>>;

/** The authorization server and a resource that checks tokens, at `GET /resource`, on a TLS listener of their own. */
export async function listen(options: ListenerOptions) {
  const { database } = options;
  const logLines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => logLines.push(line) });
  const decisions: TokenDecision[] = [];
  const keyRing = await createKeyRing(options.keysFolder, { rereadIntervalMs: 50, ...options.keyRing });
  const directory = createClientDirectory(database.plain, { maximumAgeMs: options.directoryAgeMs ?? 1 });
  const audience = audienceOf(options.environment ?? "validation");
  const issuer = () => issuerOf(options.publicUrl ?? url);
  const server = createAuthorizationServer({
    issuer,
    audience,
    keyRing,
    sql: database.plain,
    directory,
    log,
    onDecision: async (decision) => void decisions.push(decision),
  });
  const verify = createTokenVerifier({ issuer, audience, keys: createOwnTokenKeys(keyRing) });
  const listener = createServer({ ...options.tls, requestCert: true, rejectUnauthorized: false });
  listener.on("request", async (request, response) => {
    if (request.url !== "/resource") return server.handle(request, response);
    const reading = readPresentedCertificate(request.socket);
    const thumbprint = "fault" in reading ? Buffer.alloc(32) : reading.thumbprint;
    const check = await verify(request.headers.authorization, thumbprint);
    response.writeHead("failure" in check ? 401 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(check));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const url = `https://localhost:${(listener.address() as AddressInfo).port}`;
  return {
    url,
    issuer: issuer(),
    keyRing,
    directory,
    verify,
    decisions,
    logLines,
    async close() {
      keyRing.close();
      server.close();
      listener.closeAllConnections();
      listener.close();
      await once(listener, "close");
    },
  };
}

export type Setting = Awaited<ReturnType<typeof openSetting>>;

/** A database, an authority, a folder with one signing key and two clients of insurers; the listener is not started. */
export async function openSetting(t: Test, options: Omit<Partial<ListenerOptions>, "database" | "tls"> = {}) {
  const { database, url: databaseUrl } = await createTestDatabase(t);
  const authority = await createDevelopmentAuthority();
  const keysFolder = options.keysFolder ?? (await makeKeysFolder(t));
  const setting = { database, databaseUrl, authority, keysFolder, tls: await makeServerTls(authority) };
  const listener = await listen({ ...setting, ...options, keysFolder });
  t.teardown(() => listener.close());
  const alpha = await makeClient(setting, "client-alpha");
  const beta = await makeClient(setting, "client-beta");
  return { ...setting, listener, alpha, beta };
}

async function makeServerTls(authority: DevelopmentAuthority): Promise<ServerTls> {
  const server = await issueCertificate(authority, { commonName: "localhost", usage: "server" });
  return { key: server.privateKeyPem, cert: server.certificatePem, ca: authority.certificatePem };
}

export async function makeKeysFolder(t: Test): Promise<string> {
  const folder = mkdtempSync(join(t.testdir(), "signing-keys-"));
  writeFileSync(join(folder, "0001.pem"), await generateSigningKeyPem());
  return folder;
}

export async function makeClient(
  { database, authority }: { database: Database; authority: DevelopmentAuthority },
  clientId: string,
  options: { key?: KeyObject; kind?: ClientKind; scopes?: readonly string[] } = {},
): Promise<TestClient> {
  const key = options.key ?? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const certificate = await issueCertificate(authority, { commonName: clientId, usage: "client" });
  const { kind = "insurer", scopes } = options;
  const { kid } = await database.institute.begin(async (tx) => {
    await createClient(tx, ACTOR, { clientId, name: clientId, kind, ...(scopes && { scopes }) });
    await registerCertificate(tx, ACTOR, { clientId, pem: certificate.certificatePem });
    return registerKey(tx, ACTOR, { clientId, jwk: publicJwk(key) });
  });
  return { clientId, key, kid, certificate };
}

export function publicJwk(privateKey: KeyObject): JWK {
  const { d, p, q, dp, dq, qi, ...rest } = privateKey.export({ format: "jwk" }) as JWK;
  return rest;
}

/** One request over mutual TLS, on a connection of its own. */
export async function ask(
  setting: { authority: { certificatePem: string } },
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string;
    readonly certificate?: { certificatePem: string; privateKeyPem: string } | undefined;
    readonly agent?: Agent;
  } = {},
): Promise<Answer> {
  const { certificate } = options;
  const identity = certificate ? { cert: certificate.certificatePem, key: certificate.privateKeyPem } : {};
  const agent =
    options.agent ??
    new Agent({ ca: setting.authority.certificatePem, ...identity, keepAlive: false, servername: "localhost" });
  const outgoing = request(url, { method: options.method ?? "GET", headers: { ...options.headers }, agent });
  outgoing.end(options.body);
  const [response] = await once(outgoing, "response");
  const body = await text(response);
  const isJson = body !== "" && /json/.test(response.headers["content-type"] ?? "");
  return { status: response.statusCode, headers: response.headers, text: body, json: isJson ? JSON.parse(body) : {} };
}

export interface TokenQuestion {
  readonly assertion?: string;
  /** `null`: none at the handshake. */
  readonly certificate?: IssuedCertificate | null;
  readonly form?: Record<string, string>;
  readonly headers?: OutgoingHttpHeaders;
  readonly agent?: Agent;
  readonly listener?: { readonly url: string; readonly issuer: string };
}

/** Asks for a token as a client that does everything right, except where the question says otherwise. */
export async function askToken(setting: Setting, client: TestClient, question: TokenQuestion = {}): Promise<Answer> {
  const listener = question.listener ?? setting.listener;
  const assertion = question.assertion ?? (await createAssertion({ ...client, issuer: listener.issuer }));
  const certificate = question.certificate === null ? undefined : (question.certificate ?? client.certificate);
  const form = {
    grant_type: "client_credentials",
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
    ...question.form,
  };
  return ask(setting, `${listener.url}/auth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", ...question.headers },
    body: new URLSearchParams(form).toString(),
    certificate,
    ...(question.agent && { agent: question.agent }),
  });
}

/** A token of the client, or an error that says what came instead. */
export async function getToken(setting: Setting, client: TestClient, question: TokenQuestion = {}): Promise<string> {
  const { status, text: body, json } = await askToken(setting, client, question);
  if (status !== 200 || !json.access_token) throw new Error(`no token: ${status} ${body}`);
  return json.access_token;
}

/** Shows a token to the resource over a connection with the certificate. */
export function useToken(
  setting: Setting,
  token: string,
  certificate: IssuedCertificate | undefined,
  listener: { readonly url: string } = setting.listener,
): Promise<Answer> {
  return ask(setting, `${listener.url}/resource`, { headers: { Authorization: `Bearer ${token}` }, certificate });
}

/** Starts another process with an authorization server of its own; ended with the test. */
export async function startProcess(t: Test, settings: ProcessSettings) {
  const script = fileURLToPath(new URL("authorization-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "inherit"] });
  t.teardown(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const [line] = await Promise.race([
    once(child.stdout.setEncoding("utf8"), "data"),
    once(child, "exit").then(() => Promise.reject(new Error("the other process ended"))),
  ]);
  const url = String(line).trim();
  return { url, issuer: issuerOf(settings.publicUrl ?? url) };
}
