import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Nobody but this machine: metrics tell an attacker what works. */
const HOST = "127.0.0.1";
const PATH = "/metrics";
const TIMEOUT_MS = 10_000;

/** Answers `GET /metrics` in the text format of Prometheus on the loopback; port 0 takes any free one. */
export async function startMetricsServer(registry: Registry, port: number): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) => {
    if (request.url !== PATH) end(response, 404);
    else if (request.method !== "GET") end(response, 405);
    else
      registry.metrics().then(
        (text) => end(response, 200, text),
        () => end(response, 500),
      );
  });
  const end = (response: ServerResponse, status: number, text = "") => {
    response.writeHead(status, { "Content-Type": registry.contentType, "Cache-Control": "no-store" }).end(text);
  };
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
