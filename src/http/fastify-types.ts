import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { Grant } from "../identity/client-directory.ts";
import type { Scope } from "../identity/scopes.ts";
import type { Caller } from "./authorize.ts";

/** The Fastify instance that routes are added to: schemas are TypeBox, and types follow from them. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Answered to anybody. A route is either public or names the scope it requires. */
    public?: boolean;
    scope?: Scope;
    /** Public, but callers prove there who they are: who failed too often is not listened to. */
    authenticates?: boolean;
    /** Changes nothing, whatever its method. */
    reads?: boolean;
    /** Gives a problem to whoever may call, and nothing else. */
    refuses?: boolean;
    /** Answered while the process sheds load: small, and about just that. */
    evenOverloaded?: boolean;
  }
  interface FastifyRequest {
    /** Null until certificate and token were proved, and on public routes. */
    caller: Caller | null;
    /** Null on public and operators' routes, and while a client of several insurers has named none. */
    insurer: Grant | null;
    /** Keyed hashes of the persons that the answer names, for the audit trail. */
    persons: readonly Buffer[] | null;
    isAudited: boolean;
    /** For the log line; null until the submission is known to be the caller's own. */
    submissionId: string | null;
  }
}
