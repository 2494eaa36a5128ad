import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { ask } from "./client.ts";
import type { DemoStage } from "./stage.ts";

interface Message {
  readonly body: string;
  readonly headers: Record<string, string>;
}

const PATIENCE_MS = 120_000;

export interface DemoWebhook {
  /** Shows the first message of this kind, its signature verified, and what its link leads to. */
  show(kind: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * An insurer's own HTTPS server on this machine, subscribed to all events of its feed. By the development certificates it is
 * `localhost`, of the same authority as the gateway.
 */
export async function subscribeWebhook({ call, certificates, say }: DemoStage): Promise<DemoWebhook> {
  const messages: Message[] = [];
  const arrivals = new EventTarget();
  const server = createServer(
    {
      key: readFileSync(join(certificates, "server-key.pem")),
      cert: readFileSync(join(certificates, "server.pem")),
    },
    async (request, response) => {
      messages.push(await read(request));
      response.writeHead(204).end();
      arrivals.dispatchEvent(new Event("message"));
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `https://localhost:${(server.address() as AddressInfo).port}/infoss`;
  const { secret } = await ask(call, "/webhookSubscriptions", { url });
  say(`insurer Alpha has its events pushed to ${url}; the secret that signs them is shown once`);

  return {
    async show(kind) {
      const deadline = AbortSignal.timeout(PATIENCE_MS);
      const find = () => messages.find(({ body }) => JSON.parse(body).type.endsWith(`.${kind}`));
      for (;;) {
        const message = find();
        if (message) return await explain(message);
        await once(arrivals, "message", { signal: deadline });
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function explain({ body, headers }: Message): Promise<void> {
    // Throws where it is not signed with the secret.
    const { dataref, ...cloudEvent } = new Webhook(secret).verify(body, headers) as Record<string, string>;
    const path = new URL(dataref!).pathname.replace(/^.*(?=\/events\/)/, "");
    const event = await ask(call, path);
    say(
      `webhook, signature verified: ${JSON.stringify(cloudEvent)}`,
      `its link, read as always with certificate and token: ${JSON.stringify(event)}`,
    );
  }
}

async function read(request: IncomingMessage): Promise<Message> {
  return { body: await text(request), headers: request.headers as Record<string, string> };
}
