import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { createGatewayClient, expectData } from "../../src/client/gateway-client.ts";
import { verifyWebhook } from "../../src/client/verify-webhook.ts";
import { listEvents } from "../../src/events/feed.ts";
import { insertEvents } from "../../src/events/insert-events.ts";
import { ALPHA } from "../http/open-door.ts";
import { until } from "../webhooks/open-dispatcher.ts";
import { authority, openEndpoint } from "../webhooks/open-endpoint.ts";
import { openScene } from "./crash-scene.ts";

const EVENTS = 12;

t.test("a whole gateway killed in the middle of webhook deliveries loses none, and each keeps its id", async (t) => {
  const scene = await openScene(t);
  const certificates = dirname(scene.namedCertificates.TLS_KEY_FILE!);
  const authorityFile = join(t.testdir(), "hooks-ca.pem");
  writeFileSync(authorityFile, authority.certificatePem);
  const start = () => scene.startReady({ WEBHOOK_EXEMPT_HOSTS: "localhost", WEBHOOK_CA_FILE: authorityFile });
  const endpoint = await openEndpoint(t, undefined, "localhost");
  let gateway = await start();

  const read = (name: string) => readFileSync(join(certificates, name));
  const client = createGatewayClient({
    url: new URL(gateway.address()!).origin,
    clientId: "client-alpha",
    assertionKey: read("client-alpha-assertion-key.pem"),
    tls: { ca: read("ca.pem"), cert: read("client-alpha.pem"), key: read("client-alpha-key.pem") },
  });
  const { secret } = expectData(
    await client.api.POST("/webhookSubscriptions", { body: { url: endpoint.url, after: 0 } }),
  );
  await client.close();
  const { owner } = scene;
  const [alpha] = await owner<{ insurerId: number }[]>`
    select insurer_id as "insurerId" from insurer where enterprise_number = ${ALPHA}`;
  const { insurerId } = alpha!;
  const tenant = scene.database.asInsurer(insurerId);
  const details = Array.from({ length: EVENTS }, (_, index) => ({ reference: `R${index}` }));
  const kill = async (at: number) => {
    endpoint.answerWith((response) => {
      if (endpoint.received.length >= at) gateway.signal("SIGKILL");
      else response.writeHead(204).end();
    });
    if (at > 4) gateway = await start();
    else
      await tenant.run((tx) =>
        insertEvents(
          tx,
          details.map((one) => ({ insurerId, kind: "submissionProcessed", details: one })),
        ),
      );
    t.match(await gateway.ended, { signal: "SIGKILL" });
    // What the dead process had claimed is anybody's once its time is over; as if that had come.
    await owner`update webhook_subscription set claimed_until = statement_timestamp()`;
  };
  // Each process dies when a message has come and is not answered yet.
  await kill(4);
  await kill(8);
  endpoint.answerWith((response) => response.writeHead(204).end());
  await start();
  const [feed] = [await listEvents(tenant, { after: 0, limit: 100 })];
  const last = feed.at(-1)!.position;
  await until(
    async () => (await owner<{ position: number }[]>`select position from webhook_subscription`)[0]!.position,
    (position) => position === last,
  );
  const events = endpoint.received.map(({ body, headers }) => verifyWebhook(body, headers, { secrets: [secret] }));
  const ids = events.map(({ id }) => id);
  t.same(
    [...new Set(ids)],
    feed.map(({ eventId }) => eventId),
    "all of the feed, in its order",
  );
  t.same(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [ids[3], ids[7]],
    "again only what was not answered when its gateway died, by the same id",
  );
  t.equal(scene.kills(), 2);
});
