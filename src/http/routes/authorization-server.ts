import { AUTHORIZATION_PATHS } from "../../identity/authorization-server.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";

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
