import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { SCOPES } from "../../src/identity/scopes.ts";
import type { KeyRing } from "../../src/identity/signing-keys.ts";

export interface Claims {
  readonly scopes?: readonly string[];
  readonly issuer?: string;
  readonly audience?: string;
  readonly thumbprint?: Buffer;
  readonly lifetimeSeconds?: number;
}

interface TokenContent extends Claims {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly thumbprint: Buffer;
}

/** An access token signed with the environment's own key, without the way over the token endpoint. */
export async function mintToken(keyRing: KeyRing, content: TokenContent): Promise<string> {
  const { kid, privateKey } = keyRing.current();
  const scopes = content.scopes ?? [SCOPES.submit, SCOPES.consult, SCOPES.consultAdvantages];
  const now = Math.floor(Date.now() / 1000);
  return await new SignJWT({
    client_id: content.clientId,
    scope: scopes.join(" "),
    cnf: { "x5t#S256": content.thumbprint.toString("base64url") },
  })
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid })
    .setIssuer(content.issuer)
    .setAudience(content.audience)
    .setSubject(content.clientId)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + (content.lifetimeSeconds ?? 300))
    .sign(privateKey);
}
