import "../../src/identity/reflect-metadata.ts";
import { generateKeyPairSync, type KeyObject, webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import t, { type Test } from "tap";
import { issueCertificate } from "../../src/identity/issue-certificate.ts";
import { generateSshKeyPair } from "../../src/identity/ssh-key-pair.ts";
import { BELGIF, type Door, isProblem, openDoor } from "../http/open-door.ts";
import { admissionOf, postJson } from "./admitted.ts";

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

t.test("whoever asks to be admitted", async (t) => {
  const door = await openDoor(t);
  await t.test("gets a client's certificate, whatever its request says", (t) => testGreedyRequest(t, door));
  await t.test("shows that the key of a certificate is its own", (t) => testOthersCertificate(t, door));
  await t.test("has keys that are good enough, public, and nothing beside them", (t) => testBadKeys(t, door));
});

async function makeRequest(algorithm: object, more: object = {}): Promise<string> {
  const keys = (await webcrypto.subtle.generateKey(algorithm as typeof EC, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const signingAlgorithm = algorithm as typeof EC;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm, ...more });
  return request.toString("pem");
}

async function testGreedyRequest(t: Test, door: Door) {
  const certificateRequest = await makeRequest(EC, {
    name: new x509.Name([{ CN: ["client-operator"] }, { "2.5.4.97": ["NTRBE-0403019261"] }]),
    extensions: [
      new x509.BasicConstraintsExtension(true, 2, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]),
    ],
  });
  const answer = await postJson(door.nobody, "/admissions", { name: "Greedy", certificateRequest });
  t.equal(answer.status, 201);
  const { certificate, clientId, scopes } = admissionOf(answer.json);
  const issued = new X509Certificate(certificate);
  t.match(issued, { ca: false, subject: `CN=${clientId}`, subjectAltName: undefined });
  t.same(issued.keyUsage, ["1.3.6.1.5.5.7.3.2"], "for client authentication alone");
  t.notMatch(scopes.join(" "), /operator/);
}

async function testOthersCertificate(t: Test, door: Door) {
  const issue = (commonName: string) => issueCertificate(door.authority, { commonName, usage: "client" });
  const [victim, thief] = [await issue("Victim"), await issue("Thief")];
  const [asVictim, asThief] = [door.callAs(victim), door.callAs(thief)];
  const body = { name: "Synthetic", certificate: victim.certificatePem };
  for (const caller of [door.nobody, asThief]) {
    const refused = await postJson(caller, "/admissions", body);
    isProblem(t, refused, 400, `${BELGIF}badRequest`);
    t.match(refused.json.detail, /Connect with the certificate/);
  }
  const admitted = await postJson(asVictim, "/admissions", body);
  t.equal(admitted.status, 201);
  const { clientId } = admissionOf(admitted.json);
  t.equal((await postJson(asThief, "/admissions", body)).status, 400, "nor is it renewed by another");
  // OpenSSL takes the first block for a certificate as well.
  const first = victim.certificatePem.replaceAll(" CERTIFICATE", " X509 CERTIFICATE");
  const mixed = await postJson(asThief, "/admissions", { ...body, certificate: first + thief.certificatePem });
  t.equal(mixed.status, 201);
  t.not(admissionOf(mixed.json).clientId, clientId, "one text, one certificate: the thief has an account of its own");
  const known = await door.owner`select thumbprint from client_certificate where client_id = ${clientId}`;
  t.same([...known], [{ thumbprint: victim.thumbprint }]);
}

async function testBadKeys(t: Test, door: Door) {
  const certificateRequest = await makeRequest(EC);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]) };
  const ssh = generateSshKeyPair("x").publicKey;
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const bad: [string, object, RegExp][] = [
    ["a short RSA key", { certificateRequest: await makeRequest({ ...rsa, modulusLength: 1024 }) }, /2048/],
    ["another curve", { certificateRequest: await makeRequest({ ...EC, namedCurve: "P-384" }) }, /P-256/],
    ["far too much", { certificateRequest: certificateRequest + "A".repeat(20_000) }, /certificateRequest/],
    ["a private key", { jwks: { keys: [privateKey.export({ format: "jwk" })] } }, /private or secret/],
    ["a short RSA key for assertions", { jwks: { keys: [weak.export({ format: "jwk" })] } }, /2048/],
    ["a kid with a line of its own", { jwks: { keys: [{ ...publicJwk(privateKey), kid: "a\nb" }] } }, /kid/],
    ["options before an SSH key", { sshPublicKey: `command="/bin/sh" ${ssh}` }, /one line/],
    ["a second SSH key behind it", { sshPublicKey: `${ssh}\n${ssh}` }, /one line/],
    ["a type that is not the key's", { sshPublicKey: ssh.replace("ssh-ed25519", "ssh-rsa") }, /one line/],
  ];
  for (const [what, fields, detail] of bad) {
    const answer = await postJson(door.nobody, "/admissions", { name: "Synthetic", certificateRequest, ...fields });
    t.equal(answer.status, 400, what);
    t.match(answer.text, detail, what);
  }
  const left = await door.owner`select from client where name = 'Synthetic' and client_id like 'space-%'`;
  t.equal(left.length, 2, "and nothing of them is kept");
}

function publicJwk(key: KeyObject) {
  const { d: _, ...others } = key.export({ format: "jwk" });
  return others;
}
