import t, { type Test } from "tap";
import { createCertificateRequest } from "../../src/identity/certificate-request.ts";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { generateSshKeyPair } from "../../src/identity/ssh-key-pair.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { portfolioInamiNumberOf } from "../../src/spaces/portfolio-numbers.ts";
import { holdMerges } from "../flows/hold-lock.ts";
import { until } from "../flows/open-intake.ts";
import { callAsOperator } from "../http/call-as-operator.ts";
import {
  BELGIF,
  contractFile,
  type Door,
  isProblem,
  OWN,
  openDoor,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "../http/open-door.ts";
import { admissionOf, admitIntegrator, callWith, postJson, spaceOf } from "./admitted.ts";

const RESET = { method: "POST" };
const lookAt = async (call: Awaited<ReturnType<typeof admitIntegrator>>["call"]) =>
  spaceOf((await call(`${ROOT}/space`)).json);

t.test("whoever admits itself has an insurer of its own", async (t) => {
  const door = await openDoor(t);
  const ssh = generateSshKeyPair("integrator");
  const one = await admitIntegrator(door, "One", { sshPublicKey: ssh.publicKey, contact: "one@integrator.example" });
  const two = await admitIntegrator(door, "Two", { phase: "loading" });
  await t.test("and all that it needs to connect", (t) => testAnswer(t, one.answer.json));
  await t.test("which begins where it asked to", (t) => testBeginnings(t, door, one, two));
  await t.test("with the same contract numbers as another's, and neither sees the other's", (t) =>
    testIsolation(t, one, two),
  );
  await t.test("a key that asks again is renewed, and changes nothing else", (t) => testRenewal(t, door, one));
  await t.test("a reset is safe while a load runs", (t) => testReset(t, door, two));
  await t.test("what has expired, or was ended, says so, whatever is asked", (t) => testEnd(t, door, one));
});

type Integrator = Awaited<ReturnType<typeof admitIntegrator>>;

async function testAnswer(t: Test, json: Integrator["answer"]["json"]) {
  const document = admissionOf(json);
  t.match(json, {
    clientId: /^space-[a-z2-9]{10}$/,
    keyIds: [/^[\w-]{43}$/],
    certificate: /^-----BEGIN CERTIFICATE-----/,
    certificateChain: /^-----BEGIN CERTIFICATE-----/,
    apiUrl: `https://localhost${ROOT}`,
    tokenEndpoint: "https://localhost/auth/token",
    sftp: { account: document.clientId, host: "localhost", port: 2222, hostKeys: [/^SHA256:/] },
  });
  t.match(document.space, {
    enterpriseNumber: /^099\d{7}$/,
    numberGroup: /^\d{3}$/,
    contractCount: 200,
    nextSequence: 1,
  });
  t.equal(document.space.sftpAccount, document.clientId);
  const days = (Date.parse(document.space.expiresAt) - Date.now()) / 86_400_000;
  t.ok(days > 89 && days <= 90, "for ninety days");
}

async function testBeginnings(t: Test, door: Door, one: Integrator, two: Integrator) {
  t.equal((await lookAt(one.call)).phase, "live");
  t.equal((await lookAt(two.call)).phase, "loading");
  const outcomes = await door.owner<{ bad: number; calls: number; versions: number }[]>`
    select (select count(*) from submission where rejected_count + accepted_with_warnings_count + unchanged_count > 0) as bad,
      (select count(*) from submission where call_result is not null) as calls, (select count(*) from contract_version) as versions`;
  t.match(outcomes[0], { bad: 0, calls: 22 }, "each record of portfolio and history is accepted");
  const actions = await door.owner`
    select action, count(*) as count from contract_version v join space using (insurer_id)
      join insurer i using (insurer_id) where i.phase = 'live' group by action order by action`;
  t.same(
    actions.map(({ action }) => action),
    ["cancel", "close", "modify", "new", "reopen"],
    "with a history",
  );
  await processSubmissions(t, door);
  const { enterpriseNumber } = two.admission.space;
  const load = await send(two.call, contractFile({ sender: enterpriseNumber, reference: "LOAD-2" }));
  const { json } = await waitForEnd(two.call, String(load.json.submissionId));
  t.match(json, { state: "processed" }, "the initial load is open");
  const delta = contractFile({ sender: one.admission.space.enterpriseNumber, reference: "DELTA-1" });
  const sent = await send(one.call, delta.replace('kind="initialLoad"', 'kind="delta" sequence="1"'));
  t.match(
    (await waitForEnd(one.call, String(sent.json.submissionId))).json,
    { state: "processed" },
    "the first delta is number 1",
  );
}

async function testIsolation(t: Test, one: Integrator, two: Integrator) {
  const held = async ({ call }: Integrator) => {
    const group = (await lookAt(call)).numberGroup;
    const inamiNumbers = [0, 1, 99].map((holder) => portfolioInamiNumberOf(Number(group), holder));
    const answer = await postJson(call, "/contracts/query", { inamiNumbers });
    return (answer.json.items ?? []) as unknown as { contractNumber: string; periods: { inamiNumber: string }[] }[];
  };
  const [ofOne, ofTwo] = [await held(one), await held(two)];
  t.equal(ofOne.length, 6);
  t.equal(ofTwo.length, 6);
  const numbersOf = (contracts: typeof ofOne) => contracts.map(({ contractNumber }) => contractNumber).sort();
  t.same(numbersOf(ofOne), numbersOf(ofTwo), "the same contract numbers");
  const groupOf = ({ admission }: Integrator) => admission.space.numberGroup;
  const isOf = (contracts: typeof ofOne, group: string) =>
    contracts.every(({ periods }) => periods.every(({ inamiNumber }) => inamiNumber.slice(1, 4) === group));
  t.ok(isOf(ofOne, groupOf(one)) && isOf(ofTwo, groupOf(two)), "each has those of its own group");
  t.not(groupOf(one), groupOf(two));
  const numbers = ofTwo.map(({ periods }) => periods[0]!.inamiNumber);
  const asked = await postJson(one.call, "/contracts/query", { inamiNumbers: numbers });
  t.same(asked.json.items, [], "nor is another's number found");
  t.equal((await one.call(`${ROOT}/contracts/snapshot`)).text.includes(`"inamiNumber":"8${groupOf(two)}`), false);
}

async function testRenewal(t: Test, door: Door, { admission, requestPem, keyPem }: Integrator) {
  await door.owner`update space_account set expires_at = now() + interval '1 day' where client_id = ${admission.clientId}`;
  const body = { name: "Somebody else", certificateRequest: requestPem };
  const again = await postJson(door.nobody, "/admissions", body);
  t.equal(again.status, 200);
  const renewed = admissionOf(again.json);
  t.match(renewed, {
    clientId: admission.clientId,
    space: { enterpriseNumber: admission.space.enterpriseNumber, name: "One" },
  });
  t.ok(Date.parse(renewed.space.expiresAt) > Date.now() + 89 * 86_400_000);
  t.equal((await callWith(door, renewed, keyPem)(`${ROOT}/space`)).status, 200, "its new certificate is registered");
  const other = generateSshKeyPair("somebody").publicKey;
  isProblem(t, await postJson(door.nobody, "/admissions", { ...body, sshPublicKey: other }), 409, `${OWN}conflict`);
  const active = async () => {
    const [row] = await door.owner<{ count: number }[]>`
      select count(*) as count from client_certificate where client_id = ${admission.clientId} and revoked_at is null`;
    return row!.count;
  };
  while ((await active()) < 10) t.equal((await postJson(door.nobody, "/admissions", body)).status, 200);
  const one = await postJson(door.nobody, "/admissions", body);
  isProblem(t, one, 409, `${OWN}conflict`);
  t.match(one.json.detail, /with one of them/, "without showing a certificate not for ever");
  t.equal((await callWith(door, admission, keyPem)(`${ROOT}/space`)).status, 200, "its first one is still good");

  const last = await postJson(callWith(door, admission, keyPem), "/admissions", body);
  t.equal(last.status, 200, "with one as often as it likes");
  t.equal(await active(), 2, "the one it came with, and the new one");
  for (const [certificate, status] of [
    [admission, 200],
    [admissionOf(last.json), 200],
    [renewed, 403],
  ] as const) {
    t.equal((await callWith(door, certificate, keyPem)(`${ROOT}/space`)).status, status);
  }
  const rows = await door.owner<{ status: number }[]>`
    select status from audit_event where client_id = ${admission.clientId} and route like '%/admissions' order by event_id`;
  t.same([...new Set(rows.map(({ status }) => status))], [201, 200], "each is on record as what it was");
}

async function testReset(t: Test, door: Door, { admission, call }: Integrator) {
  const { enterpriseNumber: before } = await lookAt(call);
  const [old] = await door.owner<{ insurerId: number }[]>`
    select insurer_id as "insurerId" from insurer where enterprise_number = ${before}`;
  const release = await holdMerges(door.owner, { insurerId: old!.insurerId, enterpriseNumber: before });
  // The other one may be looking after contracts of this insurer, and waits too.
  const worker = startWorker(door.intake, { concurrency: 2, pollIntervalMs: 50 });
  t.teardown(() => worker.stop(0));
  const load = await send(call, contractFile({ sender: before, reference: "UNDER-WAY" }));
  const isTaken = async () => {
    const [row] = await door.owner`select from submission where reference = 'UNDER-WAY' and state = 'processing'`;
    return row !== undefined;
  };
  await until(isTaken).catch(async (error) => release().finally(() => Promise.reject(error)));
  const answer = await call(`${ROOT}/space/reset?phase=live`, RESET).finally(release);
  t.equal(answer.status, 200);
  const after = spaceOf(answer.json);
  t.match(after, { phase: "live", contractCount: 200, nextSequence: 1 });
  t.not(after.enterpriseNumber, before);
  t.not(after.numberGroup, admission.space.numberGroup);
  t.equal(
    (await call(`${ROOT}/submissions/${load.json.submissionId}`)).status,
    404,
    "the old space is not seen any more",
  );
  const [audited] = await door.owner`
    select count(*) as count from audit_event where chain_id = ${old!.insurerId} and route like '%/space/reset'`;
  t.same(audited, { count: 1 }, "the reset is on record where it was asked");
  const state = async () => {
    const [row] = await door.owner<{ state: string }[]>`select state from submission where reference = 'UNDER-WAY'`;
    return row!.state;
  };
  await until(async () => (await state()) === "processed");
  t.equal((await lookAt(call)).contractCount, 200, "what ran ended where it began");
  const late = await send(call, contractFile({ sender: before, reference: "LATE" }));
  t.match((await waitForEnd(call, String(late.json.submissionId))).json, { state: "refused" }, "nobody acts for it");
}

async function testEnd(t: Test, door: Door, { admission, requestPem, call }: Integrator) {
  const { clientId } = admission;
  const expire = () =>
    door.owner`update space_account set expires_at = now() - interval '1 minute' where client_id = ${clientId}`;
  await expire();
  for (const path of ["/space", "/submissions", "/contracts/snapshot"]) {
    isProblem(t, await call(`${ROOT}${path}`), 403, `${OWN}spaceExpired`);
  }
  isProblem(t, await call(`${ROOT}/space/reset`, RESET), 403, `${OWN}spaceExpired`);
  const renewed = await postJson(door.nobody, "/admissions", { name: "One", certificateRequest: requestPem });
  t.equal(renewed.status, 200);
  t.equal((await call(`${ROOT}/space`)).status, 200, "what is renewed in time goes on");
  const operator = await callAsOperator(t, door);
  const spaces = await operator(`${ROOT}/operator/spaces`);
  t.equal(spaces.json.items?.length, 2);
  const path = `${ROOT}/operator/spaces/${admission.space.enterpriseNumber}`;
  t.match((await operator(path)).json, { clientId, numberGroup: admission.space.numberGroup });
  t.equal((await operator(path, { method: "DELETE" })).status, 204);
  t.equal((await operator(path, { method: "DELETE" })).status, 404);
  const [act] = await door.owner<
    { document: string }[]
  >`select document from operator_act where document like '%"spaceEnded"%'`;
  t.match(JSON.parse(act!.document), { by: "client-operator", act: "spaceEnded", clientId });
  isProblem(t, await call(`${ROOT}/space`), 403, `${OWN}spaceExpired`);
}

t.test("what cannot be admitted is told why, and leaves nothing", async (t) => {
  const door = await openDoor(t, { maximumSpaces: 0 });
  const { requestPem, keyPem } = await createCertificateRequest("Synthetic");
  const stranger = await createDevelopmentAuthority({ commonName: "Stranger" });
  const foreign = await issueCertificate(stranger, { commonName: "Synthetic", usage: "client" });
  const name = "Synthetic";
  const bodies: [object, RegExp][] = [
    [{ name }, /either certificateRequest or certificate/],
    [{ name, certificateRequest: requestPem, certificate: foreign.certificatePem }, /either/],
    [
      { name, certificateRequest: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----" },
      /cannot be read/,
    ],
    [{ name, certificateRequest: keyPem }, /no certificate request in PEM/],
    [{ name, certificateRequest: forge(requestPem) }, /not signed with the key|cannot be read/],
    [{ name, certificate: foreign.certificatePem }, /not issued by an authority that is trusted/],
    [{ name, certificateRequest: requestPem, jwks: { keys: [{ kty: "oct", k: "AAAA" }] } }, /private or secret key/],
    [{ name, certificateRequest: requestPem, insurer: "0403019261" }, /./],
    [{ name: "", certificateRequest: requestPem }, /./],
    [{ name, certificateRequest: requestPem, contact: "not an address" }, /./],
  ];
  for (const [body, detail] of bodies) {
    const answer = await postJson(door.nobody, "/admissions", body);
    isProblem(t, answer, 400, `${BELGIF}badRequest`);
    t.match(`${answer.json.detail} ${answer.text}`, detail);
  }
  const full = await postJson(door.nobody, "/admissions", { name, certificateRequest: requestPem });
  isProblem(t, full, 503, `${BELGIF}serviceUnavailable`);
  const clients = await door.owner`select from client where client_id like 'space-%'`;
  t.equal(clients.length, 0);
  const statuses = new Set<number>();
  for (let turn = 0; turn < 20; turn += 1) statuses.add((await postJson(door.nobody, "/admissions", { name })).status);
  t.same([...statuses], [400, 429], "and no more than so many from one address");
  isProblem(t, await door.alpha(`${ROOT}/space`), 404, `${BELGIF}resourceNotFound`);
});

/** The request with another signature. */
function forge(pem: string): string {
  const [, base64 = ""] = /-----\n([^-]+)-----/.exec(pem) ?? [];
  const bytes = Buffer.from(base64, "base64");
  bytes[bytes.length - 3]! ^= 1;
  return `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
}

t.test("production has none of it", async (t) => {
  const door = await openDoor(t, { environmentName: "production" });
  const { requestPem } = await createCertificateRequest("Synthetic");
  const admission = await postJson(door.nobody, "/admissions", { name: "Synthetic", certificateRequest: requestPem });
  isProblem(t, admission, 404, `${BELGIF}resourceNotFound`);
  isProblem(t, await door.alpha(`${ROOT}/space`), 404, `${BELGIF}resourceNotFound`);
  isProblem(t, await door.alpha(`${ROOT}/space/reset`, RESET), 404, `${BELGIF}resourceNotFound`);
  const operator = await callAsOperator(t, door);
  isProblem(t, await operator(`${ROOT}/operator/spaces`), 404, `${BELGIF}resourceNotFound`);
  const document = await door.nobody(`${ROOT}/doc/openapi.json`);
  t.notMatch(document.text, /"[^" ]*\/(admissions|space|space\/reset)":/);
});
