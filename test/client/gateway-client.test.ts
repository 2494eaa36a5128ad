import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import t, { type Test } from "tap";
import { API_PATH, createGatewayClient, expectData, GatewayProblem } from "../../src/client/gateway-client.ts";
import { iterateEvents, iteratePages } from "../../src/client/pages.ts";
import {
  createDevelopmentAuthority,
  generateSigningKeyPem,
  issueCertificate,
} from "../../src/identity/issue-certificate.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
const later = json({ title: "Later" }, 503, { "Retry-After": "0.01" });
const cut: Answer = (request) => void request.socket.destroy();

/** A server that gives tokens and answers calls as told, one after the other: what a gateway does on a bad day. */
async function open(t: Test, ...answers: Answer[]) {
  const authority = await createDevelopmentAuthority();
  const [server, own] = await Promise.all([
    issueCertificate(authority, { commonName: "localhost", usage: "server" }),
    issueCertificate(authority, { commonName: "client", usage: "client" }),
  ]);
  const ca = authority.certificatePem;
  const calls: { readonly line: string; readonly token: string; readonly subject: string; readonly body: string }[] =
    [];
  const pauses: number[] = [];
  let tokens = 0;
  const options = { cert: server.certificatePem, key: server.privateKeyPem, ca, requestCert: true };
  const listener = createServer({ ...options, rejectUnauthorized: true }, async (request, response) => {
    if (request.url === "/auth/token") {
      tokens += 1;
      // Nothing of its life is left: each call takes a new one.
      return void json({ access_token: `token-${tokens}`, expires_in: 0 })(request, response);
    }
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    const token = request.headers.authorization ?? "";
    const line = `${request.method} ${request.url}`;
    calls.push({ line, token, subject: String(subject.CN), body: await text(request).catch(() => "") });
    answers.shift()!(request, response);
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const client = createGatewayClient({
    url: `https://localhost:${(listener.address() as AddressInfo).port}`,
    clientId: "client",
    assertionKey: await generateSigningKeyPem(),
    tls: { cert: own.certificatePem, key: own.privateKeyPem, ca },
    onPutOff: (seconds) => pauses.push(seconds),
  });
  t.teardown(async () => {
    await client.close();
    listener.close();
    listener.closeAllConnections();
  });
  return { ...client, client, calls, pauses };
}

t.test(
  "a question that is put off or loses its connection is asked again, over mutual TLS, with a token that lives",
  async (t) => {
    const { api, calls, pauses } = await open(t, later, cut, json({ items: [] }));
    t.same(expectData(await api.GET("/submissions")).items, []);
    const line = `GET ${API_PATH}/submissions`;
    const token = "Bearer token-1";
    const call = { line, token, subject: "client", body: "" };
    t.same(calls, [call, call, call]);
    t.same(pauses, [0.01], "told of what was put off");
    const next = await open(t, json({ items: [] }), json({ items: [] }));
    await next.api.GET("/submissions");
    await next.api.GET("/submissions");
    t.same(
      next.calls.map(({ token }) => token),
      ["Bearer token-1", "Bearer token-2"],
      "a token at its end is renewed",
    );
  },
);

t.test("what might be done twice is not asked again without an Idempotency-Key, and is with one, whole", async (t) => {
  const path = { params: { header: { "Idempotency-Key": "K-1" } }, body: { contractNumber: "C-1" } } as never;
  const without = await open(t, later);
  const answer = await without.api.POST("/initialLoad/complete");
  t.equal(answer.response.status, 503);
  t.equal(without.calls.length, 1);
  const keyed = await open(t, later, json({ contractId: "1" }, 201));
  t.equal((await keyed.api.POST("/contracts", path)).response.status, 201);
  t.same(
    keyed.calls.map(({ body }) => body),
    ['{"contractNumber":"C-1"}', '{"contractNumber":"C-1"}'],
  );
});

t.test("it gives up in the end, and a problem says what and where", async (t) => {
  const { api, calls } = await open(t, later, later, later, later, later);
  t.equal((await api.GET("/submissions")).response.status, 503);
  t.equal(calls.length, 5);
  const problem = { title: "Bad Request", issues: [{ name: "pageSize", detail: "must be at most 100" }] };
  const refused = await open(t, json(problem, 400));
  const answer = await refused.api.GET("/submissions");
  const expected = {
    name: "GatewayProblem",
    status: 400,
    problem,
    message: "The gateway answered 400: Bad Request. pageSize: must be at most 100",
  };
  t.throws(() => expectData(answer), expected);
  const sentences = {
    title: "Bad Request",
    detail: "It cannot be read.",
    issues: [{ name: "after", detail: "Not kept." }],
  };
  t.equal(
    new GatewayProblem(400, sentences).message,
    "The gateway answered 400: Bad Request. It cannot be read. after: Not kept.",
  );
  t.ok(new GatewayProblem(502, "<html>").message.endsWith("no explanation"));
});

t.test("collections and the feed are read to their end, page by page", async (t) => {
  const event = (position: number) => ({ position, kind: "submissionProcessed" });
  const feed = await open(t, json({ items: [event(3), event(4)], next: "/x?after=4" }), json({ items: [event(5)] }));
  const events = await Array.fromAsync(iterateEvents(feed.client, { after: 2 }));
  t.same(
    events.map(({ position }) => position),
    [3, 4, 5],
  );
  t.same(
    feed.calls.map(({ line }) => line.split("?")[1]),
    ["after=2&pageSize=1000", "after=4&pageSize=1000"],
  );

  const pages = await open(t, json({ items: [1, 2], next: "/x?after=b&pageSize=2" }), json({ items: [3] }));
  const items = iteratePages<unknown>(async (query) =>
    expectData(await pages.api.GET("/submissions", { params: { query } })),
  );
  t.same(await Array.fromAsync(items), [1, 2, 3]);
  t.same(
    pages.calls.map(({ line }) => line.split("?")[1]),
    [undefined, "after=b&pageSize=2"],
  );
});
