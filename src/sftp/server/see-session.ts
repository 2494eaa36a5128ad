import { createPublicKey } from "node:crypto";
import ssh2, { type NegotiatedAlgorithms } from "ssh2";
import type { SeenSession } from "../../connection-tests/connection-test.ts";
import { fingerprintOf } from "./host-key.ts";

export interface SessionParts {
  readonly sourceAddress: string;
  /** As it names itself. */
  readonly clientVersion: string;
  readonly algorithms: NegotiatedAlgorithms;
  /** That it proved, as it goes over the wire. */
  readonly publicKey: Buffer;
}

/** An SSH session as the server saw it. */
export function seeSession({ sourceAddress, clientVersion, algorithms, publicKey }: SessionParts): SeenSession {
  const { kex, serverHostKey, cs, sc } = algorithms;
  return {
    sourceAddress: sourceAddress.replace(/^::ffff:(?=\d+\.)/, ""),
    // Written by a stranger.
    clientVersion: clientVersion.replace(/[^\x20-\x7e]/g, "").slice(0, 100),
    keyExchange: kex,
    hostKeyAlgorithm: serverHostKey,
    ciphers: [cs.cipher, sc.cipher],
    macs: [cs.mac, sc.mac],
    ...describeKey(publicKey),
    keyFingerprint: fingerprintOf(publicKey),
    loggedInAt: new Date().toISOString(),
  };
}

function describeKey(blob: Buffer): Pick<SeenSession, "keyAlgorithm" | "keyBits"> {
  // The name of the algorithm is the first of its fields (RFC 4253 section 6.6).
  const keyAlgorithm = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
  if (keyAlgorithm !== "ssh-rsa") return { keyAlgorithm };
  const key = ssh2.utils.parseKey(`ssh-rsa ${blob.toString("base64")}`);
  const keyBits =
    key instanceof Error ? undefined : createPublicKey(key.getPublicPEM()).asymmetricKeyDetails?.modulusLength;
  return { keyAlgorithm, ...(keyBits !== undefined && { keyBits }) };
}
