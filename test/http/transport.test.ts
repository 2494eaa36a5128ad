import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import t, { type Test } from "tap";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits/http-limits.ts";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import type { NewAlarm } from "../../src/operations/alarms.ts";
import { ALPHA, BELGIF, contractFile, digestOf, isProblem, OWN, openDoor, ROOT } from "./open-door.ts";
import { readAnswer } from "./read-answer.ts";

const SUBMISSIONS = `${ROOT}/submissions`;
const HEALTH = `${ROOT}/health`;

t.test("bytes on the wire", async (t) => {
  const door = await openDoor(t, {
    limits: {
      headersTimeoutMs: 500,
      bodyWindowMs: 500,
      publicBodyWindowMs: 500,
      minimumBodyBytesPerWindow: 1_000,
      handshakeTimeoutMs: 500,
    },
  });
  const get = `GET ${HEALTH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`;
  const post = `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\n`;
  const send = async (bytes: string) => {
    const socket = await door.connectAsAlpha();
    socket.on("error", () => {});
    socket.write(bytes);
    return socket;
  };
  t.afterEach(async () => {
    t.equal((await door.nobody(HEALTH)).status, 200, "the process stays up");
  });

  t.test("headers that trickle are cut off", async (t) => {
    const socket = await send(get);
    const trickle = setInterval(() => socket.write("X: y\r\n"), 100);
    t.teardown(() => clearInterval(trickle));
    const started = performance.now();
    isProblem(t, await readAnswer(socket), 408, `${OWN}requestTimeout`);
    t.ok(performance.now() - started < 60_000);
  });

  t.test("a body that trickles is cut off, and leaves nothing behind", async (t) => {
    const body = contractFile({ reference: "TRICKLE" });
    const socket = await send(`${post}Content-Digest: ${digestOf(body)}\r\nContent-Length: ${body.length}\r\n\r\n`);
    let sent = 0;
    const trickle = setInterval(() => socket.write(body.slice(sent, ++sent)), 50);
    t.teardown(() => clearInterval(trickle));
    isProblem(t, await readAnswer(socket), 408, `${OWN}requestTimeout`);
    t.same((await door.alpha(SUBMISSIONS)).json.items, []);
  });

  t.test("a body that trickles to the token endpoint is cut off too", async (t) => {
    const socket = await send(
      "POST /auth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n",
    );
    const trickle = setInterval(() => socket.write("x"), 50);
    t.teardown(() => clearInterval(trickle));
    isProblem(t, await readAnswer(socket), 408, `${OWN}requestTimeout`);
  });

  t.test("a body that comes slowly but steadily is taken", async (t) => {
    const inamiNumbers = Array.from({ length: 40 }, () => "12345625001");
    const body = contractFile({ reference: "STEADY", inamiNumbers });
    const socket = await send(
      `${post}Connection: close\r\nContent-Digest: ${digestOf(body)}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    const answer = readAnswer(socket);
    for (let start = 0; start < body.length; start += 1_000) {
      socket.write(body.slice(start, start + 1_000));
      await sleep(100);
    }
    t.match(await answer, { status: 202, json: { reference: "STEADY" } });
    t.ok(body.length > 9_000, "it took longer than one window");
  });

  t.test("headers too large and URLs too long are refused", async (t) => {
    const refusals: [string, number, string][] = [
      [`${get}X: ${"x".repeat(20_000)}\r\n\r\n`, 431, `${OWN}headersTooLarge`],
      [`${get}${Array.from({ length: 4_000 }, () => "a:b").join("\r\n")}\r\n\r\n`, 431, `${OWN}headersTooLarge`],
      [`GET ${HEALTH}?${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431, `${OWN}headersTooLarge`],
    ];
    for (const [bytes, status, type] of refusals) isProblem(t, await readAnswer(await send(bytes)), status, type);
    isProblem(t, await door.nobody(`${HEALTH}?${"x".repeat(9_000)}`), 414, `${OWN}uriTooLong`);
    isProblem(t, await door.alpha(`${SUBMISSIONS}/${"x".repeat(200)}`), 414, `${OWN}uriTooLong`);
  });

  t.test("what two readers could split in two ways is refused", async (t) => {
    const chunked = "Transfer-Encoding: chunked\r\n";
    const smuggled = `0\r\n\r\nDELETE ${SUBMISSIONS}/x HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const requests = {
      "both lengths": `${post}Content-Length: 6\r\n${chunked}\r\n${smuggled}`,
      "both lengths, the other way round": `${post}${chunked}Content-Length: 6\r\n\r\n${smuggled}`,
      "two lengths": `${post}Content-Length: 6\r\nContent-Length: 7\r\n\r\n${smuggled}`,
      "the same length twice": `${post}Content-Length: 6\r\nContent-Length: 6\r\n\r\n${smuggled}`,
      "two lengths in one field": `${post}Content-Length: 6, 7\r\n\r\n${smuggled}`,
      "a negative length": `${post}Content-Length: -6\r\n\r\n${smuggled}`,
      "a signed length": `${post}Content-Length: +6\r\n\r\n${smuggled}`,
      "a hexadecimal length": `${post}Content-Length: 0x6\r\n\r\n${smuggled}`,
      "chunked, and not last": `${post}Transfer-Encoding: chunked, identity\r\n\r\n${smuggled}`,
      "an encoding almost called chunked": `${post}Transfer-Encoding: xchunked\r\n\r\n${smuggled}`,
      "a tab before the colon": `${post}Transfer-Encoding\t: chunked\r\n\r\n${smuggled}`,
      "a space before the colon": `${post}Content-Length : 6\r\n\r\n${smuggled}`,
      "a folded line": `${get}X: one\r\n two\r\n\r\n`,
      "a folded length": `${post}Content-Length:\r\n 6\r\n\r\n${smuggled}`,
      "a bare carriage return": `${get}X: one\rContent-Length: 6\r\n\r\n${smuggled}`,
      "a bare line feed": `${get}X: one\nContent-Length: 6\r\n\r\n${smuggled}`,
      "a NUL in a header": `${get}X: one\0two\r\n\r\n`,
      "two hosts": `${get}Host: other\r\n\r\n`,
      "no host": `GET ${HEALTH} HTTP/1.1\r\n\r\n`,
      "a chunk with a length that is none": `${post}Content-Digest: ${digestOf("")}\r\n${chunked}\r\nzz\r\n\r\n`,
      "another protocol": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    for (const [name, bytes] of Object.entries(requests)) {
      const socket = await send(bytes);
      const text = String(await buffer(socket));
      t.match(text, /^HTTP\/1\.1 400 /, name);
      t.equal(text.match(/^HTTP\/1\.1 /gm)?.length, 1, `${name}: one answer, and no second request`);
      t.match(text, /\r\nConnection: close\r\n/i, name);
    }
  });

  t.test("whoever connects and says nothing is let go", async (t) => {
    const { createConnection } = await import("node:net");
    const silent = createConnection({ host: "127.0.0.1", port: door.tls.port });
    silent.on("error", () => {});
    await once(silent, "close");
    t.ok(silent.destroyed);
  });

  t.test("bytes that are no handshake are no trouble", async (t) => {
    const { createConnection } = await import("node:net");
    const plain = createConnection({ host: "127.0.0.1", port: door.tls.port });
    plain.on("error", () => {});
    plain.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(plain, "close");
    t.notOk(door.logLines.some((line) => JSON.parse(line).level >= 50));
  });
});

t.test("a sender that proved who it is may pause; one of whom nobody knows may not", async (t) => {
  t.ok(DEFAULT_HTTP_LIMITS.bodyWindowMs >= DEFAULT_HTTP_LIMITS.idleTimeoutMs, "as long as rest.md promises");
  const door = await openDoor(t, { limits: { bodyWindowMs: 60_000, publicBodyWindowMs: 200 } });
  const body = contractFile({ reference: "PAUSED" });
  const socket = await door.connectAsAlpha();
  const head = `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\n`;
  socket.write(
    `${head}Content-Digest: ${digestOf(body)}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 100)}`,
  );
  const stranger = await door.connectAsAlpha();
  stranger.write(
    "POST /auth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n",
  );
  const refused = await readAnswer(stranger);
  isProblem(t, refused, 408, `${OWN}requestTimeout`);
  t.match(refused.json.detail, /send it again/);
  socket.write(body.slice(100));
  t.match(await readAnswer(socket), { status: 202, json: { reference: "PAUSED" } });
});

t.test("the token endpoint takes no large body", async (t) => {
  const door = await openDoor(t);
  const form = (headers: Record<string, string> = {}) => ({
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: `x=${"x".repeat(1_000_000)}`,
  });
  isProblem(t, await door.nobody("/auth/token", form()), 413, `${BELGIF}payloadTooLarge`);
  const { status, headers } = await door.nobody("/auth/token", form({ "Transfer-Encoding": "chunked" }));
  t.match({ status, headers }, { status: 400, headers: { connection: "close" } });
});

t.test("TLS", async (t) => {
  const door = await openDoor(t);
  const shake = (options: ConnectionOptions) =>
    new Promise<TLSSocket>((resolve, reject) => {
      const socket = connect({ ...door.tls, ...options }, () => resolve(socket));
      socket.on("error", reject);
      t.teardown(() => socket.destroy());
    });

  t.test("1.3 is taken where the client knows it, 1.2 where it does not, nothing older", async (t) => {
    t.equal((await shake({})).getProtocol(), "TLSv1.3");
    t.equal((await shake({ maxVersion: "TLSv1.2" })).getProtocol(), "TLSv1.2");
    for (const version of ["TLSv1.1", "TLSv1"] as const) {
      const old = { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" };
      await t.rejects(shake(old), { code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" }, version);
    }
  });

  t.test("of 1.2 only suites with forward secrecy and authenticated encryption are taken", async (t) => {
    const weak = [
      "AES128-GCM-SHA256",
      "ECDHE-ECDSA-AES128-SHA256",
      "ECDHE-ECDSA-AES256-SHA",
      "DHE-RSA-AES128-GCM-SHA256",
    ];
    for (const ciphers of [...weak, "NULL-SHA256", "ECDHE-ECDSA-AES128-CCM"]) {
      const options = { maxVersion: "TLSv1.2", ciphers: `${ciphers}:@SECLEVEL=0` } as const;
      await t.rejects(shake(options), { message: /handshake failure|no cipher/i }, ciphers);
    }
    const socket = await shake({
      maxVersion: "TLSv1.2",
      ciphers: "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384",
    });
    t.equal(socket.getCipher().name, "ECDHE-ECDSA-AES256-GCM-SHA384", "in our order");
  });

  t.test("keys are agreed on safe curves only", async (t) => {
    await t.rejects(shake({ ecdhCurve: "secp256k1", maxVersion: "TLSv1.2" }));
    await t.rejects(shake({ ecdhCurve: "P-224", maxVersion: "TLSv1.2" }));
    t.equal((await shake({ ecdhCurve: "X25519" })).getProtocol(), "TLSv1.3");
  });

  t.test("a client cannot renegotiate", async (t) => {
    const socket = await shake({ maxVersion: "TLSv1.2" });
    const refused = once(socket, "error");
    socket.renegotiate({ rejectUnauthorized: false }, () => t.fail("it was renegotiated"));
    const [error] = await refused;
    t.match(error, { code: "ERR_SSL_NO_RENEGOTIATION" });
    t.equal((await door.nobody(HEALTH)).status, 200);
  });
});

t.test("keys and certificates change without restart", async (t) => {
  const alarms: NewAlarm[] = [];
  const files = filesIn(t);
  const door = await openDoor(t, {
    tlsFiles: files,
    limits: { tlsRereadIntervalMs: 50 },
    raiseAlarm: async (alarm) => void alarms.push(alarm),
  });
  const presented = async () => {
    const socket = connect(door.tls);
    await once(socket, "secureConnect");
    const certificate = socket.getPeerX509Certificate();
    socket.destroy();
    return certificate!.fingerprint256;
  };
  const logged = (code: string) => door.logLines.filter((line) => JSON.parse(line).code === code).length;
  const first = await presented();

  t.test("a bad pair leaves the old one in place, and operators know, once", async (t) => {
    const kept = readFileSync(files.keyFile);
    const { certificatePem } = await issueCertificate(door.authority, { commonName: "localhost", usage: "server" });
    const expired = await issueCertificate(door.authority, {
      commonName: "localhost",
      usage: "server",
      validity: { notBefore: new Date("2020-01-01"), notAfter: new Date("2021-01-01") },
    });
    const bad: [string, string | Buffer, string | Buffer][] = [
      ["another key", kept, certificatePem],
      ["no certificate", kept, "nonsense"],
      ["expired", expired.privateKeyPem, expired.certificatePem],
      ["no key", "nonsense", certificatePem],
    ];
    for (const [index, [name, key, certificate]] of bad.entries()) {
      writeFileSync(files.keyFile, key);
      writeFileSync(files.certificateFile, certificate);
      await until(() => alarms.length > index);
      await sleep(200);
      t.equal(alarms.length, index + 1, name);
      t.equal(await presented(), first, name);
    }
    t.equal(logged("tlsFilesRefused"), 4);
    t.match(alarms, Array(4).fill({ code: "tlsFilesUnusable", details: {} }));
    t.notMatch(door.logLines.join(""), /PRIVATE|nonsense/);
  });

  t.test("a good pair is in use for the next connection", async (t) => {
    const next = await issueCertificate(door.authority, { commonName: "localhost", usage: "server" });
    replace(files.keyFile, next.privateKeyPem);
    replace(files.certificateFile, next.certificatePem);
    await until(() => logged("tlsFilesRead") > 0);
    t.not(await presented(), first);
    t.equal((await door.alpha(SUBMISSIONS)).status, 200);
    const old = connect({ ...door.tls, maxVersion: "TLSv1.1", minVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" });
    await t.rejects(once(old, "secureConnect"), "with the same suites and versions as before");
  });

  t.test("another client authority: its certificates are known, those of the old one no longer", async (t) => {
    const read = logged("tlsFilesRead");
    const other = await createDevelopmentAuthority({ commonName: "Other authority" });
    const { certificatePem: own } = door.authority;
    replace(files.clientCaFile, other.certificatePem);
    await until(() => logged("tlsFilesRead") > read);
    isProblem(t, await door.alpha(SUBMISSIONS), 401, `${OWN}invalidClientCertificate`);
    const stranger = await issueCertificate(other, { commonName: ALPHA, usage: "client" });
    isProblem(t, await door.callAs(stranger)(SUBMISSIONS), 403, `${OWN}clientCertificateNotRegistered`);
    replace(files.clientCaFile, `${other.certificatePem}${own}`);
    await until(() => logged("tlsFilesRead") > read + 1);
    t.equal((await door.alpha(SUBMISSIONS)).status, 200);
  });
});

function filesIn(t: Test) {
  const folder = t.testdir();
  return {
    keyFile: join(folder, "key.pem"),
    certificateFile: join(folder, "certificate.pem"),
    clientCaFile: join(folder, "client-ca.pem"),
  };
}

/** As tools that renew certificates do: the new file takes the place of the old one at once. */
function replace(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

async function until(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 4_000 && !isSo(); attempt += 1) await sleep(25);
}
