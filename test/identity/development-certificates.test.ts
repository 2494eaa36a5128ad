import { execFile } from "node:child_process";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { basename, join, relative } from "node:path";
import tls from "node:tls";
import { promisify } from "node:util";
import t from "tap";
import { isEnterpriseNumber } from "../../src/identifiers/enterprise-number.ts";
import { DEVELOPMENT_AUTHORITY_NAME } from "../../src/identity/development-authority-name.ts";
import {
  type DevelopmentCertificates,
  ensureDevelopmentCertificates,
} from "../../src/identity/development-certificates.ts";
import {
  createDevelopmentAuthority,
  type IssuedCertificate,
  issueCertificate,
} from "../../src/identity/issue-certificate.ts";

const run = promisify(execFile);
const folder = join(t.testdir(), "certificates");
const made = await ensureDevelopmentCertificates(folder);

interface Peer {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  readonly ca: string | Buffer;
}

/** Shakes hands over real TLS; answers what each side found in the other's certificate (nothing: fully verified). */
async function shakeHands(server: Peer, client: Peer, host: string): Promise<Handshake> {
  // The server looks but does not refuse, so that its verdict can be read instead of a broken connection.
  const listener = tls.createServer({ ...server, requestCert: true, rejectUnauthorized: false });
  listener.listen(0, host === "::1" ? "::1" : "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const socket = tls.connect({ ...client, host, port, servername: host === "localhost" ? host : "" });
  try {
    const [[accepted]] = await Promise.all([once(listener, "secureConnection"), once(socket, "secureConnect")]);
    accepted.destroy();
    return { verdict: accepted.authorizationError, serverThumbprint: socket.getPeerX509Certificate()?.fingerprint256 };
  } finally {
    socket.destroy();
    listener.close();
  }
}

interface Handshake {
  /** Why the server distrusts the client's certificate; null when it does not. */
  readonly verdict: unknown;
  readonly serverThumbprint: string | undefined;
}

async function peer(files: { certificateFile: string; keyFile: string }): Promise<Peer> {
  return {
    key: await readFile(files.keyFile),
    cert: await readFile(files.certificateFile),
    ca: await readFile(made.authority.certificateFile),
  };
}

function hex(thumbprint: Buffer): string {
  return thumbprint.toString("hex").toUpperCase().match(/../g)?.join(":") ?? "";
}

t.test("server and clients shake hands over mutual TLS under every name of this machine", async (t) => {
  const hosts = ["localhost", "127.0.0.1", ...(hasIpv6() ? ["::1"] : [])];
  for (const host of hosts) {
    for (const client of made.clients) {
      const handshake = await shakeHands(await peer(made.server), await peer(client), host);
      t.same(handshake, { verdict: null, serverThumbprint: hex(made.server.thumbprint) }, host);
    }
  }
});

t.test("openssl verifies the chain for the purpose of each certificate and for no other", async (t) => {
  const ca = made.authority.certificateFile;
  const verify = (purpose: string, file: string) =>
    run("openssl", ["verify", "-x509_strict", "-CAfile", ca, "-purpose", purpose, file]);
  await verify("sslserver", made.server.certificateFile);
  await t.rejects(verify("sslclient", made.server.certificateFile));
  for (const { certificateFile } of made.clients) {
    await verify("sslclient", certificateFile);
    await t.rejects(verify("sslserver", certificateFile));
  }
});

t.test("thumbprints are the SHA-256 of the certificate's DER form", async (t) => {
  for (const { certificateFile, thumbprint } of [made.authority, made.server, ...made.clients]) {
    const { raw } = new X509Certificate(await readFile(certificateFile));
    t.same(thumbprint, createHash("sha256").update(raw).digest());
  }
  const all = [made.server, ...made.clients];
  t.equal(new Set(all.map(({ thumbprint }) => hex(thumbprint))).size, all.length);
});

t.test("client certificates carry the name and enterprise number of synthetic companies", async (t) => {
  t.match(made.clients, [
    { clientId: "client-alpha", kind: "insurer", name: "Synthetic Insurer Alpha", enterpriseNumber: "0403019261" },
    { clientId: "client-beta", kind: "insurer", name: "Synthetic Insurer Beta", enterpriseNumber: "0428759497" },
    {
      clientId: "client-provider",
      kind: "serviceProvider",
      name: "Synthetic Service Provider",
      enterpriseNumber: "0471938850",
    },
    { clientId: "client-operator", kind: "operator", name: "Synthetic Operator" },
  ]);
  for (const { certificateFile, name, enterpriseNumber, clientId } of made.clients) {
    t.equal(basename(certificateFile), `${clientId}.pem`);
    const { subject, issuer } = new X509Certificate(await readFile(certificateFile));
    t.match(subject, `CN=${name}`);
    if (enterpriseNumber) {
      t.ok(isEnterpriseNumber(enterpriseNumber));
      t.match(subject, `organizationIdentifier=NTRBE-${enterpriseNumber}`);
    }
    t.equal(issuer, `CN=${DEVELOPMENT_AUTHORITY_NAME}`);
  }
});

t.test("private keys are EC P-256 in PKCS#8, each another one, readable by their owner alone", async (t) => {
  const keys = [
    made.authority.keyFile,
    made.server.keyFile,
    join(made.signingKeysFolder, "0001-key.pem"),
    ...made.clients.flatMap((client) => [client.keyFile, client.assertionKeyFile]),
  ];
  t.same(
    keys.map((file) => relative(folder, file)).sort(),
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith("key.pem")).sort(),
    "no key of the folder is left out",
  );
  const pems = new Set<string>();
  for (const file of keys) {
    const pem = await readFile(file, "utf8");
    pems.add(pem);
    t.match(pem, /^-----BEGIN PRIVATE KEY-----\n/);
    t.equal(createPrivateKey(pem).asymmetricKeyDetails?.namedCurve, "prime256v1");
    t.equal((await stat(file)).mode & 0o777, 0o600, basename(file));
  }
  t.equal(pems.size, keys.length);
});

