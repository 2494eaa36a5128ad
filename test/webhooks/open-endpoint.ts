import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import type { Test } from "tap";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { createEndpointOpener, type EndpointOptions } from "../../src/webhooks/send-webhook.ts";

/** A name that stands for this machine in tests, and for nothing elsewhere. */
export const HOOK_HOST = "hooks.test";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of the CloudEvent. */
  readonly id: string;
  readonly type: string;
}

export type Answer = (response: ServerResponse, received: Received) => unknown;

export const authority = await createDevelopmentAuthority();
const certificate = await issueCertificate(authority, {
  commonName: HOOK_HOST,
  usage: "server",
  hosts: [HOOK_HOST, "localhost"],
});
const LOOPBACK = { address: "127.0.0.1", family: 4 };

/** Channels as the gateway opens them, but for what stands here: the name above is known and exempted. */
export function createOpener(options: EndpointOptions = {}) {
  return createEndpointOpener({
    ca: [authority.certificatePem],
    exemptHosts: [HOOK_HOST],
    resolve: async () => [LOOPBACK],
    ...options,
  });
}

/** An HTTPS server of an insurer, which answers 204 unless told. */
export async function openEndpoint(
  t: Test,
  answer: Answer = (response) => response.writeHead(204).end(),
  host = HOOK_HOST,
) {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let [current, connections] = [answer, 0];
  const server = createServer(
    { key: certificate.privateKeyPem, cert: certificate.certificatePem },
    async (request, response) => {
      const one = await read(request);
      received.push(one);
      for (const wake of waiting) wake();
      await current(response, one);
    },
  );
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://${host}:${port}/infoss`,
    port,
    received,
    connections: () => connections,
    answerWith(next: Answer): void {
      current = next;
    },
    /** Resolves when so many messages have come. */
    async untilReceived(count: number): Promise<readonly Received[]> {
      while (received.length < count) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
      return received;
    },
  };
}

async function read(request: IncomingMessage): Promise<Received> {
  const body = await text(request);
  const { id, type } = body === "" ? { id: "", type: "" } : JSON.parse(body);
  return { path: request.url ?? "", headers: request.headers, body, id, type };
}

/** True when one of the signatures was made with the secret; as insurers check it. */
export function isSignedWith(secret: string, { headers, body }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
