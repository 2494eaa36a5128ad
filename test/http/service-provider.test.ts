import t from "tap";
import { createClient, grant } from "../../src/identity/client-registry.ts";
import { registerCertificate } from "../../src/identity/credential-registry.ts";
import { issueCertificate } from "../../src/identity/issue-certificate.ts";
import { ALPHA, BELGIF, BETA, contractFile, isProblem, openDoor, ROOT, send } from "./open-door.ts";

const ACTOR = { account: "test" };
const GAMMA = "0471938850";
const CLIENT = "provider-1";

const door = await openDoor(t);
const certificate = await issueCertificate(door.authority, { commonName: CLIENT, usage: "client" });
await door.database.institute.begin(async (tx) => {
  await createClient(tx, ACTOR, { clientId: CLIENT, name: "Service provider", kind: "serviceProvider" });
  await registerCertificate(tx, ACTOR, { clientId: CLIENT, pem: certificate.certificatePem });
  for (const enterpriseNumber of [ALPHA, BETA]) {
    await grant(tx, ACTOR, { clientId: CLIENT, enterpriseNumber, validFrom: "2020-01-01" });
  }
});
const provider = door.callAs(certificate, CLIENT);

t.test("the file names the insurer it is for, and its receipt says so", async (t) => {
  for (const [insurer, reader] of [
    [ALPHA, door.alpha],
    [BETA, door.beta],
  ] as const) {
    const { status, json, headers } = await send(provider, contractFile({ sender: insurer }));
    t.equal(status, 202);
    t.match(json, { sender: insurer, state: "received" });
    t.equal((await reader(String(headers.location))).status, 200, "the insurer sees it");
    const asked = await provider(String(headers.location), { headers: { "Infoss-Insurer": insurer } });
    t.equal(asked.status, 200, "so does the provider, in the insurer's name");
    const [row] = await door.owner`
      select e.chain_id = i.insurer_id as "isOwn" from audit_event e, insurer i
      where i.enterprise_number = ${insurer} and e.client_id = ${CLIENT} and e.kind = 'write' order by e.event_id desc limit 1`;
    t.match(row, { isOwn: true }, "and it is on record for the insurer");
  }
});

t.test("Infoss-Insurer wins where it is sent", async (t) => {
  const file = contractFile({ sender: BETA, reference: "HEADER" });
  const { json } = await send(provider, file, { "Infoss-Insurer": ALPHA });
  t.match(json, { sender: ALPHA, state: "refused", findings: [{ code: "senderMismatch" }] });
});

t.test("a sender outside the grants is refused under the first insurer that is granted", async (t) => {
  const { status, json, headers } = await send(provider, contractFile({ sender: GAMMA, reference: "OUTSIDE" }));
  t.equal(status, 202);
  t.match(json, { sender: ALPHA, state: "refused", findings: [{ code: "senderMismatch", value: GAMMA }] });
  t.equal((await door.alpha(String(headers.location))).status, 200);
  t.equal((await door.beta(String(headers.location))).status, 404);
});

t.test("a suspended insurer named in the file is told so, and nothing is stored", async (t) => {
  await door.owner`update insurer set phase = 'suspended' where enterprise_number = ${ALPHA}`;
  const before = await count();
  const named = await send(provider, contractFile({ sender: ALPHA, reference: "SUSPENDED" }));
  isProblem(t, named, 403, `${BELGIF}missingPermission`);
  t.match(named.json.detail, /suspended/);
  t.equal(await count(), before);
  t.match((await send(provider, contractFile({ sender: BETA, reference: "OPEN" }))).json, { state: "received" });
  const nobodys = await send(provider, contractFile({ sender: GAMMA, reference: "OUTSIDE-2" }));
  t.match(nobodys.json, { sender: BETA, state: "refused" }, "a refusal goes to one that can read it");
  await door.owner`update insurer set phase = 'suspended' where enterprise_number = ${BETA}`;
  isProblem(t, await send(provider, contractFile({ sender: GAMMA })), 403, `${BELGIF}missingPermission`);
  await door.owner`update insurer set phase = 'loading'`;
});

t.test("every other resource asks for the header", async (t) => {
  isProblem(t, await provider(`${ROOT}/submissions`), 400, `${BELGIF}badRequest`);
  t.equal((await provider(`${ROOT}/submissions`, { headers: { "Infoss-Insurer": BETA } })).status, 200);
});

async function count(): Promise<number> {
  const [row] = await door.owner<{ count: number }[]>`select count(*)::int as count from submission`;
  return row!.count;
}
