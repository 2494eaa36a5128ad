/** A certificate as the gateway saw it; instants are ISO 8601. */
export interface SeenCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256 of its DER form, hexadecimal. */
  readonly thumbprint: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** `rsa`, `ec`, `ed25519` … */
  readonly keyKind: string;
  /** Of an RSA key. */
  readonly keyBits?: number;
}

/** What the gateway saw of a call over HTTPS. Nothing of it can be used to call: no token, no key. */
export interface SeenCall {
  readonly channel: "rest";
  readonly sourceAddress: string;
  readonly httpVersion: string;
  readonly tls: { readonly version: string; readonly cipherSuite: string };
  readonly certificate: SeenCertificate & { readonly chain: readonly SeenCertificate[] };
  /** Claims of the token, not the token. */
  readonly token: {
    readonly issuer: string;
    readonly audience: string;
    readonly clientId: string;
    readonly scopes: readonly string[];
    readonly issuedAt: string;
    readonly expiresAt: string;
    /** Of the certificate it is bound to, SHA-256, hexadecimal. */
    readonly boundTo: string;
  };
  /** Seconds by which the caller's clock is ahead of ours, by what it was seen from; absent: it was not told. */
  readonly clock: { readonly byDateHeader?: number; readonly byAssertion?: number };
  readonly insurer: {
    /** How many insurers the client may act for today. */
    readonly granted: number;
    readonly isNamed: boolean;
  };
  readonly body: {
    readonly byteLength: number;
    /** Algorithms of Content-Digest that the gateway knows. */
    readonly digests: readonly string[];
    readonly isMatch: boolean;
  };
}

/** An SSH session of an insurer, where the gateway's own server spoke with it. */
export interface SeenSession {
  readonly sourceAddress: string;
  /** As it names itself: `SSH-2.0-OpenSSH_9.6`. */
  readonly clientVersion: string;
  readonly keyExchange: string;
  readonly hostKeyAlgorithm: string;
  /** From the client to the server, and back. */
  readonly ciphers: readonly [string, string];
  /** Empty where the cipher authenticates itself. */
  readonly macs: readonly [string, string];
  readonly keyAlgorithm: string;
  /** Of an RSA key. */
  readonly keyBits?: number;
  /** Of the key that it proved, `SHA256:…`. */
  readonly keyFingerprint: string;
  readonly loggedInAt: string;
}

/** What the gateway knows of how a file with the letter T came over SFTP. */
export interface SeenDrop {
  readonly channel: "sftp";
  readonly accountName: string;
  readonly fileName: string;
  /** Of the server that insurers reach, `SHA256:…`: what to pin. */
  readonly hostKeys: readonly string[];
  /** Absent where another server stands in front: the gateway sees files, not sessions. */
  readonly session?: SeenSession;
}

export type SeenConnection = SeenCall | SeenDrop;
