import type { Algorithms } from "ssh2";

/**
 * What the embedded server offers: authenticated encryption or encrypt-then-MAC, forward secrecy, no SHA-1, no curves of
 * NIST. Enough for OpenSSH 7, lftp, paramiko 2.9, asyncssh 2, WinSCP 5.9 and FileZilla 3.30 and whatever is newer.
 */
export const ALGORITHMS = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
  ],
  serverHostKey: ["ssh-ed25519"],
  cipher: ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"],
  compress: ["none"],
} satisfies Algorithms;
