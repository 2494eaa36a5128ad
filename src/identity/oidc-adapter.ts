import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";
import type { Sql } from "../database/sql.ts";
import type { ClientDirectory } from "./client-directory.ts";

/** Another process may run behind: a record outlives its assertion by this much, so that it is still known there. */
const CLOCK_MARGIN_SECONDS = 120;

export interface OidcAdapterOptions {
  readonly sql: Sql;
  readonly directory: ClientDirectory;
  /** Makes the error that refuses an assertion that was used before, in whichever process. */
  readonly alreadyUsed: () => Error;
}

/**
 * What `oidc-provider` keeps: clients are read from our tables, assertions that were used are written to
 * `authorization_artifact`. Every other model belongs to a feature that is off, and is refused.
 */
export function createOidcAdapter({ sql, directory, alreadyUsed }: OidcAdapterOptions): AdapterFactory {
  return (model) => {
    if (model === "Client") return { ...refuseAll(model), find: (clientId) => describeClient(directory, clientId) };
    if (model !== "ReplayDetection") return refuseAll(model);
    return {
      ...refuseAll(model),
      // The library looks first and keeps afterwards; two processes would both find nothing. So keeping decides.
      find: async () => undefined,
      async upsert(id, _payload, expiresIn = 0) {
        if (!(await keepOnce(sql, model, id, expiresIn))) throw alreadyUsed();
      },
    };
  };
}

/** Removes what has expired; answers how many rows that were. */
export async function sweepArtifacts(sql: Sql): Promise<number> {
  const { count } = await sql`delete from authorization_artifact where expires_at < now()`;
  return count;
}

/** Keeps an id until it expires; false when it is kept already. Atomic over all processes. */
async function keepOnce(sql: Sql, model: string, id: string, expiresInSeconds: number): Promise<boolean> {
  const seconds = expiresInSeconds + CLOCK_MARGIN_SECONDS;
  const { count } = await sql`
    insert into authorization_artifact as kept (model, id, expires_at)
    values (${model}, ${id}, now() + make_interval(secs => ${seconds}))
    on conflict (model, id) do update set expires_at = excluded.expires_at where kept.expires_at < now()`;
  return count === 1;
}

async function describeClient(directory: ClientDirectory, clientId: string): Promise<AdapterPayload | undefined> {
  const client = await directory.findClient(clientId);
  if (!client) return undefined;
  return {
    client_id: client.clientId,
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys: [...client.keys] },
    scope: client.scopes.join(" "),
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
    tls_client_certificate_bound_access_tokens: true,
    id_token_signed_response_alg: "ES256",
  } as AdapterPayload;
}

function refuseAll(model: string): Adapter {
  const refuse = async (): Promise<never> => {
    throw new Error(`the authorization server keeps no ${model}`);
  };
  return {
    upsert: refuse,
    find: refuse,
    findByUserCode: refuse,
    findByUid: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}
