import { once } from "node:events";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import t from "tap";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { createEndpointOpener, type EndpointOptions, type PostResult } from "../../src/webhooks/send-webhook.ts";
import { renderPing, signMessage } from "../../src/webhooks/webhook-message.ts";
import { authority, createOpener, HOOK_HOST, openEndpoint } from "./open-endpoint.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const message = signMessage(renderPing("an-id", new Date(), "https://gateway.example"), [SECRET], new Date());
const SHORT_MS = 400;

async function post(url: string, options: EndpointOptions = {}): Promise<Omit<PostResult, "durationMs">> {
  const channel = createOpener(options)(new URL(url));
  try {
    const { durationMs, ...result } = await channel.post(message);
    t.ok(durationMs >= 0);
    return result;
  } finally {
    channel.close();
  }
}

t.test("a message is posted as it was signed, over one connection as long as that is kept", async (t) => {
  const endpoint = await openEndpoint(t);
  const channel = createOpener()(new URL(endpoint.url));
  t.match(await channel.post(message), { status: 204, fault: undefined });
  t.match(await channel.post(message), { status: 204, fault: undefined });
  t.equal(endpoint.connections(), 1);
  channel.close();
  const [one] = endpoint.received;
  t.equal(one?.path, "/infoss");
  t.equal(one?.body, message.body);
  t.match(one?.headers, {
    "content-type": "application/cloudevents+json; charset=utf-8",
    "webhook-id": "an-id",
    "webhook-timestamp": /^\d+$/,
    "webhook-signature": /^v1,\S{44}$/,
  });
});

t.test("a kept connection that the endpoint closed is no failure", async (t) => {
  const endpoint = await openEndpoint(t);
  const channel = createOpener()(new URL(endpoint.url));
  await channel.post(message);
  endpoint.answerWith((response, { headers }) => {
    // The first that comes over the kept connection is cut, as by a server that has just closed it.
    if (endpoint.connections() === 1) response.socket!.destroy();
    else response.writeHead(headers["webhook-id"] ? 204 : 400).end();
  });
  t.match(await channel.post(message), { status: 204, fault: undefined });
  channel.close();
});

t.test("every status but 200 to 299 is a failure, and none is followed", async (t) => {
  const elsewhere = await openEndpoint(t);
  const endpoint = await openEndpoint(t);
  for (const [status, fault] of [
    [301, "redirected"],
    [302, "redirected"],
    [307, "redirected"],
    [400, "errorStatus"],
    [500, "errorStatus"],
    [410, "gone"],
  ] as const) {
    endpoint.answerWith((response) => response.writeHead(status, { Location: elsewhere.url }).end("moved"));
    t.same(await post(endpoint.url), { status, fault });
  }
  t.equal(elsewhere.connections(), 0);
});

t.test(
  "an endpoint that says nothing is given up, whether it takes the connection, the request, or neither",
  async (t) => {
    const silent = await openEndpoint(t, () => {});
    t.same(await post(silent.url, { timeoutMs: SHORT_MS }), { fault: "timedOut" });
    const mute = createTcpServer().listen(0, "127.0.0.1");
    await once(mute, "listening");
    mute.on("connection", (socket) => t.teardown(() => socket.destroy()));
    t.teardown(() => mute.close());
    const { port } = mute.address() as AddressInfo;
    t.same(await post(`https://${HOOK_HOST}:${port}/`, { timeoutMs: SHORT_MS }), { fault: "timedOut" });
    const slowName = { timeoutMs: SHORT_MS, resolve: () => new Promise<never>(() => {}) };
    t.same(await post(silent.url, slowName), { fault: "timedOut" }, "nor a name server that does not answer");
  },
);

t.test("an answer without end, or drop by drop, costs nothing: its status has said all", async (t) => {
  let written = 0;
  const endless = await openEndpoint(t, (response) => {
    response.writeHead(200);
    const write = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
      if (!response.destroyed) response.once("drain", write);
    };
    write();
  });
  t.same(await post(endless.url), { status: 200 });
  t.ok(written < 10_000_000, `${written} bytes were written`);
  const dripping = await openEndpoint(t, (response) => {
    response.writeHead(200).write("a");
  });
  t.same(await post(dripping.url, { timeoutMs: SHORT_MS }), { status: 200 });
});

t.test("certificates are verified: self-signed, of another name, of an unknown authority", async (t) => {
  const other = await createDevelopmentAuthority({ commonName: "An authority of somebody" });
  const endpoint = await openEndpoint(t);
  t.same(await post(endpoint.url, { ca: [other.certificatePem] }), { fault: "tlsFailed" }, "unknown authority");
  const named = await issueCertificate(authority, { commonName: "other.test", usage: "server", hosts: ["other.test"] });
  for (const { privateKeyPem, certificatePem } of [named, other]) {
    const server = createServer({ key: privateKeyPem, cert: certificatePem }, () => t.fail("a request came in"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    t.same(await post(`https://${HOOK_HOST}:${port}/`), { fault: "tlsFailed" });
  }
});

t.test("nobody listens, and no such name", async (t) => {
  t.same(await post(`https://${HOOK_HOST}:1025/`), { fault: "connectionFailed" });
  const resolve = async () => {
    throw new Error("ENOTFOUND");
  };
  t.same(await post("https://nowhere.test/", { resolve }), { fault: "nameUnknown" });
  t.same(await post("https://nowhere.test/", { resolve: async () => [] }), { fault: "nameUnknown" });
});

t.test("no connection is made to an address that is not public, not even one of several", async (t) => {
  const endpoint = await openEndpoint(t);
  const noExemption: EndpointOptions = { exemptHosts: [] };
  const refused = (...addresses: string[]) =>
    post(endpoint.url, {
      ...noExemption,
      resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    });
  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "64:ff9b::7f00:1"]) {
    t.same(await refused(address), { fault: "addressRefused" }, address);
  }
  t.same(await refused("93.184.216.34", "127.0.0.1"), { fault: "addressRefused" });
  // Without what a test hands over: names of this machine as its own resolver knows them.
  const channel = createEndpointOpener({ ca: [authority.certificatePem] })(
    new URL(`https://localhost:${endpoint.port}/`),
  );
  t.match(await channel.post(message), { fault: "addressRefused" });
  t.equal(endpoint.connections(), 0);
});

t.test("a name that is public when it is checked and private a moment later leads nowhere", async (t) => {
  const endpoint = await openEndpoint(t);
  // Of global unicast, and nobody's.
  const answers = [{ address: "2d00::1", family: 6 }];
  let asked = 0;
  const resolve = async () => {
    asked += 1;
    return answers.splice(0, 1).concat({ address: "127.0.0.1", family: 4 }).slice(0, 1);
  };
  const open = createOpener({ exemptHosts: [], resolve, timeoutMs: SHORT_MS });
  const first = open(new URL(endpoint.url));
  t.match((await first.post(message)).fault, /connectionFailed|timedOut/);
  t.match((await first.post(message)).fault, /connectionFailed|timedOut/);
  t.equal(asked, 1, "the address that was checked is the one that is used");
  const second = open(new URL(endpoint.url));
  t.match(await second.post(message), { fault: "addressRefused" });
  t.equal(endpoint.connections(), 0);
});
