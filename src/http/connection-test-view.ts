import { type Static, Type } from "typebox";
import { TEST_CHANNELS } from "../connection-tests/connection-test-tables.ts";
import type { ConnectionTest } from "../connection-tests/connection-tests.ts";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import { FindingSchema } from "./finding-schema.ts";
import { API_ROOT } from "./paths.ts";
import { Count, Href, Instant, oneOf, referTo } from "./schema-parts.ts";

export const CONNECTION_TESTS_PATH = `${API_ROOT}/connectionTests`;

const Thumbprint = Type.String({ description: "SHA-256, hexadecimal." });
const Seconds = Type.Integer({ description: "Seconds by which your clock is ahead of ours; negative: behind." });
const Pair = (description: string) =>
  Type.Array(Type.String(), { description: `${description}: from you to us, and back.` });

const certificate = {
  subject: Type.String(),
  issuer: Type.String(),
  thumbprint: Thumbprint,
  validFrom: Instant,
  validTo: Instant,
  keyKind: Type.String({ description: "Such as `ec` or `rsa`." }),
  keyBits: Type.Optional(Type.Integer({ description: "Of an RSA key." })),
};

const SeenSchema = Type.Object(
  {
    sourceAddress: Type.Optional(Type.String({ description: "From which the call came to us. Over REST." })),
    httpVersion: Type.Optional(Type.String()),
    tls: Type.Optional(Type.Object({ version: Type.String(), cipherSuite: Type.String() }, { title: "SeenTls" })),
    certificate: Type.Optional(
      Type.Object(
        { ...certificate, chain: Type.Array(Type.Object(certificate, { title: "SeenIssuer" })) },
        { title: "SeenCertificate", description: "The client certificate, and those above it up to the root." },
      ),
    ),
    token: Type.Optional(
      Type.Object(
        {
          issuer: Type.String(),
          audience: Type.String(),
          clientId: Type.String(),
          scopes: Type.Array(Type.String()),
          issuedAt: Instant,
          expiresAt: Instant,
          boundTo: Thumbprint,
        },
        { title: "SeenToken", description: "Claims of the access token; never the token." },
      ),
    ),
    clock: Type.Optional(
      Type.Object(
        { byDateHeader: Type.Optional(Seconds), byAssertion: Type.Optional(Seconds) },
        { title: "SeenClock", description: "By the header Date, and by `iat` of the assertion that got the token." },
      ),
    ),
    insurer: Type.Optional(
      Type.Object(
        { granted: Count, isNamed: Type.Boolean() },
        { title: "SeenInsurer", description: "For how many insurers the client may act, and whether one is named." },
      ),
    ),
    body: Type.Optional(
      Type.Object(
        { byteLength: Count, digests: Type.Array(Type.String()), isMatch: Type.Boolean() },
        {
          title: "SeenBody",
          description: "Algorithms of Content-Digest, and whether the bytes are those it tells of.",
        },
      ),
    ),
    accountName: Type.Optional(Type.String({ description: "Over SFTP." })),
    fileName: Type.Optional(Type.String()),
    hostKeys: Type.Optional(
      Type.Array(Type.String(), { description: "Keys of the SFTP server to pin, as `ssh-keygen -l` prints them." }),
    ),
    session: Type.Optional(
      Type.Object(
        {
          sourceAddress: Type.String(),
          clientVersion: Type.String(),
          keyExchange: Type.String(),
          hostKeyAlgorithm: Type.String(),
          ciphers: Pair("Ciphers"),
          macs: Pair("Algorithms that authenticate packets"),
          keyAlgorithm: Type.String(),
          keyBits: Type.Optional(Type.Integer({ description: "Of an RSA key." })),
          keyFingerprint: Type.String(),
          loggedInAt: Instant,
        },
        {
          title: "SeenSession",
          description: "The SSH session. Absent where the SFTP server is not the gateway's own, which then sees none.",
        },
      ),
    ),
  },
  { title: "SeenConnection", description: "What the gateway saw; what it did not see is absent." },
);

