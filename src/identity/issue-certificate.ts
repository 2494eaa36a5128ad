import "./reflect-metadata.ts";
import { createHash, createPrivateKey, createPublicKey, KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { DEVELOPMENT_AUTHORITY_NAME } from "./development-authority-name.ts";

const EC_P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
const DEFAULT_VALIDITY_DAYS = 3650;

const OBJECT_IDENTIFIERS = { organizationIdentifier: "2.5.4.97" } as const;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** PKCS#8, not encrypted. */
  readonly privateKeyPem: string;
  /** SHA-256 of the certificate's DER form, 32 bytes. */
  readonly thumbprint: Buffer;
}

/** What signs certificates: EC P-256. */
export interface SigningAuthority {
  readonly certificatePem: string;
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface DevelopmentAuthority extends IssuedCertificate, SigningAuthority {}

export interface CertificateRequest {
  readonly commonName: string;
  /** `server` answers for localhost, 127.0.0.1 and ::1 unless `hosts` says otherwise; `client` may only call. */
  readonly usage: "server" | "client";
  readonly hosts?: readonly string[];
  /** Ten digits; becomes the organisation identifier `NTRBE-…` (ETSI EN 319 412-1, section 5.1.4). */
  readonly enterpriseNumber?: string;
  readonly validity?: Validity;
}

/** Makes a certificate authority for development and tests: EC P-256, self-signed, issues end certificates only. */
export async function createDevelopmentAuthority(
  options: { readonly commonName?: string; readonly validity?: Validity } = {},
): Promise<DevelopmentAuthority> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: new x509.Name([{ CN: [options.commonName ?? DEVELOPMENT_AUTHORITY_NAME] }]),
    ...(options.validity ?? defaultValidity()),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { ...describe(certificate, keys.privateKey), subject: certificate.subject, keys };
}

/** Issues one end certificate with a fresh EC P-256 key. */
export async function issueCertificate(
  authority: DevelopmentAuthority,
  request: CertificateRequest,
): Promise<IssuedCertificate> {
  const keys = await generateKeys();
  return describe(await certify(authority, request, keys.publicKey), keys.privateKey);
}

/** Issues a client's certificate, in PEM, for a key that is another's. */
export async function issueClientCertificate(
  authority: SigningAuthority,
  { publicKey, ...request }: { commonName: string; validity: Validity; publicKey: KeyObject },
): Promise<string> {
  const key = new x509.PublicKey(new Uint8Array(publicKey.export({ type: "spki", format: "der" })));
  return toPem(await certify(authority, { ...request, usage: "client" }, key));
}

/** The authority of two PEM texts. Throws where its key is not EC P-256. */
export async function readSigningAuthority(certificatePem: string, privateKeyPem: string): Promise<SigningAuthority> {
  const privateKey = createPrivateKey(privateKeyPem);
  const [pkcs8, spki] = [
    privateKey.export({ type: "pkcs8", format: "der" }),
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
  ];
  const { subtle } = webcrypto;
  const keys = {
    privateKey: await subtle.importKey("pkcs8", new Uint8Array(pkcs8), EC_P256, false, ["sign"]),
    publicKey: await subtle.importKey("spki", new Uint8Array(spki), EC_P256, true, ["verify"]),
  };
  return { certificatePem, subject: new x509.X509Certificate(certificatePem).subject, keys };
}

async function certify(
  authority: SigningAuthority,
  request: CertificateRequest,
  publicKey: x509.PublicKeyType,
): Promise<x509.X509Certificate> {
  return await x509.X509CertificateGenerator.create({
    subject: subjectOf(request),
    issuer: authority.subject,
    ...(request.validity ?? defaultValidity()),
    publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: SIGNATURE,
    extensions: await extensionsOf(request, authority, publicKey),
  });
}

/** Makes the PEM (PKCS#8) of a fresh EC P-256 private key, such as the one that signs receipts. */
export async function generateSigningKeyPem(): Promise<string> {
  return privateKeyPem((await generateKeys()).privateKey);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(EC_P256, true, ["sign", "verify"]);
}

function subjectOf({ commonName, enterpriseNumber }: CertificateRequest): x509.Name {
  const parts: x509.JsonName = [{ CN: [commonName] }];
  if (enterpriseNumber !== undefined) {
    parts.push({ [OBJECT_IDENTIFIERS.organizationIdentifier]: [`NTRBE-${enterpriseNumber}`] });
  }
  return new x509.Name(parts);
}

async function extensionsOf(
  request: CertificateRequest,
  authority: SigningAuthority,
  publicKey: x509.PublicKeyType,
): Promise<x509.Extension[]> {
  const purpose = request.usage === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([purpose]),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
  ];
  if (request.usage === "server") {
    const hosts = request.hosts ?? ["localhost", "127.0.0.1", "::1"];
    extensions.push(new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName)));
  }
  return extensions;
}

function alternativeName(host: string): x509.JsonGeneralName {
  return { type: /^[\d.]+$|:/.test(host) ? "ip" : "dns", value: host };
}

function describe(certificate: x509.X509Certificate, privateKey: webcrypto.CryptoKey): IssuedCertificate {
  return {
    certificatePem: toPem(certificate),
    privateKeyPem: privateKeyPem(privateKey),
    thumbprint: createHash("sha256").update(Buffer.from(certificate.rawData)).digest(),
  };
}

function toPem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

function privateKeyPem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}

function defaultValidity(): Validity {
  // One day back, for machines whose clocks differ.
  const notBefore = new Date(Date.now() - DAY_MS);
  return { notBefore, notAfter: new Date(notBefore.getTime() + DEFAULT_VALIDITY_DAYS * DAY_MS) };
}
