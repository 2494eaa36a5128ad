import { createServer, Server } from "node:https";
import type { FastifyInstance, FastifyServerFactory } from "fastify";
import { createApi } from "./api.ts";
import { describeError } from "./describe-error.ts";
import type { HttpDependencies } from "./http-dependencies.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./limits/http-limits.ts";
import { secureContextOptions } from "./tls-options.ts";
import { watchTlsFiles } from "./tls-reload.ts";

const MAXIMUM_HEADER_BYTES = 16_384;

/**
 * The REST door (exchange.md section 6) over HTTPS, not listening yet. A client certificate is asked for at the
 * handshake and required by every route that is not public.
 */
export async function createHttpServer(dependencies: HttpDependencies): Promise<FastifyInstance> {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...dependencies.limits };
  const app = await createApi(() => dependencies, {
    log: dependencies.log,
    limits,
    environmentName: dependencies.intake.environmentName,
    serverFactory: createTlsServerFactory(dependencies.tls, limits),
  });
  app.addHook("preClose", async () => {
    // Requests under way get their time, then the connections are cut: a worker must be able to stop.
    setTimeout(() => app.server.closeAllConnections(), limits.closeGraceMs).unref();
  });
  followTlsFiles(app, dependencies, limits);
  return app;
}

/** Takes over new keys, certificates and authorities for the connections made from then on. */
function followTlsFiles(app: FastifyInstance, dependencies: HttpDependencies, limits: HttpLimits): void {
  const { tls, log, raiseAlarm } = dependencies;
  if (!tls.files) return;
  const stop = watchTlsFiles(tls.files, tls, {
    intervalMs: limits.tlsRereadIntervalMs,
    onChange(material) {
      // The listener of `createTlsServerFactory`; Fastify's type knows plain HTTP only.
      if (app.server instanceof Server) app.server.setSecureContext(secureContextOptions(material));
      // Who is idle comes back by a handshake that knows the new authorities.
      app.server.closeIdleConnections();
      log.info({ code: "tlsFilesRead" }, "new key, certificate or client authorities are in use");
    },
    onTrouble(error) {
      log.warn(
        { code: "tlsFilesRefused", error: describeError(error) },
        "key, certificate and authorities stay as they were",
      );
      void raiseAlarm?.({ code: "tlsFilesUnusable", details: {} });
    },
  });
  app.addHook("onClose", async () => stop());
}

function createTlsServerFactory(tls: HttpDependencies["tls"], limits: HttpLimits): FastifyServerFactory {
  return (handler) => {
    const server = createServer(
      {
        ...secureContextOptions(tls),
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
    server.maxConnections = limits.maximumConnections;
    // Without this listener Node would invite the body before a route has looked at the headers. A route that wants
    // the body says so (`writeContinue`); the others answer, and the body is never sent.
    server.on("checkContinue", handler);
    // Other expectations are ignored, as RFC 9110 section 10.1.1 allows.
    server.on("checkExpectation", handler);
    return server;
  };
}
