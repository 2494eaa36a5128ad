import { createServer } from "node:https";
import type { FastifyInstance, FastifyServerFactory } from "fastify";
import { createApi } from "./api.ts";
import { DEFAULT_HTTP_LIMITS, type HttpDependencies, type HttpLimits } from "./http-dependencies.ts";

const MAXIMUM_HEADER_BYTES = 16_384;

/**
 * The REST door (exchange.md section 6) over HTTPS, not listening yet. A client certificate is asked for at the
 * handshake and required by every route that is not public.
 */
export async function createHttpServer(dependencies: HttpDependencies): Promise<FastifyInstance> {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...dependencies.limits };
  const app = await createApi(() => dependencies, {
    log: dependencies.log,
    serverFactory: createTlsServerFactory(dependencies.tls, limits),
  });
  app.addHook("preClose", async () => {
    // Requests under way get their time, then the connections are cut: a worker must be able to stop.
    setTimeout(() => app.server.closeAllConnections(), limits.closeGraceMs).unref();
  });
  return app;
}

function createTlsServerFactory(tls: HttpDependencies["tls"], limits: HttpLimits): FastifyServerFactory {
  return (handler) => {
    const server = createServer(
      {
        key: tls.key,
        cert: tls.cert,
        ca: tls.ca,
        minVersion: "TLSv1.2",
        requestCert: true,
        // Public routes answer without a certificate; client-certificate.ts refuses what was not authorized.
        rejectUnauthorized: false,
        handshakeTimeout: limits.handshakeTimeoutMs,
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveTimeoutMs,
        connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
        maxHeaderSize: MAXIMUM_HEADER_BYTES,
      },
      handler,
    );
    server.setTimeout(limits.idleTimeoutMs);
    // Without this listener Node would invite the body before a route has looked at the headers. A route that wants
    // the body says so (`writeContinue`); the others answer, and the body is never sent.
    server.on("checkContinue", handler);
    // Other expectations are ignored, as RFC 9110 section 10.1.1 allows.
    server.on("checkExpectation", handler);
    return server;
  };
}