const summary = {
  connectionTestId: Type.Optional(Type.String({ format: "uuid" })),
  channel: oneOf(TEST_CHANNELS),
  passed: Type.Boolean({ description: "Nothing was found that is `blocking`." }),
  testedAt: Instant,
};

export const ConnectionTestSummarySchema = Type.Object({ href: Href, ...summary }, { title: "ConnectionTestSummary" });

export const ConnectionTestSchema = Type.Object(
  {
    self: Type.Optional(Href),
    ...summary,
    clientId: Type.String(),
    submissionId: Type.Optional(
      Type.String({ format: "uuid", description: "Of the file with the letter T, over SFTP." }),
    ),
    seen: SeenSchema,
    findings: Type.Array(referTo(FindingSchema), { description: "What to mend." }),
  },
  { $id: "ConnectionTest", description: "How your connection looks from our side." },
);

export const EXAMPLE_CONNECTION_TEST: ConnectionTest = {
  connectionTestId: "019aa9d2-6b00-7000-8000-2f1c5f0e7a11",
  clientId: "alpha-1",
  submissionId: null,
  seen: {
    channel: "rest",
    sourceAddress: "192.0.2.17",
    httpVersion: "1.1",
    tls: { version: "TLSv1.3", cipherSuite: "TLS_AES_256_GCM_SHA384" },
    certificate: {
      subject: "CN=alpha-1",
      issuer: "CN=Clients",
      thumbprint: "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea",
      validFrom: "2026-01-05T00:00:00.000Z",
      validTo: "2027-01-05T00:00:00.000Z",
      keyKind: "ec",
      chain: [],
    },
    token: {
      issuer: "https://gateway.example/auth",
      audience: "urn:nihdi:infoss:digital-contracts:validation",
      clientId: "alpha-1",
      scopes: ["scope:nihdi:digitalcontracts:submit", "scope:nihdi:digitalcontracts:consult"],
      issuedAt: "2026-11-22T08:59:58.000Z",
      expiresAt: "2026-11-22T09:04:58.000Z",
      boundTo: "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea",
    },
    clock: { byAssertion: -1 },
    insurer: { granted: 1, isNamed: false },
    body: { byteLength: 16, digests: ["sha-256"], isMatch: true },
  },
  findings: [
    { code: "certificateExpiresSoon", details: { validTo: "2027-01-05" } },
    { code: "scopeMissing", details: { scope: "scope:nihdi:socialadvantages:consult" } },
  ],
  isPassed: true,
  testedAt: new Date("2026-11-22T09:00:00.000Z"),
};

/** Without `connectionTestId` where the test was answered and not kept. */
export type ShownTest = Omit<ConnectionTest, "connectionTestId"> & { readonly connectionTestId?: string };

export function viewConnectionTest(test: ShownTest, language: Language) {
  const { connectionTestId, clientId, submissionId, seen, findings } = test;
  const { channel: _channel, ...shown } = seen;
  return {
    ...(connectionTestId !== undefined && { self: connectionTestPath(connectionTestId), connectionTestId }),
    ...viewSummary(test),
    clientId,
    ...(submissionId !== null && { submissionId }),
    // The same but for lists that may not be changed, which schemas know nothing of.
    seen: shown as Static<typeof SeenSchema>,
    findings: findings.map((finding) => renderFinding(finding, language)),
  };
}

export function viewConnectionTestSummary(test: ConnectionTest) {
  const { connectionTestId } = test;
  return { href: connectionTestPath(connectionTestId), connectionTestId, ...viewSummary(test) };
}

export function connectionTestPath(connectionTestId: string): string {
  return `${CONNECTION_TESTS_PATH}/${connectionTestId}`;
}

function viewSummary({ seen, isPassed, testedAt }: ShownTest) {
  return { channel: seen.channel, passed: isPassed, testedAt: testedAt.toISOString() };
}
