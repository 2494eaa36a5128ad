import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";

/** PEM. `ca` holds the authorities whose client certificates may be registered, not those of the server's own certificate. */
export interface TlsMaterial {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  readonly ca: string | Buffer;
}

/** Of TLS 1.2, those of BCP 195 (RFC 9325 section 4.2) with forward secrecy and authenticated encryption, and no others. */
const CIPHER_SUITES = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_AES_128_GCM_SHA256",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
];

/** The first keeps recordings of today safe from the quantum computers of tomorrow. */
const GROUPS = ["X25519MLKEM768", "X25519", "P-256", "P-384"];

/** Of handshakes and client certificates: nothing with SHA-1 or SHA-224. */
const SIGNATURES = [
  "ecdsa_secp256r1_sha256",
  "ecdsa_secp384r1_sha384",
  "ecdsa_secp521r1_sha512",
  "ed25519",
  "rsa_pss_pss_sha256",
  "rsa_pss_pss_sha384",
  "rsa_pss_pss_sha512",
  "rsa_pss_rsae_sha256",
  "rsa_pss_rsae_sha384",
  "rsa_pss_rsae_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
];

/** All that a listener needs for its handshakes; throws what OpenSSL throws when the material does not fit. */
export function secureContextOptions({ key, cert, ca }: TlsMaterial): SecureContextOptions {
  return {
    key,
    cert,
    ca,
    minVersion: "TLSv1.2",
    ciphers: CIPHER_SUITES.join(":"),
    ecdhCurve: GROUPS.join(":"),
    sigalgs: SIGNATURES.join(":"),
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  };
}
