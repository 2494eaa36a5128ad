import ssh2, { type AuthContext } from "ssh2";
import { isAccountName, type Viewer } from "./drop-place.ts";

/** As which the gateway itself logs in. No account has that name. */
export const GATEWAY_USER = "infoss-gateway";

/**
 * The open account of that name to which that key (blob of RFC 4253 section 6.6) belongs; undefined for any other pair.
 * May answer from what it knew ten seconds ago.
 */
export type FindAccountByKey = (
  accountName: string,
  publicKey: Buffer,
) => Promise<{ readonly accountName: string } | undefined>;

export interface Credentials {
  readonly findAccountByKey: FindAccountByKey;
  /** Public key of the gateway, `ssh-ed25519 AAAA…`. */
  readonly gatewayKey: string;
}

/** Who proved itself, and with which key: it may be taken back while the connection is open. */
export interface Login {
  readonly viewer: Viewer;
  readonly publicKey: Buffer;
}

const KEY_TYPES: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
];

/** Checks one attempt: `offered` if the key would do but nothing was signed yet. Tells nobody which part was wrong. */
export async function checkLogin(
  context: AuthContext,
  credentials: Credentials,
): Promise<{ readonly login: Login; readonly isProved: boolean } | undefined> {
  if (context.method !== "publickey" || !KEY_TYPES.includes(context.key.algo)) return undefined;
  // Without its own hash this is RSA with SHA-1.
  if (context.key.algo === "ssh-rsa" && context.hashAlgo === undefined) return undefined;
  const { algo, data: publicKey } = context.key;
  const viewer = await findViewer(context.username, publicKey, credentials);
  if (!viewer) return undefined;
  if (context.signature === undefined || context.blob === undefined) {
    return { login: { viewer, publicKey }, isProved: false };
  }
  const key = ssh2.utils.parseKey(`${algo} ${publicKey.toString("base64")}`);
  if (key instanceof Error || key.verify(context.blob, context.signature, context.hashAlgo) !== true) return undefined;
  return { login: { viewer, publicKey }, isProved: true };
}

/** Whether a key still opens what it opened. */
export async function isStillGood({ viewer, publicKey }: Login, credentials: Credentials): Promise<boolean> {
  if (viewer.kind === "gateway") return true;
  return (await credentials.findAccountByKey(viewer.accountName, publicKey)) !== undefined;
}

async function findViewer(
  username: string,
  publicKey: Buffer,
  { findAccountByKey, gatewayKey }: Credentials,
): Promise<Viewer | undefined> {
  if (username === GATEWAY_USER) return readBlob(gatewayKey).equals(publicKey) ? { kind: "gateway" } : undefined;
  if (!isAccountName(username)) return undefined;
  const account = await findAccountByKey(username, publicKey);
  return account && isAccountName(account.accountName)
    ? { kind: "account", accountName: account.accountName }
    : undefined;
}

function readBlob(line: string): Buffer {
  return Buffer.from(line.trim().split(" ")[1] ?? "", "base64");
}
