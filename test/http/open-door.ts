import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import type { Test } from "tap";
import { createRulesInForce } from "../../src/advantage/rules-in-force.ts";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { createFixedBusinessClock, type InsurersClock } from "../../src/clock.ts";
import { createHttpServer } from "../../src/http/http-server.ts";
import type { HttpLimits } from "../../src/http/limits/http-limits.ts";
import type { ProblemDocument } from "../../src/http/problems.ts";
import type { SubmissionView } from "../../src/http/submission-view.ts";
import type { TlsFiles } from "../../src/http/tls-reload.ts";
import { createOwnTokenKeys, createTokenVerifier } from "../../src/identity/access-token.ts";
import { createAuthorizationServer, issuerOf } from "../../src/identity/authorization-server.ts";
import { createClientDirectory } from "../../src/identity/client-directory.ts";
import {
  createFailedAuthentications,
  type FailedAuthenticationSettings,
} from "../../src/identity/failed-authentications.ts";
import {
  createDevelopmentAuthority,
  generateSigningKeyPem,
  type IssuedCertificate,
  issueCertificate,
} from "../../src/identity/issue-certificate.ts";
import { audienceOf } from "../../src/identity/scopes.ts";
import { createFixedKeyRing } from "../../src/identity/signing-keys.ts";
import { createCallTurns } from "../../src/intake/call-turns.ts";
import type { Intake } from "../../src/intake/intake.ts";
import { createReceiptSigner } from "../../src/intake/receipt.ts";
import { createTransferSlots } from "../../src/intake/transfer-slots.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { createLogger } from "../../src/log.ts";
import type { Metrics } from "../../src/metrics/metrics.ts";
import type { NewAlarm } from "../../src/operations/alarms.ts";
import { createStatementSigner } from "../../src/readiness/readiness-statement.ts";
import { loadRegister } from "../../src/register/load-register.ts";
import { createSpaceClock } from "../../src/spaces/space-clock.ts";
import { createSecretBox, type SecretBox } from "../../src/webhooks/secret-box.ts";
import { createTestDatabase } from "../database.ts";
import { refuseUndocumented } from "../openapi/documented-problems.ts";
import { admitWithClient, clientIdOf } from "./admit-with-client.ts";
import { type Claims, mintToken } from "./mint-token.ts";

export const BELGIF = "urn:problem-type:belgif:";
export const OWN = "urn:problem-type:nihdi:digitalContracts:";
export const ROOT = "/REST/digitalContracts/v1";
export const ALPHA = "0403019261";
export const BETA = "0428759497";
/** The one provider of the test register. */
export const KNOWN_INAMI_NUMBER = "12345625001";

const ISSUER = issuerOf("https://localhost");

const SFTP = { host: "localhost", port: 2222, hostKeys: ["SHA256:uXqVzJmOCpOFhx7Hn0ic5Nzk3Wl5Zx2y1r0S6m8bqkE"] };

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Empty when the answer is not JSON. */
  readonly json: AnyDocument;
}

/** The fields that tests look at, of whatever document. */
export interface AnyDocument extends Partial<SubmissionView>, Partial<Omit<ProblemDocument, "status">> {
  readonly status?: number | string;
  readonly jws?: string;
  readonly durable?: boolean;
  readonly sender?: string;
  readonly items?: readonly AnyItem[];
  readonly next?: string;
  readonly total?: number;
  readonly openapi?: string;
  readonly keys?: readonly Record<string, string>[];
}

export interface AnyItem {
  readonly href: string;
  readonly submissionId?: string;
  readonly recordNumber?: number;
  readonly outcome?: string;
  readonly code?: string;
  readonly text?: string;
  readonly findings?: readonly { readonly code: string; readonly text: string }[];
}

