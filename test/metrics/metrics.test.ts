import { networkInterfaces } from "node:os";
import t from "tap";
import { countSubmissions } from "../../src/intake/count-submissions.ts";
import { createMetrics, type Metrics } from "../../src/metrics/metrics.ts";
import { startMetricsServer } from "../../src/metrics/metrics-server.ts";
import { raiseAlarm } from "../../src/operations/alarms.ts";
import { contractFile, type Door, openDoor, processSubmissions, ROOT, send, waitForEnd } from "../http/open-door.ts";

const NOTHING = { byState: {}, waiting: 0, oldestWaitingSeconds: 0 };

t.test("the listener answers /metrics on the loopback, and nothing else", async (t) => {
  const server = await startMetricsServer(createMetrics(async () => NOTHING).registry, 0);
  t.teardown(() => server.close());
  const ask = (path: string, options: RequestInit = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, options);
  const answer = await ask("/metrics");
  t.equal(answer.status, 200);
  t.match(answer.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
  t.match(await answer.text(), /^infoss_submissions_waiting 0$/m);
  t.equal((await ask("/")).status, 404);
  t.equal((await ask("/metrics", { method: "POST" })).status, 405);
  const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  for (const { address } of others.filter(({ family, internal }) => family === "IPv4" && !internal)) {
    await t.rejects(fetch(`http://${address}:${server.port}/metrics`), address);
  }
});

t.test("requests, submissions, failed proofs and alarms are counted", async (t) => {
  // Asked for the first time when the door is open.
  const metrics: Metrics = createMetrics(() => countSubmissions(door.database.institute));
  const door: Door = await openDoor(t, { failures: {}, metrics });
  const read = async () => await metrics.registry.metrics();
  const sent = await send(door.alpha, contractFile());
  const second = await send(door.alpha, contractFile({ reference: "LOAD-2" }));
  t.match(await read(), /^infoss_submissions\{state="received"\} 2$/m);
  t.match(await read(), /^infoss_submissions_waiting 2$/m);
  await processSubmissions(t, door);
  for (const { json } of [sent, second]) await waitForEnd(door.alpha, String(json.submissionId));
  await door.alpha(`${ROOT}/submissions`, { headers: { Authorization: "Bearer a.b.c" } });
  await door.nobody("/nowhere");
  await raiseAlarm(door.database, { error: () => {} }, metrics.alarms, { code: "someTrouble", details: {} });
  const text = await read();
  for (const line of [
    'infoss_submissions{state="processed"} 2',
    "infoss_submissions_waiting 0",
    "infoss_oldest_waiting_submission_seconds 0",
    'infoss_requests_total{method="POST",route="/REST/digitalContracts/v1/submissions",status="202"} 2',
    'infoss_requests_total{method="GET",route="/REST/digitalContracts/v1/submissions",status="401"} 1',
    'infoss_requests_total{method="GET",route="none",status="404"} 1',
    'infoss_failed_authentications_total{reason="invalidAccessToken"} 1',
    'infoss_alarms_total{code="someTrouble"} 1',
    'infoss_request_duration_seconds_count{method="POST",route="/REST/digitalContracts/v1/submissions"} 2',
  ]) {
    t.ok(text.includes(`\n${line}\n`), line);
  }
  t.match(text, /^nodejs_eventloop_lag_mean_seconds \d/m);
});

t.test("labels are codes, states and templates", async (t) => {
  const metrics = createMetrics(async () => ({ ...NOTHING, byState: { received: 1 } }));
  metrics.requests.inc({ method: "GET", route: "none", status: "404" });
  metrics.failedAuthentications.inc({ reason: "invalidClient" });
  metrics.alarms.inc({ code: "x" });
  metrics.sftpRounds.inc({ outcome: "done" });
  metrics.watchSftpAccounts(async () => [{ accountName: "alpha", failures: 0, lastContactAt: new Date() }]);
  const names = new Set([...(await metrics.registry.metrics()).matchAll(/[{,](\w+)="/g)].map(([, name]) => name));
  const own = ["method", "route", "status", "reason", "code", "state", "outcome", "account", "le"];
  const ofTheRuntime = ["type", "space", "kind", "version", "major", "minor", "patch"];
  t.same(
    [...names].filter((name) => ![...own, ...ofTheRuntime].includes(String(name))),
    [],
  );
});

t.test("each SFTP account says when it was seen, how old its oldest file is and how often it failed", async (t) => {
  const metrics = createMetrics(async () => NOTHING);
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
  metrics.watchSftpAccounts(async () => [
    { accountName: "alpha", failures: 0, lastContactAt: ago(0), oldestFileAt: ago(7200) },
    { accountName: "beta", failures: 3, lastContactAt: ago(600) },
    { accountName: "gamma", failures: 9 },
  ]);
  const text = await metrics.registry.metrics();
  t.match(text, /^infoss_sftp_account_oldest_file_seconds\{account="alpha"\} 72\d\d/m);
  t.match(text, /^infoss_sftp_account_oldest_file_seconds\{account="beta"\} 0$/m);
  t.match(text, /^infoss_sftp_account_contact_age_seconds\{account="beta"\} 6\d\d/m);
  t.match(text, /^infoss_sftp_account_failures\{account="gamma"\} 9$/m);
  t.notMatch(text, /_seconds\{account="gamma"\}/, "nothing is said of an account that was never seen");
});

t.test("a database that is away costs only the metrics it would have given", async (t) => {
  const metrics = createMetrics(() => Promise.reject(new Error("away")));
  const text = await metrics.registry.metrics();
  t.match(text, /^infoss_submissions_waiting Nan$/im);
  t.notMatch(text, /^infoss_submissions\{/m);
  t.match(text, /^# TYPE infoss_requests_total counter$/m);
});
