import helmet from "@fastify/helmet";
import createFastify from "fastify";

/** What helmet sends with every answer. It is always the same, so it is asked once, not with every request. */
export async function listSecurityHeaders(): Promise<Readonly<Record<string, string>>> {
  const probe = createFastify();
  await probe.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  // Before the answer is written only helmet has set headers.
  probe.get("/", async (_request, reply) => reply.raw.getHeaders());
  const { payload } = await probe.inject("/");
  await probe.close();
  return JSON.parse(payload) as Readonly<Record<string, string>>;
}
