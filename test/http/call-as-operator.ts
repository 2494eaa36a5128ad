import { Agent } from "node:https";
import type { Test } from "tap";
import { createClient } from "../../src/identity/client-registry.ts";
import { registerCertificate } from "../../src/identity/credential-registry.ts";
import { type IssuedCertificate, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import type { Caller, Door } from "./open-door.ts";

const CLIENT_ID = "client-operator";
const ACTOR = { account: "test" };

/** A caller with an operator's certificate and token. */
export async function callAsOperator(t: Test, door: Door): Promise<Caller> {
  const certificate = await issueCertificate(door.authority, { commonName: "Operator", usage: "client" });
  await door.database.institute.begin(async (tx) => {
    await createClient(tx, ACTOR, { clientId: CLIENT_ID, name: "Operator", kind: "operator" });
    await registerCertificate(tx, ACTOR, { clientId: CLIENT_ID, pem: certificate.certificatePem });
  });
  const caller = door.callAs(certificate, CLIENT_ID, { scopes: [SCOPES.operate, SCOPES.audit] });
  return keepConnections(t, door, caller, certificate);
}

/** The same caller for many requests: connections are used again. */
export function keepConnections(t: Test, door: Door, caller: Caller, certificate: IssuedCertificate): Caller {
  const { certificatePem: cert, privateKeyPem: key } = certificate;
  const agent = new Agent({ ...door.tls, cert, key, keepAlive: true });
  t.teardown(() => agent.destroy());
  return (path, question = {}) => caller(path, { agent, ...question });
}
