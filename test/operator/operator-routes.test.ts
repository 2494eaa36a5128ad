import { readFileSync } from "node:fs";
import t from "tap";
import { SCOPES } from "../../src/identity/scopes.ts";
import { raiseAlarm } from "../../src/operations/alarms.ts";
import { ALPHA, contractFile, openDoor, processSubmissions, ROOT, send, waitForEnd } from "../http/open-door.ts";
import { admitMachine, callAsOperator } from "./admit-operator.ts";
import { createMachineCaller, makeMachine, makeSshKey, refusedToken } from "./client-machine.ts";

const GAMMA = "0471938850";
const CLIENTS = "/operator/clients";
const UNKNOWN = "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10";
const NO_MORE = { status: 204, json: "" };
const document = JSON.parse(readFileSync(new URL("../../openapi/digital-contracts.json", import.meta.url), "utf8"));

/** Every operator route of the published document, with values in its path that nobody has. */
function* listOperatorRoutes(): Generator<{ method: string; path: string; template: string }> {
  const values: Record<string, string> = { clientId: "nobody", enterpriseNumber: "0431150351", kid: "none" };
  for (const [template, item] of Object.entries<object>(document.paths)) {
    if (!template.startsWith("/operator/")) continue;
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? UNKNOWN);
    for (const method of Object.keys(item)) yield { method: method.toUpperCase(), path, template };
  }
}

t.test("only operators get in", async (t) => {
  const door = await openDoor(t);
  const insurer = createMachineCaller(
    door,
    await admitMachine(t, door, { clientId: "alpha-2", kind: "insurer", enterpriseNumber: ALPHA }),
  );
  const auditor = createMachineCaller(door, await admitMachine(t, door, { clientId: "audit-1", kind: "operator" }), [
    SCOPES.audit,
  ]);
  const operator = await callAsOperator(t, door);
  let count = 0;
  for (const { method, path, template } of listOperatorRoutes()) {
    count += 1;
    for (const { call } of [insurer, auditor]) {
      const answer = await call(method, path, method === "POST" || method === "PUT" ? {} : undefined);
      t.match(answer, { status: 403, json: { type: "urn:problem-type:belgif:missingScope" } }, `${method} ${template}`);
    }
    const { status } = await operator(method, path, method === "POST" || method === "PUT" ? {} : undefined);
    const isCollection = method === "GET" && !template.endsWith("}");
    t.ok(
      isCollection ? [200, 404].includes(status) : [400, 404, 415].includes(status),
      `${method} ${template}: ${status}`,
    );
  }
  t.ok(count >= 30, `${count} routes`);
  t.match(
    await operator("GET", "/submissions"),
    { status: 403, json: { type: /missingScope/ } },
    "and they see no file",
  );
  const denials = await door.owner`
    select from audit_event where kind = 'denial' and status = 403 and route like ${`${ROOT}/operator/%`}`;
  t.equal(denials.length, 2 * count, "each refusal is on record");
});

