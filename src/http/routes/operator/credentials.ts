import type { JWK } from "jose";
import { Type } from "typebox";
import {
  registerCertificate,
  registerKey,
  registerSigningCertificate,
  registerSshKey,
  revokeCertificate,
  revokeKey,
  revokeSigningCertificate,
  revokeSshKey,
} from "../../../identity/credential-registry.ts";
import { RegistryError } from "../../../identity/registry-error.ts";
import {
  type CertificateRow,
  type KeyRow,
  listCertificates,
  listKeys,
  listSigningCertificates,
  listSshKeys,
  type SshKeyRow,
} from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { addCredentialRoutes, type CredentialSort } from "./credential-routes.ts";

const EXAMPLE_THUMBPRINT = "9f2c6a1e5d8b47f03a6c1d2e4b5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071";
const EXAMPLE_FINGERPRINT = "SHA256:bRFrDLpHkTlSx1Xe6OdcB3XqhZQzBYSGdpP0wiSSRzM";
const EXAMPLE_SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBxGXSsC8sUYVGtQpTfh3bQ6d7VKzW5sJIsS9n4QmTgE";
const COMMON = {
  clientId: "alpha-1",
  state: "active",
  registeredAt: new Date("2026-11-22T09:00:00.000Z"),
  expiresAt: new Date("2027-11-22T09:00:00.000Z"),
  revokedAt: null,
} as const;

const CertificateBody = Type.Object(
  { pem: Type.String({ maxLength: 20_000, description: "PEM; of several certificates the first." }) },
  { examples: [{ pem: "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n" }] },
);

const certificates: CredentialSort<CertificateRow, typeof CertificateBody> = {
  segment: "certificates",
  title: "Certificate",
  noun: "certificate",
  registerDescription: "It must be issued for client authentication; it is accepted until it expires.",
  revokeDescription: "It is refused everywhere within a minute, also with tokens that were given before.",
  idName: "thumbprint",
  idSchema: Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256 of its DER form, in hexadecimal." }),
  idOf: ({ thumbprint }) => thumbprint,
  fields: {},
  viewFields: () => ({}),
  body: CertificateBody,
  example: { ...COMMON, thumbprint: EXAMPLE_THUMBPRINT },
  invalid: ["invalidCertificate", "This text holds no certificate in PEM."],
  notFound: ["certificateNotFound", "Client alpha-1 has no such certificate that is not revoked."],
  list: listCertificates,
  async register(tx, actor, { clientId, body }) {
    const change = await registerCertificate(tx, actor, { clientId, pem: body.pem });
    return { ...change, id: change.thumbprint.toString("hex") };
  },
  async revoke(tx, actor, { clientId, id }) {
    return await revokeCertificate(tx, actor, { clientId, thumbprint: readThumbprint(id) });
  },
};