export interface Question {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

export type Caller = (path: string, question?: Question) => Promise<Answer>;

export interface DoorOptions {
  readonly maximumBytes?: number;
  readonly transferSlots?: number;
  readonly limits?: Partial<HttpLimits>;
  readonly pingDatabase?: () => Promise<unknown>;
  /** Failed proofs count, with these settings; absent: they do not. */
  readonly failures?: Partial<FailedAuthenticationSettings>;
  readonly metrics?: Metrics;
  /** Where the server's key and certificate and the client authority are written to, and looked for again. */
  readonly tlsFiles?: TlsFiles;
  readonly raiseAlarm?: (alarm: NewAlarm) => Promise<void>;
  readonly webhookSecrets?: SecretBox;
  readonly environmentName?: "validation" | "production";
  /** Accounts that may admit themselves. */
  readonly maximumSpaces?: number;
  /** The business day; absent: one that stands still. */
  readonly clock?: InsurersClock;
}

export type Door = Awaited<ReturnType<typeof openDoor>>;

/** The REST door on a database of its own and a free port, with two registered insurers. */
export async function openDoor(t: Test, options: DoorOptions = {}) {
  const { database, owner } = await createTestDatabase(t);
  const authority = await createDevelopmentAuthority();
  const server = await issueCertificate(authority, { commonName: "localhost", usage: "server" });
  const [alpha, beta] = await Promise.all(
    [ALPHA, BETA].map((enterpriseNumber) =>
      issueCertificate(authority, { commonName: enterpriseNumber, usage: "client", enterpriseNumber }),
    ),
  );
  const { insurerId: alphaId } = await admitWithClient(database, ALPHA, "Alpha", alpha!.certificatePem);
  await admitWithClient(database, BETA, "Beta", beta!.certificatePem);
  const keyRing = await createFixedKeyRing(await generateSigningKeyPem());
  const audience = audienceOf("validation");
  const directory = createClientDirectory(database.plain, { maximumAgeMs: 1 });
  const logLines: string[] = [];
  const log = createLogger("trace", { write: (line) => logLines.push(line) });
  const intake: Intake = {
    database,
    clock: createSpaceClock(options.clock ?? createFixedBusinessClock("2026-11-22"), database),
    log,
    raiseAlarm: async ({ code, details }) => log.error({ code, ...details }, "alarm"),
    signer: createReceiptSigner(keyRing),
    environmentName: options.environmentName ?? "validation",
    maximumBytes: options.maximumBytes ?? 1_000_000,
    transferSlots: createTransferSlots(options.transferSlots ?? 8),
    callTurns: createCallTurns(),
    processingAttempts: 3,
    verificationQuota: { perDay: 1_000_000, perDayInAccess: 1_000_000 },
    massChange: { percent: 5, minimum: 20 },
  };
  const onFailure = (reason: string) => options.metrics?.failedAuthentications.inc({ reason });
  const failedAuthentications =
    options.failures && createFailedAuthentications(database.plain, { log, onFailure, ...options.failures });
  const authorizationServer = createAuthorizationServer({
    ...(failedAuthentications && { failedAuthentications }),
    issuer: () => ISSUER,
    audience,
    keyRing,
    sql: database.plain,
    directory,
    log,
  });
  t.teardown(() => authorizationServer.close());
  if (options.tlsFiles) {
    writeFileSync(options.tlsFiles.keyFile, server.privateKeyPem);
    writeFileSync(options.tlsFiles.certificateFile, server.certificatePem);
    writeFileSync(options.tlsFiles.clientCaFile, authority.certificatePem);
  }
  const persons = createPersonHasher(randomBytes(32));
  const app = await createHttpServer({
    tls: {
      key: server.privateKeyPem,
      cert: server.certificatePem,
      ca: authority.certificatePem,
      ...(options.tlsFiles && { files: options.tlsFiles }),
    },
    ...(options.metrics && { metrics: options.metrics }),
    loadPremiumYears: createRulesInForce(database.plain),
    ...(options.raiseAlarm && { raiseAlarm: options.raiseAlarm }),
    log,
    intake,
    identity: {
      directory,
      verifyToken: createTokenVerifier({ issuer: () => ISSUER, audience, keys: createOwnTokenKeys(keyRing) }),
      authorizationServer,
      ...(failedAuthentications && { failedAuthentications }),
    },
    ...(options.environmentName !== "production" && {
      spaces: {
        ...{ intake, authority, clientAuthorities: authority.certificatePem, days: 90 },
        maximumAccounts: options.maximumSpaces ?? 50,
        connection: () => ({ origin: "https://localhost", issuer: ISSUER, sftp: SFTP }),
      },
    }),
    audit: { log: createAuditLog(database.trail), persons },
    webhookSecrets: options.webhookSecrets ?? createSecretBox(randomBytes(32)),
    readiness: { errorPercent: 10, sign: createStatementSigner(keyRing, "validation") },
    pingDatabase: options.pingDatabase ?? (() => database.plain`select 1`),
    // Tests share their processors: a loop that stands still is not what they are about, unless they say so.
    limits: { lingerMs: 500, maximumEventLoopDelayMs: 0, ...options.limits },
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const tls = { host: "127.0.0.1", port, servername: "localhost", ca: authority.certificatePem };

  /** A token as the authorization server gives it, but for what a test wants otherwise. */
  const mint = (certificate: IssuedCertificate, clientId: string, claims: Claims = {}) =>
    mintToken(keyRing, { issuer: ISSUER, audience, clientId, thumbprint: certificate.thumbprint, ...claims });
  /** Calls with a certificate and a token bound to it; the client is Alpha's unless told. */
  const callAs = (certificate?: IssuedCertificate, clientId = clientIdOf(ALPHA), claims: Claims = {}): Caller => {
    const identity = certificate ? { cert: certificate.certificatePem, key: certificate.privateKeyPem } : {};
    return async (path, question = {}) => {
      const token = certificate && (await mint(certificate, clientId, claims));
      const authorization = token ? { Authorization: `Bearer ${token}` } : {};
      const headers = { ...authorization, ...question.headers };
      const answer = await ask({ ...tls, ...identity }, path, { ...question, headers });
      // The document is that of validation: production lacks some of its resources.
      const isDescribed = path.startsWith(ROOT) && options.environmentName !== "production";
      if (isDescribed) refuseUndocumented(question.method ?? "GET", path.slice(ROOT.length), answer);
      return answer;
    };
  };
  return {
    app,
    database,
    owner,
    intake,
    /** As the audit trail hashes them. */
    persons,
    authority,
    alphaId,
    alphaCertificate: alpha!,
    betaCertificate: beta!,
    /** A header line with a token of Alpha's, for requests written by hand. */
    alphaAuthorization: `Authorization: Bearer ${await mint(alpha!, clientIdOf(ALPHA))}\r\n`,
    logLines,
    tls,
    keyRing,
    mint,
    callAs,
    alpha: callAs(alpha),
    beta: callAs(beta, clientIdOf(BETA)),
    nobody: callAs(),
    /** A bare TLS connection with Alpha's certificate, for what no HTTP client would send. */
    async connectAsAlpha(): Promise<TLSSocket> {
      const socket = connect({ ...tls, cert: alpha!.certificatePem, key: alpha!.privateKeyPem });
      await once(socket, "secureConnect");
      return socket;
    },
  };
}

async function ask(
  tls: object,
  path: string,
  { method = "GET", headers = {}, body, agent }: Question,
): Promise<Answer> {
  const outgoing = request({
    ...tls,
    agent: agent ?? new Agent({ ...tls, keepAlive: false }),
    path,
    method,
    headers: { ...headers },
  });
  outgoing.end(body);
  const [response] = await once(outgoing, "response");
  const bytes = await buffer(response);
  const text = bytes.toString();
  const isJson = /[/+]json/.test(response.headers["content-type"] ?? "") && text !== "";
  return { status: response.statusCode, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

/** Asserts that an answer is a problem in Belgif form, whatever it is about. */
export function isProblem(t: Test, answer: Answer, status: number, type: string): void {
  t.equal(answer.status, status);
  t.equal(answer.json.type, type);
  t.equal(answer.json.status, status);
  t.equal(answer.headers["content-type"], "application/problem+json");
  t.equal(answer.json.instance, `urn:uuid:${answer.headers["belgov-trace-id"]}`);
  t.equal(answer.headers["cache-control"], "no-store");
}

export function digestOf(body: string | Buffer, algorithm = "sha256"): string {
  const name = algorithm.replace("sha", "sha-");
  return `${name}=:${createHash(algorithm).update(body).digest("base64")}:`;
}

/** Sends a file the way the documentation says. */
export function send(caller: Caller, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return caller(`${ROOT}/submissions`, {
    method: "POST",
    headers: { "Content-Type": "application/xml", "Content-Digest": digestOf(body), ...headers },
    body,
  });
}

export interface FileOptions {
  readonly reference?: string;
  readonly inamiNumbers?: readonly string[];
  readonly sender?: string;
}

/** An initial load with one contract for each number. */
export function contractFile({
  reference = "LOAD-1",
  inamiNumbers = [KNOWN_INAMI_NUMBER],
  sender = ALPHA,
}: FileOptions = {}): string {
  const records = inamiNumbers.map(
    (inamiNumber, index) => `  <record senderReference="R-${index + 1}">
    <new><contractNumber>C-${index + 1}</contractNumber><inamiNumber>${inamiNumber}</inamiNumber><startOn>2019-03-01</startOn>
      <contractKind>socialPlci</contractKind><solidarity>true</solidarity></new>
  </record>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<contractFile xmlns="urn:be:nihdi:infoss:contract-file:1" sender="${sender}" reference="${reference}" environment="S" kind="initialLoad"
  createdAt="2026-11-22T10:00:00+01:00" recordCount="${records.length}">
${records.join("")}</contractFile>
`;
}

/** Loads the test register and processes what is sent from now on. */
export async function processSubmissions(t: Test, { intake, database }: Door): Promise<void> {
  const register = `inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn\n${KNOWN_INAMI_NUMBER},85073003328,2000-01-01,,,\n`;
  const file = join(t.testdir(), "register.csv");
  writeFileSync(file, register);
  await loadRegister(database, file);
  const worker = startWorker(intake, { concurrency: 1, pollIntervalMs: 50 });
  t.teardown(() => worker.stop(0));
}

/** Follows a submission until it has ended. */
export async function waitForEnd(caller: Caller, submissionId: string): Promise<Answer> {
  for (let attempt = 0; attempt < 1_200; attempt += 1) {
    const answer = await caller(`${ROOT}/submissions/${submissionId}`);
    if (answer.json.endedAt) return answer;
    await sleep(100);
  }
  throw new Error("the submission did not end");
}