t.test("an operator lets a client in and puts each of its things out again", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  const machine = await makeMachine(t, door, "gamma-1");
  const { call } = createMachineCaller(door, machine);
  const [jwk] = JSON.parse(readFileSync(machine.jwksFile, "utf8")).keys;
  const pem = machine.certificate.certificatePem;
  const thumbprint = machine.certificate.thumbprint.toString("hex");

  const made: [string, object][] = [
    ["/operator/insurers", { enterpriseNumber: GAMMA, name: "Gamma" }],
    [`/operator/insurers/${GAMMA}/contacts`, { email: "desk@gamma.example", name: "Desk", language: "fr" }],
    [CLIENTS, { clientId: "gamma-1", name: "Gamma", kind: "insurer" }],
    [`${CLIENTS}/gamma-1/keys`, { jwk, expiresAt: "2099-01-01T00:00:00Z" }],
    [`${CLIENTS}/gamma-1/certificates`, { pem }],
    [`${CLIENTS}/gamma-1/sshKeys`, { publicKey: makeSshKey() }],
    [`${CLIENTS}/gamma-1/signingCertificates`, { pem }],
    [`${CLIENTS}/gamma-1/grants`, { enterpriseNumber: GAMMA, validFrom: "2020-01-01" }],
  ];
  const locations: string[] = [];
  for (const [path, body] of made) {
    const answer = await operator("POST", path, body);
    t.match(answer, { status: 201, location: `${ROOT}${path}/`, json: { self: answer.location } }, `POST ${path}`);
    locations.push(answer.location!);
    const again = await operator("GET", answer.location!);
    t.same(again.json, answer.json, "where it says it is");
    const list = await operator("GET", path);
    t.match(list, { status: 200, json: { items: Array, self: `${ROOT}${path}` } });
    t.ok(JSON.stringify(list.json).includes(`"href":"${answer.location}"`), "and in the list");
  }
  t.equal((await call("GET", "/submissions")).status, 200, "then the client gets a token and reads");

  const second = await operator("POST", `${CLIENTS}/gamma-1/certificates`, await newCertificate());
  t.equal(second.status, 201);
  t.match(await operator("POST", `${CLIENTS}/gamma-1/certificates`, await newCertificate()), {
    status: 409,
    json: { type: "urn:problem-type:nihdi:digitalContracts:conflict", detail: /at most 2 active certificates/ },
  });

  const put = (phase: string) => operator("PUT", `/operator/insurers/${GAMMA}/phase`, { phase });
  t.match(await put("suspended"), { status: 200, json: { phase: "suspended" } });
  t.match(await call("GET", "/submissions"), { status: 403, json: { detail: /suspended/ } });
  await put("loading");
  const scopes = await operator("PUT", `${CLIENTS}/gamma-1/scopes`, { scopes: [SCOPES.submit] });
  t.match(scopes, { status: 200, json: { scopes: [SCOPES.submit] } });
  t.match(await call("GET", "/submissions"), { status: 403, json: { type: /missingScope/ } });
  await operator("PUT", `${CLIENTS}/gamma-1/scopes`, { scopes: [SCOPES.consult, SCOPES.submit] });
  t.equal((await call("GET", "/submissions")).status, 200);

  const account = { accountName: "gamma", signatureRequired: true, language: "nl" };
  const accountPath = `${CLIENTS}/gamma-1/sftpAccount`;
  t.match(await operator("GET", accountPath), { status: 404, json: { detail: /no SFTP account/ } });
  t.match(await operator("PUT", accountPath, { ...account, accountName: "Gamma!" }), { status: 400 });
  t.match(await operator("PUT", accountPath, account), {
    status: 200,
    json: { ...account, self: `${ROOT}${accountPath}` },
  });
  t.match(await operator("PUT", accountPath, { ...account, language: "de" }), {
    status: 200,
    json: { language: "de" },
  });
  t.match(await operator("PUT", accountPath, { ...account, accountName: "delta" }), { status: 409 });
  t.match(await operator("GET", accountPath), { status: 200, json: { ...account, language: "de" } });

  const [, contact, client, key, certificate, sshKey, signingCertificate, grant] = locations;
  for (const location of [grant, contact, sshKey, signingCertificate])
    t.match(await operator("DELETE", location!), NO_MORE);
  t.match(await call("GET", "/submissions"), { status: 403, json: { type: /missingPermission/ } });
  t.equal(certificate, `${ROOT}${CLIENTS}/gamma-1/certificates/${thumbprint}`);
  t.match(await operator("DELETE", certificate!), NO_MORE);
  t.match(await call("GET", "/submissions"), { status: 403, json: { type: /clientCertificateNotRegistered/ } });
  t.match(await operator("DELETE", certificate!), { status: 404 }, "no second time");
  t.match(await operator("GET", certificate!), { status: 200, json: { state: "revoked" } });
  t.match(await operator("DELETE", key!), NO_MORE);
  t.match(await operator("DELETE", client!), NO_MORE);
  t.equal(await refusedToken(door, machine), "invalid_client");

  const acts = await door.owner<
    { route: string; by: string; status: number; hasToken: boolean; trace: string | null }[]
  >`
    select method || ' ' || replace(route, ${ROOT}, '') as route, client_id as by, status, token_sha256 is not null as "hasToken",
      trace_id as trace
    from audit_event where kind = 'operatorAct' order by event_id`;
  t.equal(acts.length, 22);
  t.ok(acts.every(({ by, hasToken, trace }) => by === "desk-1" && hasToken && trace !== null));
  t.match(acts[0], { route: "POST /operator/insurers", status: 201 });
  t.match(acts.at(-1), { route: "DELETE /operator/clients/:clientId", status: 204 });

  async function newCertificate() {
    return { pem: (await makeMachine(t, door, "gamma-1", "next")).certificate.certificatePem };
  }
});

