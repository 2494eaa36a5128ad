import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { createGatewayClient, expectData, type GatewayClient } from "../../src/client/gateway-client.ts";
import { sendBySftp } from "../../src/client/send-by-sftp.ts";
import { REFUSALS_TO_MEET, SFTP_REFUSALS_TO_MEET } from "../../src/readiness/readiness-items.ts";
import { createTestDatabase } from "../database.ts";
import { composeFile, composeRecord, composeRecords } from "../flows/compose-file.ts";
import { loadTestRegister, PROVIDERS } from "../flows/test-register.ts";
import { ALPHA } from "../http/open-door.ts";
import { startTestApp } from "../start-app.ts";
import { authority, isSignedWith, openEndpoint } from "../webhooks/open-endpoint.ts";

t.test("an insurer with SFTP and a webhook alone becomes ready point by point", async (t) => {
  const endpoint = await openEndpoint(t, undefined, "localhost");
  const { api, drop } = await openGateway(t);
  const look = async () => expectData(await api.GET("/readiness")).checklist;
  const done = async () => (await look()).flatMap(({ item, fulfilled }) => (fulfilled ? [item] : []));
  const missing = async (asked: string) => (await look()).find(({ item }) => item === asked)?.missing;
  t.same(await done(), []);
  t.same(await missing("connectionTested"), ["rest"]);

  const { subscriptionId, secret } = expectData(
    await api.POST("/webhookSubscriptions", { body: { url: endpoint.url } }),
  );
  const params = { path: { subscriptionId } };
  const isDelivered = async (count: number) => {
    const { items } = expectData(await api.GET("/webhookSubscriptions/{subscriptionId}/deliveries", { params }));
    return items.filter(({ outcome }) => outcome === "delivered").length >= count;
  };

  await t.test("a ping is no event that was consumed", async (t) => {
    const { response } = await api.POST("/webhookSubscriptions/{subscriptionId}/ping", { params });
    t.ok(response.ok);
    while (!(await isDelivered(1))) await sleep(50);
    t.match(endpoint.received, [{ type: "be.nihdi.infoss.ping" }]);
    t.same(await done(), []);
  });

  await t.test("a load that came over SFTP ends, and its event by webhook is consumed", async (t) => {
    const wrong = composeRecord("B-1", { contractNumber: "B-1", inamiNumber: "99999999999" });
    const [, report] = await drop("00001.S", {
      reference: "L-1",
      records: [...composeRecords(30), wrong],
      complete: true,
    });
    t.match(report, "<accepted>30</accepted>");
    while (!(await isDelivered(2))) await sleep(50);
    const event = endpoint.received.find(({ type }) => type.endsWith(".submissionProcessed"));
    t.ok(event && isSignedWith(secret!, event));
    t.same(await done(), ["initialLoadEnded", "eventsConsumed", "errorsFew"]);
    t.same(await missing("connectionTested"), ["sftp"], "the door that was used is the one to test");
  });

  await t.test("a file with the letter T tests the connection over that door", async (t) => {
    const [receipt] = await drop("00002.T", { reference: "T-1", environment: "T" });
    t.match(receipt, /<state>tested<\/state>[\s\S]*<passed>true<\/passed>/);
    t.same(await done(), ["connectionTested", "initialLoadEnded", "eventsConsumed", "errorsFew"]);
  });

  await t.test("deltas over SFTP use the actions, and mend what was rejected", async (t) => {
    const key = (number: number) => ({ contractNumber: `C-${number}`, inamiNumber: PROVIDERS.current.inamiNumber });
    const content = { effectiveOn: "2024-01-01", contractKind: "combined", solidarity: "true" };
    const records = [
      composeRecord("B-1", { contractNumber: "B-1" }),
      composeRecord("D-1", { ...key(1), ...content }, "modify"),
      composeRecord("D-2", { ...key(2), endOn: "2025-12-31", reason: "terminated" }, "close"),
    ];
    await drop("00003.S", { reference: "D-1", kind: "delta", records, attributes: ' sequence="1"' });
    t.same(await missing("actionsUsed"), ["reopen", "cancel"]);
    const others = [
      composeRecord("D-3", { ...key(2), reason: "closed in error" }, "reopen"),
      composeRecord("D-4", { ...key(3), reason: "declared in error" }, "cancel"),
    ];
    await drop("00004.S", { reference: "D-2", kind: "delta", records: others, attributes: ' sequence="2"' });
    t.same(
      (await look()).filter(({ fulfilled }) => !fulfilled).map(({ item }) => item),
      ["refusalsMet"],
    );
  });

  await t.test("names of files that are refused are met over SFTP alone", async (t) => {
    t.same(await missing("refusalsMet"), [...REFUSALS_TO_MEET, ...SFTP_REFUSALS_TO_MEET]);
    const delta = { kind: "delta", attributes: ' sequence="3"' };
    const [invalid] = await drop("00005.S.xml", { ...delta, reference: "N-1" });
    t.match(invalid, "<code>fileNameInvalid</code>");
    const [reused] = await drop("00001.S", { ...delta, reference: "N-2" });
    t.match(reused, "<code>fileNameReused</code>");
    t.same(await missing("refusalsMet"), [...REFUSALS_TO_MEET]);
  });
});

/** A gateway as it starts, and what the insurer Alpha has of it: calls, and files that it drops over SFTP. */
async function openGateway(t: Test) {
  const { url, database } = await createTestDatabase(t);
  await loadTestRegister(t, database);
  const folder = t.testdir({ "hooks.pem": authority.certificatePem });
  const settings = { DATABASE_URL: url, DATA_DIRECTORY: folder };
  const hooks = { WEBHOOK_CA_FILE: join(folder, "hooks.pem"), WEBHOOK_EXEMPT_HOSTS: "localhost" };
  const app = await startTestApp(t, { ...settings, ...hooks });
  const read = (name: string) => readFileSync(join(folder, "certificates", name));
  const client: GatewayClient = createGatewayClient({
    url: app.url!,
    clientId: "client-alpha",
    assertionKey: read("client-alpha-assertion-key.pem"),
    tls: { cert: read("client-alpha.pem"), key: read("client-alpha-key.pem"), ca: read("ca.pem") },
  });
  t.teardown(() => client.close());
  const { host, port, fingerprint: hostKey } = app.sftp!;
  const address = { host, port, user: "client-alpha", privateKey: read("client-alpha-ssh-key"), hostKey };

  /** Answers the receipt, and the report where there is one. */
  async function drop(end: string, parts: Omit<Parameters<typeof composeFile>[0], "sender">): Promise<string[]> {
    const path = join(folder, "dropped.xml");
    const content = composeFile({ sender: ALPHA, ...parts });
    writeFileSync(path, content);
    const answers: string[] = [];
    await sendBySftp(address, {
      path,
      byteLength: Buffer.byteLength(content),
      fileName: `FI.DICO.${ALPHA}.20261122.${end}`,
      onProgress: () => {},
      onAnswer: (_kind, xml) => answers.push(xml),
      signal: AbortSignal.timeout(120_000),
    });
    return answers;
  }
  return { api: client.api, drop };
}
