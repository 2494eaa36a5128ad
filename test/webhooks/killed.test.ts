import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import t from "tap";
import { listEvents } from "../../src/events/feed.ts";
import type { DispatchOrder } from "./dispatch-process.ts";
import { API, openHooks, TODAY, until } from "./open-dispatcher.ts";
import { authority, HOOK_HOST, openEndpoint } from "./open-endpoint.ts";

const LEASE_MS = 1_500;
const EVENTS = 12;

t.test(
  "a process killed in the middle of a delivery loses nothing, and at most that message comes twice",
  async (t) => {
    const hooks = await openHooks(t);
    const insurer = await hooks.admit();
    const endpoint = await openEndpoint(t);
    const { look, log } = await insurer.subscribe({ url: endpoint.url });
    await insurer.tell(...Array.from({ length: EVENTS }, (_, index) => `R${index}`));
    const feed = (await listEvents(insurer.tenant, { after: 0, limit: 100 })).map(({ eventId }) => eventId);
    // Each process dies when its fourth message has come and is not answered yet.
    for (const killedAt of [4, 8]) {
      const child = fork(fileURLToPath(new URL("dispatch-process.ts", import.meta.url)));
      t.teardown(() => child.kill("SIGKILL"));
      endpoint.answerWith((response) => {
        if (endpoint.received.length >= killedAt) child.kill("SIGKILL");
        else response.writeHead(204).end();
      });
      const order: DispatchOrder = {
        url: hooks.url,
        masterKey: hooks.masterKey.toString("hex"),
        ca: authority.certificatePem,
        host: HOOK_HOST,
        api: API,
        today: TODAY,
        leaseMs: LEASE_MS,
      };
      child.send(order);
      await once(child, "exit");
    }
    t.match(await look(), { position: 6, failures: 0 }, "what was answered is noted");
    endpoint.answerWith((response) => response.writeHead(204).end());
    const dispatcher = hooks.start();
    await until(look, ({ position }) => position === EVENTS);
    await dispatcher.stop(5_000);
    const ids = endpoint.received.map(({ id }) => id);
    t.same(
      ids.filter((id, index) => ids.indexOf(id) === index),
      feed,
      "all, in their order",
    );
    t.same(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [feed[3], feed[6]],
      "again only what was not answered when its process died",
    );
    t.equal((await log()).length, EVENTS, "the log has one entry for each answer");
  },
);