t.test("what cannot be done is said, and nothing of it is on record as done", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  const { certificate } = await makeMachine(t, door, "x");
  const pem = certificate.certificatePem;
  const alpha = `${CLIENTS}/client-${ALPHA}`;
  const cases: [string, string, object | undefined, number, RegExp][] = [
    ["POST", "/operator/insurers", { enterpriseNumber: ALPHA, name: "Alpha" }, 409, /was admitted before/],
    ["POST", "/operator/insurers", { enterpriseNumber: "0431150352", name: "X" }, 400, /check digits/],
    ["POST", "/operator/insurers", { enterpriseNumber: GAMMA, name: "a\u0000b" }, 400, /not as the API describes/],
    ["POST", "/operator/insurers", { enterpriseNumber: GAMMA, name: "X", more: 1 }, 400, /not as the API describes/],
    ["PUT", `/operator/insurers/${ALPHA}/phase`, { phase: "live" }, 409, /initial load/],
    ["PUT", "/operator/insurers/x%00y/phase", { phase: "live" }, 404, /./],
    ["GET", "/operator/insurers/x%00y/contacts", undefined, 404, /./],
    ["GET", `${CLIENTS}/x%00y`, undefined, 404, /no client/],
    ["GET", `${CLIENTS}/x%00y/keys`, undefined, 404, /no client/],
    ["DELETE", `${alpha}/keys/x%00y`, undefined, 404, /no active key/],
    ["DELETE", `${alpha}/sshKeys/x%00y`, undefined, 404, /no active SSH key/],
    ["DELETE", `${alpha}/certificates/xyz`, undefined, 404, /no such certificate/],
    ["GET", `${alpha}/certificates/xyz`, undefined, 404, /no such certificate/],
    ["DELETE", `/operator/insurers/${ALPHA}/contacts/xyz`, undefined, 404, /no such contact/],
    ["POST", `${CLIENTS}`, { clientId: "desk-2", name: "Desk", kind: "operator" }, 400, /not as the API describes/],
    ["POST", `${CLIENTS}/desk-1/certificates`, { pem }, 403, /command line only/],
    ["PUT", `${CLIENTS}/desk-1/scopes`, { scopes: [SCOPES.audit] }, 403, /command line only/],
    ["POST", `${alpha}/certificates`, { pem: "no certificate" }, 400, /no certificate in PEM/],
    ["POST", `${alpha}/keys`, { jwk: { kty: "oct", k: "c2VjcmV0" } }, 400, /private or secret/],
    ["POST", `${alpha}/keys`, { jwk: { kty: "EC" }, expiresAt: "2027-02-31T00:00:00Z" }, 400, /no such instant/],
    ["POST", `${alpha}/grants`, { enterpriseNumber: GAMMA, validFrom: "2027-01-01" }, 400, /No insurer/],
    ["POST", `${alpha}/grants`, { enterpriseNumber: ALPHA, validFrom: "2027-02-30" }, 400, /yyyy-mm-dd/],
    ["POST", `${alpha}/grants`, { enterpriseNumber: ALPHA, validFrom: "2027-01-01" }, 409, /has a grant/],
    ["POST", `/operator/alarms/${UNKNOWN}/acknowledge`, undefined, 404, /no alarm/],
    ["POST", "/operator/alarms/x/acknowledge", undefined, 404, /no alarm/],
    ["POST", `/operator/quarantinedSubmissions/${UNKNOWN}/replay`, undefined, 404, /no submission/],
  ];
  for (const [method, path, body, status, detail] of cases) {
    t.match(await operator(method, path, body), { status, json: { status, detail } }, `${method} ${path}`);
  }
  const large = await operator("POST", "/operator/insurers", { enterpriseNumber: GAMMA, name: "x".repeat(70_000) });
  t.match(large, { status: 413, json: { limit: 65_536 } });
  t.equal((await door.owner`select from operator_act`).length, 0);
  t.equal((await door.owner`select from audit_event where kind = 'operatorAct'`).length, 0);
});

