import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Test } from "tap";
import { createTokenSource, type TokenRequestError } from "../../src/client/token-client.ts";
import {
  generateSigningKeyPem,
  type IssuedCertificate,
  issueCertificate,
} from "../../src/identity/issue-certificate.ts";
import { type Door, ROOT } from "../http/open-door.ts";

/** A machine of an insurer or operator: what proves it, and the files with what it lets others know. */
export interface Machine {
  readonly clientId: string;
  readonly kid: string;
  readonly keyPem: string;
  readonly certificate: IssuedCertificate;
  readonly jwksFile: string;
  readonly certificateFile: string;
}

/** Makes a key and a certificate; registers nothing. */
export async function makeMachine(
  t: Test,
  { authority }: Pick<Door, "authority">,
  clientId: string,
  kid = "first",
): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), "infoss-machine-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const keyPem = await generateSigningKeyPem();
  const certificate = await issueCertificate(authority, { commonName: clientId, usage: "client" });
  const jwk = { ...createPublicKey(keyPem).export({ format: "jwk" }), kid };
  const jwksFile = join(folder, `${clientId}-${kid}.jwks.json`);
  const certificateFile = join(folder, `${clientId}-${kid}.pem`);
  writeFileSync(jwksFile, JSON.stringify({ keys: [jwk] }));
  writeFileSync(certificateFile, certificate.certificatePem);
  return { clientId, kid, keyPem, certificate, jwksFile, certificateFile };
}

export interface JsonAnswer {
  readonly status: number;
  readonly location: string | undefined;
  /** Empty text for an empty answer; what is no JSON as `text`. */
  readonly json: Json;
}

/** The fields that tests look at, of whatever document. */
export interface Json {
  readonly self?: string;
  readonly next?: string;
  readonly items?: readonly JsonItem[];
  readonly text?: string;
}

export interface JsonItem {
  readonly href: string;
  readonly text?: string;
}

/** Calls the door as any program would: a token from the token endpoint, bound to the certificate. */
export function createMachineCaller({ tls }: Door, machine: Machine, scopes?: readonly string[]) {
  const identity = { cert: machine.certificate.certificatePem, key: machine.certificate.privateKeyPem };
  const getToken = createTokenSource({
    issuer: "https://localhost/auth",
    tokenEndpoint: `https://localhost:${tls.port}/auth/token`,
    clientId: machine.clientId,
    key: machine.keyPem,
    kid: machine.kid,
    tls: { ...identity, ca: tls.ca },
    ...(scopes && { scopes }),
  });
  const agent = new Agent({ ...tls, ...identity, keepAlive: false });
  const call = async (method: string, path: string, body?: unknown): Promise<JsonAnswer> => {
    const headers = {
      Authorization: `Bearer ${await getToken()}`,
      ...(body ? { "Content-Type": "application/json" } : {}),
    };
    const outgoing = request({
      ...tls,
      agent,
      method,
      path: path.startsWith("/REST") ? path : `${ROOT}${path}`,
      headers,
    });
    outgoing.end(body && JSON.stringify(body));
    const [response] = await once(outgoing, "response");
    const text = (await buffer(response)).toString();
    const isJson = String(response.headers["content-type"]).includes("json");
    const json = text && (isJson ? JSON.parse(text) : { text });
    return { status: response.statusCode, location: response.headers.location, json };
  };
  return { call, getToken };
}

/** Why no token is given to the machine now. */
export async function refusedToken(door: Door, machine: Machine): Promise<string | undefined> {
  try {
    await createMachineCaller(door, machine).getToken();
    return undefined;
  } catch (error) {
    return (error as TokenRequestError).error;
  }
}

/** A line as `ssh-keygen -t ed25519` writes it. */
export function makeSshKey(): string {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([field(Buffer.from("ssh-ed25519")), field(Buffer.from(x, "base64url"))]);
  return `ssh-ed25519 ${blob.toString("base64")} somebody@machine\n`;
}
