import ssh2, { type AuthContext } from "ssh2";
import { isAccountName, type Viewer } from "./drop-place.ts";

/** As which the gateway itself logs in. No account has that name. */
export const GATEWAY_USER = "infoss-gateway";

/**
 * The open account of that name to which that key (`ssh-ed25519 AAAA…`, without comment) belongs; undefined for any other
 * pair. May answer from what it knew ten seconds ago.
 */
export type FindAccountByKey = (
  accountName: string,
  publicKey: string,
) => Promise<{ readonly accountName: string } | undefined>;

export interface Credentials {
  readonly findAccountByKey: FindAccountByKey;
  /** Public key of the gateway, `ssh-ed25519 AAAA…`. */
  readonly gatewayKey: string;
}

/** Who proved itself, and with which key: it may be taken back while the connection is open. */
export interface Login {
  readonly viewer: Viewer;
  readonly publicKey: string;
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
  const publicKey = `${context.key.algo} ${context.key.data.toString("base64")}`;
  const viewer = await findViewer(context.username, publicKey, credentials);
  if (!viewer) return undefined;
  if (context.signature === undefined || context.blob === undefined) {
    return { login: { viewer, publicKey }, isProved: false };
  }
  const key = ssh2.utils.parseKey(publicKey);
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
  publicKey: string,
  { findAccountByKey, gatewayKey }: Credentials,
): Promise<Viewer | undefined> {
  if (username === GATEWAY_USER) return publicKey === withoutComment(gatewayKey) ? { kind: "gateway" } : undefined;
  if (!isAccountName(username)) return undefined;
  const account = await findAccountByKey(username, publicKey);
  return account && isAccountName(account.accountName)
    ? { kind: "account", accountName: account.accountName }
    : undefined;
}

function withoutComment(line: string): string {
  return line.trim().split(" ").slice(0, 2).join(" ");
}