const KeyBody = Type.Object(
  {
    jwk: Type.Object(
      { kty: Type.String() },
      { additionalProperties: true, description: "RFC 7517: EC P-256, RSA of 2048 bits or more, or Ed25519." },
    ),
    expiresAt: Type.Optional(
      Type.String({
        format: "date-time",
        pattern: "^2\\d{3}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$",
        description: "When it stops being accepted; absent: never by itself.",
      }),
    ),
  },
  {
    examples: [
      {
        jwk: {
          kty: "EC",
          crv: "P-256",
          kid: "alpha-2027",
          x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
          y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        expiresAt: "2027-11-22T09:00:00Z",
      },
    ],
  },
);

const keys: CredentialSort<KeyRow, typeof KeyBody> = {
  segment: "keys",
  title: "Key",
  noun: "key",
  registerDescription:
    "The public key that verifies the client's assertions. Without a kid its RFC 7638 thumbprint is taken.",
  revokeDescription:
    "No token is given for it any more within a minute. Tokens given before live for five minutes at most; to end them too, revoke the certificate they are bound to.",
  idName: "kid",
  idSchema: Type.String({ description: "The name of the key." }),
  idOf: ({ kid }) => kid,
  fields: { algorithm: Type.String({ description: "With which it signs." }) },
  viewFields: ({ algorithm }) => ({ algorithm }),
  body: KeyBody,
  example: { ...COMMON, kid: "alpha-2027", algorithm: "ES256" },
  invalid: ["invalidKey", "A key for assertions is EC P-256, RSA of 2048 bits or more, or Ed25519."],
  notFound: ["keyNotFound", "Client alpha-1 has no active key with that kid."],
  list: listKeys,
  async register(tx, actor, { clientId, body }) {
    const expiresAt = body.expiresAt === undefined ? undefined : readInstant(body.expiresAt);
    const change = await registerKey(tx, actor, { clientId, jwk: body.jwk as JWK, ...(expiresAt && { expiresAt }) });
    return { ...change, id: change.kid };
  },
  revoke: (tx, actor, { clientId, id }) => revokeKey(tx, actor, { clientId, kid: storable(id) }),
};

const SshKeyBody = Type.Object(
  { publicKey: Type.String({ maxLength: 5_000, description: "One line of an OpenSSH .pub file." }) },
  { examples: [{ publicKey: EXAMPLE_SSH_KEY }] },
);

const sshKeys: CredentialSort<SshKeyRow, typeof SshKeyBody> = {
  segment: "sshKeys",
  title: "SshKey",
  noun: "SSH key",
  registerDescription: "A key of the client's SFTP account.",
  revokeDescription: "No new session is opened with it within a minute.",
  idName: "fingerprint",
  idSchema: Type.String({ description: "`SHA256:…` as `ssh-keygen -l` prints it." }),
  idOf: ({ fingerprint }) => fingerprint,
  fields: { publicKey: Type.String() },
  viewFields: ({ publicKey }) => ({ publicKey }),
  body: SshKeyBody,
  example: { ...COMMON, fingerprint: EXAMPLE_FINGERPRINT, publicKey: EXAMPLE_SSH_KEY },
  invalid: ["invalidSshKey", "An SSH key is one line of a .pub file, of type ssh-ed25519 and others."],
  notFound: ["sshKeyNotFound", "Client alpha-1 has no active SSH key with that fingerprint."],
  list: listSshKeys,
  async register(tx, actor, { clientId, body }) {
    const change = await registerSshKey(tx, actor, { clientId, publicKey: body.publicKey });
    return { ...change, id: change.fingerprint };
  },
  revoke: (tx, actor, { clientId, id }) => revokeSshKey(tx, actor, { clientId, fingerprint: storable(id) }),
};

const signingCertificates: CredentialSort<CertificateRow, typeof CertificateBody> = {
  ...certificates,
  segment: "signingCertificates",
  title: "SigningCertificate",
  noun: "signing certificate",
  registerDescription: "Its key signs the files (FS) of the client's SFTP account. It may have signed itself.",
  revokeDescription: "No signature of its key holds from the next file on.",
  list: listSigningCertificates,
  async register(tx, actor, { clientId, body }) {
    const change = await registerSigningCertificate(tx, actor, { clientId, pem: body.pem });
    return { ...change, id: change.thumbprint.toString("hex") };
  },
  async revoke(tx, actor, { clientId, id }) {
    return await revokeSigningCertificate(tx, actor, { clientId, thumbprint: readThumbprint(id) });
  },
};

export function addCredentialsRoutes(app: Api, provide: ProvideDependencies): void {
  addCredentialRoutes(app, provide, certificates);
  addCredentialRoutes(app, provide, keys);
  addCredentialRoutes(app, provide, sshKeys);
  addCredentialRoutes(app, provide, signingCertificates);
}

function readInstant(text: string): Date {
  try {
    return new Date(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    throw new RegistryError("invalidKey", "There is no such instant as the one when the key is to expire.");
  }
}

function readThumbprint(id: string): Buffer {
  return Buffer.from(/^[0-9a-f]{64}$/.test(id) ? id : "", "hex");
}

/** PostgreSQL takes no NUL; without it the id is still none that exists. */
function storable(id: string): string {
  return id.replaceAll("\0", "\uFFFD");
}