t.test("a second start keeps what the first one made", async (t) => {
  const before = await contents(folder);
  t.same(await ensureDevelopmentCertificates(folder), made);
  t.same(await contents(folder), before);
});

t.test("several processes starting at once end with one set and no leftovers", async (t) => {
  const parent = t.testdir();
  const shared = join(parent, "deep", "certificates");
  const all = await Promise.all([1, 2, 3, 4].map(() => ensureDevelopmentCertificates(shared)));
  const first: DevelopmentCertificates | undefined = all[0];
  for (const one of all) t.same(one, first);
  t.same(await readdir(join(parent, "deep")), ["certificates"]);
});

t.test("a folder that lost a file is reported with the way out", async (t) => {
  for (const name of [
    "server-key.pem",
    "signing-keys/0001-key.pem",
    "client-beta.pem",
    "client-alpha-assertion-key.pem",
  ]) {
    const broken = join(t.testdir(), name.replace("/", "-"));
    await ensureDevelopmentCertificates(broken);
    await rm(join(broken, name));
    await t.rejects(ensureDevelopmentCertificates(broken), {
      message: `${join(broken, name)} is missing. Remove the folder ${broken} and start again: all its files are made anew.`,
    });
  }
});

t.test(
  "a certificate that expired, is not yet valid or comes from elsewhere is told apart at the handshake",
  async (t) => {
    const authority = await createDevelopmentAuthority();
    const server = toPeer(await issueCertificate(authority, { commonName: "localhost", usage: "server" }));
    const client = (days: [number, number]) =>
      issueCertificate(authority, { commonName: "a client", usage: "client", validity: validity(...days) });
    const verdictOn = async (issued: IssuedCertificate) =>
      (await shakeHands(server, toPeer(issued), "localhost")).verdict;
    t.equal(await verdictOn(await client([-2, 1])), null);
    t.equal(await verdictOn(await client([-2, -1])), "CERT_HAS_EXPIRED");
    t.equal(await verdictOn(await client([1, 2])), "CERT_NOT_YET_VALID");
    const stranger = await createDevelopmentAuthority();
    const strange = await issueCertificate(stranger, { commonName: "a client", usage: "client" });
    t.equal(await verdictOn(strange), "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "an authority of the same name, another key");
    const wrongPurpose = await issueCertificate(authority, { commonName: "a server", usage: "server" });
    t.equal(await verdictOn(wrongPurpose), "INVALID_PURPOSE");
    const other = await issueCertificate(authority, { commonName: "x", usage: "server", hosts: ["gateway.example"] });
    const handshake = shakeHands(toPeer(other), toPeer(await client([-2, 1])), "localhost");
    await t.rejects(handshake, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });

    function toPeer(issued: IssuedCertificate): Peer {
      return { key: issued.privateKeyPem, cert: issued.certificatePem, ca: authority.certificatePem };
    }
  },
);

function validity(fromDays: number, toDays: number): { notBefore: Date; notAfter: Date } {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  return { notBefore: inDays(fromDays), notAfter: inDays(toDays) };
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
}

async function contents(of: string): Promise<Record<string, string>> {
  const entries = (await readdir(of, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = entries.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")] as const)),
  );
}
