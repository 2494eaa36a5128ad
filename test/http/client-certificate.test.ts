import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import t from "tap";
import {
  createDevelopmentAuthority,
  type IssuedCertificate,
  issueCertificate,
} from "../../src/identity/issue-certificate.ts";
import { SCOPES_BY_KIND } from "../../src/identity/scopes.ts";
import { clientIdOf } from "./admit-with-client.ts";
import { fillIn, listOperations } from "./api-operations.ts";
import { ALPHA, BELGIF, isProblem, OWN, openDoor, ROOT } from "./open-door.ts";

const door = await openDoor(t);
const SUBMISSIONS = `${ROOT}/submissions`;
const DAY_MS = 86_400_000;

t.test("a registered certificate opens the door to its insurer", async (t) => {
  const answer = await door.alpha(SUBMISSIONS);
  t.equal(answer.status, 200);
  t.same(answer.json.items, []);
  t.equal(answer.headers["cache-control"], "no-store");
});

t.test("without a certificate every resource that is not public is refused, whatever the method", async (t) => {
  const resources = ["", "/x", "/x/receipt", "/x/report", "/x/records", "/x/records/1", "/x/corrections"];
  for (const resource of resources) {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const answer = await door.nobody(`${SUBMISSIONS}${resource}`, { method });
      isProblem(t, answer, 401, `${OWN}noClientCertificate`);
    }
  }
});

t.test("a refusal for want of a certificate names a challenge", async (t) => {
  const answer = await door.nobody(SUBMISSIONS);
  t.match(answer.headers["www-authenticate"], /realm="digitalContracts"/);
});

t.test("public resources are answered without a certificate", async (t) => {
  for (const path of [
    `${ROOT}/health`,
    `${ROOT}/refData/findings`,
    `${ROOT}/doc/openapi.json`,
    "/.well-known/jwks.json",
  ]) {
    t.equal((await door.nobody(path)).status, 200, path);
  }
});

t.test("a certificate of the right authority that nobody registered is refused", async (t) => {
  const stranger = await issueCertificate(door.authority, { commonName: "stranger", usage: "client" });
  isProblem(t, await door.callAs(stranger)(SUBMISSIONS), 403, `${OWN}clientCertificateNotRegistered`);
});

t.test("a certificate of a self-made authority is refused, even with a registered name", async (t) => {
  const authority = await createDevelopmentAuthority();
  const forged = await issueCertificate(authority, { commonName: "0403019261", usage: "client" });
  const answer = await door.callAs(forged)(SUBMISSIONS);
  isProblem(t, answer, 401, `${OWN}invalidClientCertificate`);
  t.match(answer.json.detail, /authority/);
});

t.test("a registered certificate of a self-made authority is refused too", async (t) => {
  const authority = await createDevelopmentAuthority();
  const foreign = await issueCertificate(authority, { commonName: "foreign", usage: "client" });
  await register(foreign.thumbprint);
  isProblem(t, await door.callAs(foreign)(SUBMISSIONS), 401, `${OWN}invalidClientCertificate`);
});

t.test("an expired certificate, and one for servers, are refused with their reason", async (t) => {
  const notAfter = new Date(Date.now() - DAY_MS);
  const validity = { notBefore: new Date(notAfter.getTime() - DAY_MS), notAfter };
  const expired = await issueCertificate(door.authority, { commonName: "expired", usage: "client", validity });
  const server = await issueCertificate(door.authority, { commonName: "server", usage: "server" });
  await register(expired.thumbprint);
  await register(server.thumbprint);
  const late = await door.callAs(expired)(SUBMISSIONS);
  isProblem(t, late, 401, `${OWN}invalidClientCertificate`);
  t.match(late.json.detail, /expired/);
  const misused = await door.callAs(server)(SUBMISSIONS);
  isProblem(t, misused, 401, `${OWN}invalidClientCertificate`);
  t.match(misused.json.detail, /client authentication/);
});