t.test("an act whose audit event cannot be kept does not happen", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  await door.owner`revoke insert on audit_event from infoss_institute`;
  await door.owner`revoke insert (chain_id) on audit_event from infoss_institute`;
  t.match(await operator("POST", "/operator/insurers", { enterpriseNumber: GAMMA, name: "Gamma" }), { status: 500 });
  t.equal((await door.owner`select from insurer where enterprise_number = ${GAMMA}`).length, 0);
});

t.test("alarms are listed by page and acknowledged once", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  const log = { error: () => {} };
  for (const number of [1, 2, 3]) {
    await raiseAlarm(
      door.database,
      log,
      { inc: () => {} },
      { code: "somethingWrong", insurerId: door.alphaId, details: { number } },
    );
  }
  const first = await operator("GET", "/operator/alarms?open=true&pageSize=2");
  t.match(first.json, { items: [{ details: { number: 3 } }, { details: { number: 2 } }], next: String });
  const second = await operator("GET", first.json.next!);
  t.match(second.json, { items: [{ code: "somethingWrong", insurerId: door.alphaId, details: { number: 1 } }] });
  t.notOk(second.json.next);
  const { href } = second.json.items![0]!;
  const seen = await operator("POST", `${href}/acknowledge`);
  t.match(seen, { status: 200, json: { self: href, acknowledgedBy: "desk-1" } });
  t.same((await operator("POST", `${href}/acknowledge`)).json, seen.json, "again changes nothing");
  t.same((await operator("GET", href)).json, seen.json);
  t.equal((await operator("GET", "/operator/alarms?open=true")).json.items!.length, 2);
  t.equal((await operator("GET", "/operator/alarms?open=false")).json.items!.length, 1);
  t.equal((await operator("GET", "/operator/alarms")).json.items!.length, 3);
});

t.test("a quarantined submission is replayed and ends", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  const { submissionId } = (await send(door.alpha, contractFile())).json;
  const replay = `/operator/quarantinedSubmissions/${submissionId}/replay`;
  t.match(await operator("POST", replay), { status: 409, json: { detail: /in the state received/ } });
  await door.owner`update submission set state = 'quarantined', attempts = 3`;
  const list = await operator("GET", "/operator/quarantinedSubmissions");
  t.match(list.json.items, [{ submissionId, enterpriseNumber: ALPHA, kind: "initialLoad", attempts: 3 }]);
  t.match(await operator("GET", list.json.items![0]!.href), { status: 200, json: { submissionId } });
  await processSubmissions(t, door);
  t.match(await operator("POST", replay), { status: 204 });
  t.match((await waitForEnd(door.alpha, submissionId!)).json, { state: "processed", counts: { accepted: 1 } });
  t.match(await operator("POST", replay), { status: 409, json: { detail: /in the state processed/ } });
  t.equal((await operator("GET", list.json.items![0]!.href)).status, 404);
});
