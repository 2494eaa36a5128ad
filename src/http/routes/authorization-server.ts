import type { IncomingHttpHeaders } from "node:http";
import { AUTHORIZATION_PATHS } from "../../identity/authorization-server.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { Problem } from "../problems.ts";

/** What the authorization server's library reads at most. */
const MAXIMUM_BODY_BYTES = 56 * 1024;

/**
 * Token endpoint, keys and metadata (RFC 6749, 8414). They answer in OAuth's own form and are described by their own
 * metadata, so they are not in the OpenAPI document. Absent where an external issuer serves this environment.
 */
export async function authorizationServerRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    // The authorization server reads the body itself.
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const url of Object.values(AUTHORIZATION_PATHS)) {
      scope.route({
        method: ["GET", "HEAD", "POST"],
        url,
        schema: { hide: true },
        config: { public: true, authenticates: url === AUTHORIZATION_PATHS.token },
        exposeHeadRoute: false,
        handler: async (request, reply) => {
          const server = provide().identity.authorizationServer;
          if (!server) return reply.callNotFound();
          checkBodySize(request.headers);
          // Of a body without announced size the rest is not read once the server has had enough.
          if (request.headers["transfer-encoding"] !== undefined) reply.header("Connection", "close");
          reply.hijack();
          for (const [name, value] of Object.entries(reply.getHeaders())) {
            if (value !== undefined) reply.raw.setHeader(name, value);
          }
          await server.handle(request.raw, reply.raw);
          return reply;
        },
      });
    }
  });
}

function checkBodySize(headers: IncomingHttpHeaders): void {
  if (Number(headers["content-length"] ?? 0) > MAXIMUM_BODY_BYTES) {
    throw new Problem("payloadTooLarge", `No more than ${MAXIMUM_BODY_BYTES} bytes are taken here.`, {
      limit: MAXIMUM_BODY_BYTES,
    });
  }
}
