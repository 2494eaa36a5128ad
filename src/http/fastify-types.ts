import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { CertificateHolder } from "../identity/client-certificates.ts";

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
    /** Answered without a client certificate. What does not say so requires one. */
    public?: boolean;
  }
  interface FastifyRequest {
    /** Null until the certificate was recognised, and on public routes. */
    insurer: CertificateHolder | null;
    /** For the log line; null until the submission is known to be the caller's own. */
    submissionId: string | null;
  }
}