t.test("a certificate that expires while its connection stays open is refused from then on", async (t) => {
  const notAfter = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 5_000);
  const validity = { notBefore: new Date(notAfter.getTime() - DAY_MS), notAfter };
  const short = await issueCertificate(door.authority, { commonName: "short", usage: "client", validity });
  await register(short.thumbprint);
  const socket = connect({ ...door.tls, cert: short.certificatePem, key: short.privateKeyPem });
  await once(socket, "secureConnect");
  t.match(await exchange(socket, short), /^HTTP\/1\.1 200/);
  await new Promise((resolve) => setTimeout(resolve, notAfter.getTime() - Date.now() + 50));
  t.match(await exchange(socket, short), /^HTTP\/1\.1 401/);
  socket.destroy();
});

t.test("a certificate that is revoked while its connection stays open is refused from then on", async (t) => {
  const revoked = await issueCertificate(door.authority, { commonName: "revoked", usage: "client" });
  await register(revoked.thumbprint);
  const socket = connect({ ...door.tls, cert: revoked.certificatePem, key: revoked.privateKeyPem });
  await once(socket, "secureConnect");
  t.match(await exchange(socket, revoked), /^HTTP\/1\.1 200/);
  await door.owner`update client_certificate set revoked_at = now() where thumbprint = ${revoked.thumbprint}`;
  t.match(await exchange(socket, revoked), /^HTTP\/1\.1 403/);
  socket.destroy();
});

t.test("a resumed TLS session that never had a certificate is still nobody's", async (t) => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const first = connect({ ...door.tls, maxVersion });
    const sessions: Buffer[] = [];
    first.on("session", (session) => sessions.push(session));
    await once(first, "secureConnect");
    t.match(await exchange(first), /^HTTP\/1\.1 401/);
    first.destroy();
    const second = connect({ ...door.tls, maxVersion, session: sessions.at(-1) });
    await once(second, "secureConnect");
    t.ok(second.isSessionReused(), `${maxVersion} resumes`);
    t.match(await exchange(second), /^HTTP\/1\.1 401/);
    second.destroy();
  }
});

t.test("a resumed TLS session keeps its certificate", async (t) => {
  const identity = { cert: door.alphaCertificate.certificatePem, key: door.alphaCertificate.privateKeyPem };
  const first = connect({ ...door.tls, ...identity });
  const sessions: Buffer[] = [];
  first.on("session", (session) => sessions.push(session));
  await once(first, "secureConnect");
  t.match(await exchange(first, door.alphaCertificate), /^HTTP\/1\.1 200/);
  first.destroy();
  const second = connect({ ...door.tls, ...identity, session: sessions.at(-1) });
  await once(second, "secureConnect");
  t.ok(second.isSessionReused());
  t.match(await exchange(second, door.alphaCertificate), /^HTTP\/1\.1 200/);
  second.destroy();
});

t.test("TLS 1.1 is not spoken", async (t) => {
  const socket = connect({ ...door.tls, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
  await t.rejects(once(socket, "secureConnect"));
});

t.test("a suspended insurer is told so", async (t) => {
  await door.owner`update insurer set phase = 'suspended' where insurer_id = ${door.alphaId}`;
  const carried: readonly (string | undefined)[] = SCOPES_BY_KIND.insurer;
  const operations = listOperations().filter(({ scope }) => carried.includes(scope));
  let guarded = 0;
  for (const operation of operations) {
    const { path, ...question } = fillIn(operation);
    if ((await door.nobody(path, question)).status !== 401) continue;
    guarded += 1;
    const answer = await door.alpha(path, question);
    isProblem(t, answer, 403, `${BELGIF}missingPermission`);
    t.match(answer.json.detail, /suspended/, operation.name);
  }
  t.ok(guarded > 10, "of every resource that is not public");
  await door.owner`update insurer set phase = 'loading' where insurer_id = ${door.alphaId}`;
  t.equal((await door.alpha(SUBMISSIONS)).status, 200);
});

async function register(thumbprint: Buffer): Promise<void> {
  await door.owner`
    insert into client_certificate (thumbprint, client_id, not_after, registered_at)
    values (${thumbprint}, ${clientIdOf(ALPHA)}, '2099-01-01', now())`;
}

/** One request on a connection that stays open; answers the head of what came back. */
async function exchange(socket: TLSSocket, certificate?: IssuedCertificate): Promise<string> {
  const token = certificate && (await door.mint(certificate, clientIdOf(ALPHA)));
  const authorization = token ? `Authorization: Bearer ${token}\r\n` : "";
  socket.write(`GET ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n`);
  const [bytes] = await once(socket, "data");
  return String(bytes);
}
