import type { SeenCall, SeenConnection, SeenDrop, SeenSession } from "../../src/connection-tests/connection-test.ts";
import type { FindingCodeOf } from "../../src/findings/finding-text.ts";
import { SCOPES } from "../../src/identity/scopes.ts";

export const TESTED_AT = new Date("2026-11-22T09:00:00.000Z");

const certificate = {
  subject: "CN=alpha-1",
  issuer: "CN=Clients",
  thumbprint: "ab",
  validFrom: "2026-01-01T00:00:00.000Z",
  validTo: "2028-01-01T00:00:00.000Z",
  keyKind: "ec",
  chain: [],
};

export const SOUND_CALL: SeenCall = {
  channel: "rest",
  sourceAddress: "192.0.2.1",
  httpVersion: "1.1",
  tls: { version: "TLSv1.3", cipherSuite: "TLS_AES_256_GCM_SHA384" },
  certificate,
  token: {
    issuer: "https://localhost/auth",
    audience: "urn:nihdi:infoss:digital-contracts:validation",
    clientId: "alpha-1",
    scopes: [SCOPES.submit, SCOPES.consult, SCOPES.consultAdvantages],
    issuedAt: "2026-11-22T08:59:00.000Z",
    expiresAt: "2026-11-22T09:04:00.000Z",
    boundTo: "ab",
  },
  clock: { byDateHeader: 0 },
  insurer: { granted: 1, isNamed: false },
  body: { byteLength: 2, digests: ["sha-256"], isMatch: true },
};

const SESSION: SeenSession = {
  sourceAddress: "192.0.2.1",
  clientVersion: "SSH-2.0-OpenSSH_9.6",
  keyExchange: "curve25519-sha256",
  hostKeyAlgorithm: "ssh-ed25519",
  ciphers: ["aes256-gcm@openssh.com", "aes256-gcm@openssh.com"],
  macs: ["", ""],
  keyAlgorithm: "ssh-rsa",
  keyBits: 3072,
  keyFingerprint: "SHA256:x",
  loggedInAt: "2026-11-22T08:59:00.000Z",
};

const SOUND_DROP: SeenDrop = {
  channel: "sftp",
  accountName: "alpha",
  fileName: "FI.DICO.0403019261.20261122.00001.T",
  hostKeys: ["SHA256:h"],
  session: SESSION,
};

const call = (changed: Partial<SeenCall>): SeenCall => ({ ...SOUND_CALL, ...changed });
const withKey = (keyBits: number) => call({ certificate: { ...certificate, keyKind: "rsa", keyBits } });
const until = (validTo: string) => call({ certificate: { ...certificate, validTo } });
const { session: _session, ...unseen } = SOUND_DROP;

/** What raises each finding of a connection test, and what is as close as can be and does not. */
export const CONNECTION_FINDING_CASES: Readonly<
  Record<FindingCodeOf<"connection">, { readonly raises: SeenConnection; readonly justNot: SeenConnection }>
> = {
  certificateExpiresSoon: { raises: until("2027-01-21T08:59:59.000Z"), justNot: until("2027-01-21T09:00:00.000Z") },
  certificateKeyShort: { raises: withKey(2048), justNot: withKey(3072) },
  tlsVersionOld: { raises: call({ tls: { version: "TLSv1.2", cipherSuite: "X" } }), justNot: SOUND_CALL },
  clockOff: {
    raises: call({ clock: { byDateHeader: 0, byAssertion: -31 } }),
    justNot: call({ clock: { byDateHeader: 30, byAssertion: -30 } }),
  },
  clockNotTold: { raises: call({ clock: {} }), justNot: call({ clock: { byAssertion: 0 } }) },
  scopeMissing: {
    raises: call({ token: { ...SOUND_CALL.token, scopes: [SCOPES.submit, SCOPES.consult] } }),
    justNot: call({ token: { ...SOUND_CALL.token, scopes: [...SOUND_CALL.token.scopes, "another"] } }),
  },
  insurerNotGranted: { raises: call({ insurer: { granted: 0, isNamed: false } }), justNot: SOUND_CALL },
  insurerHeaderMissing: {
    raises: call({ insurer: { granted: 2, isNamed: false } }),
    justNot: call({ insurer: { granted: 2, isNamed: true } }),
  },
  contentDigestMissing: {
    raises: call({ body: { byteLength: 2, digests: [], isMatch: false } }),
    justNot: call({ body: { byteLength: 0, digests: ["sha-256"], isMatch: true } }),
  },
  contentDigestMismatch: {
    raises: call({ body: { byteLength: 2, digests: ["sha-256"], isMatch: false } }),
    justNot: call({ body: { byteLength: 2, digests: ["sha-256", "sha-512"], isMatch: true } }),
  },
  sshKeyShort: {
    raises: { ...SOUND_DROP, session: { ...SESSION, keyBits: 2048 } },
    justNot: SOUND_DROP,
  },
  sshSessionNotSeen: { raises: unseen, justNot: SOUND_DROP },
};
