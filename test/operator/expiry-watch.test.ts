import { createPublicKey } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { JWK } from "jose";
import t from "tap";
import { createClient, grant, revokeClient } from "../../src/identity/client-registry.ts";
import {
  registerCertificate,
  registerKey,
  registerSigningCertificate,
  revokeCertificate,
} from "../../src/identity/credential-registry.ts";
import { generateSigningKeyPem, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { listAlarms, type NewAlarm, raiseAlarm } from "../../src/operations/alarms.ts";
import { startExpiryWatch, warnOfExpiry } from "../../src/operator/expiry-watch.ts";
import { clientIdOf } from "../http/admit-with-client.ts";
import { ALPHA, BETA, type Door, openDoor, ROOT } from "../http/open-door.ts";

const ACTOR = { account: "test" };
const DAY_MS = 86_400_000;
const NOTICES = `${ROOT}/notices`;

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

async function registerExpiring(
  { database, authority }: Door,
  clientId: string,
  days: number,
  isOfSignatures = false,
): Promise<string> {
  const validity = { notBefore: inDays(-1), notAfter: inDays(days) };
  const { certificatePem, thumbprint } = await issueCertificate(authority, {
    commonName: "x",
    usage: "client",
    validity,
  });
  const register = isOfSignatures ? registerSigningCertificate : registerCertificate;
  await database.institute.begin((tx) => register(tx, ACTOR, { clientId, pem: certificatePem }));
  return thumbprint.toString("hex");
}

t.test(
  "certificates, keys and signing certificates that expire are told of 60, 30, 14, 7 days and 1 day before, each once",
  async (t) => {
    const door = await openDoor(t);
    const { institute } = door.database;
    const clientId = clientIdOf(ALPHA);
    const subject = await registerExpiring(door, clientId, 90.5);
    const ofSignatures = await registerExpiring(door, clientId, 90.5, true);
    const jwk = createPublicKey(await generateSigningKeyPem()).export({ format: "jwk" }) as JWK;
    await institute.begin((tx) =>
      registerKey(tx, ACTOR, { clientId, jwk: { ...jwk, kid: "k" }, expiresAt: inDays(90.5) }),
    );
    const raised: NewAlarm[] = [];
    const raise = async (alarm: NewAlarm) => raised.push(alarm);

    const given: Record<number, unknown[]> = {};
    for (let daysLeft = 90; daysLeft >= -2; daysLeft -= 1) {
      raised.length = 0;
      // Several processes check at the same time, again and again.
      const now = inDays(90.5 - daysLeft);
      await Promise.all([1, 2, 3].map(() => warnOfExpiry({ sql: institute, raise }, now)));
      if (raised.length > 0) given[daysLeft] = raised.map(({ code, details }) => [code, details.daysBefore]).sort();
    }
    t.strictSame(
      given,
      Object.fromEntries(
        [60, 30, 14, 7, 1].map((days) => [
          days,
          [
            ["certificateExpires", days],
            ["keyExpires", days],
            ["signingCertificateExpires", days],
          ],
        ]),
      ),
    );

    const { json, headers } = await door.alpha(`${NOTICES}?pageSize=4`, { headers: { "Accept-Language": "fr-BE" } });
    t.equal(headers["content-language"], "fr");
    t.match(json.items, [
      { text: /^(Le certificat|La clé) .* du client client-0403019261,? expire le \d{4}-\d\d-\d\d\./ },
      { href: /^\/REST\/digitalContracts\/v1\/notices\// },
      {},
      {},
    ]);
    const rest = [...json.items!];
    for (let next = json.next; next; ) {
      const page = await door.alpha(next);
      rest.push(...page.json.items!);
      next = page.json.next;
    }
    t.equal(rest.length, 15);
    t.match(
      rest
        .filter((notice) => "subject" in notice && notice.subject === subject)
        .map((notice) => "daysBefore" in notice && notice.daysBefore),
      [1, 7, 14, 30, 60],
      "newest first",
    );
    const { text: said } = rest.find((notice) => "subject" in notice && notice.subject === ofSignatures)!;
    t.match(said, /^Le certificat \w{16}…, qui vérifie les signatures \(FS\) .* expire le/);
    const { href, text } = rest.findLast((notice) => "subject" in notice && notice.subject === subject)!;
    t.match(await door.alpha(href), { status: 200, json: { self: href, text } });
    t.match((await door.alpha(href, { headers: { "Accept-Language": "nl" } })).json, { text: /vervalt op/ });
    t.match((await door.alpha(href, { headers: { "Accept-Language": "de" } })).json, { text: /läuft am .* ab/ });
    t.same((await door.beta(NOTICES)).json.items, [], "another insurer is told nothing");
    const other = await door.beta(href);
    const never = await door.beta(`${NOTICES}/019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10`);
    t.same([other.status, other.json.detail], [404, never.json.detail]);
  },
);

t.test("whoever registers late is told what is left, and what is revoked is not told of", async (t) => {
  const door = await openDoor(t);
  const { institute } = door.database;
  const raised: NewAlarm[] = [];
  const raise = async (alarm: NewAlarm) => raised.push(alarm);
  await institute.begin(async (tx) => {
    await createClient(tx, ACTOR, { clientId: "provider-1", name: "Provider", kind: "serviceProvider" });
    for (const enterpriseNumber of [ALPHA, BETA]) {
      await grant(tx, ACTOR, { clientId: "provider-1", enterpriseNumber, validFrom: "2020-01-01" });
    }
    for (const clientId of ["gone", "former"]) {
      await createClient(tx, ACTOR, { clientId, name: "Gone", kind: "insurer" });
      await grant(tx, ACTOR, { clientId, enterpriseNumber: ALPHA, validFrom: "2020-01-01", validTo: "2020-12-31" });
    }
  });
  await registerExpiring(door, "provider-1", 5);
  const revoked = await registerExpiring(door, "provider-1", 6);
  await registerExpiring(door, "gone", 6);
  await registerExpiring(door, "former", 20);
  await institute.begin(async (tx) => {
    await revokeCertificate(tx, ACTOR, { clientId: "provider-1", thumbprint: Buffer.from(revoked, "hex") });
    await revokeClient(tx, ACTOR, { clientId: "gone" });
  });
  t.equal(await warnOfExpiry({ sql: institute, raise }), 2);
  t.match(raised, [
    { code: "certificateExpires", details: { clientId: "provider-1", daysBefore: 7 }, insurerId: undefined },
    { code: "certificateExpires", details: { clientId: "former", daysBefore: 30 } },
  ]);
  t.match((await door.alpha(NOTICES)).json.items, [{ clientId: "provider-1" }], "nothing about a grant that ended");
  t.equal((await door.alpha(NOTICES)).json.items!.length, 1);
  t.equal((await door.beta(NOTICES)).json.items!.length, 1, "each insurer that the client acts for");
});

t.test("the watch begins at once, raises alarms and outlives a failed check", async (t) => {
  const door = await openDoor(t);
  const { database } = door;
  await registerExpiring(door, clientIdOf(BETA), 10);
  const warned: object[] = [];
  const log = { warn: (line: object) => warned.push(line), error: () => {} };
  let fail = true;
  const raise = async (alarm: NewAlarm) => {
    if (fail) throw new Error("not now");
    await raiseAlarm(database, log, { inc: () => {} }, alarm);
  };
  const watch = startExpiryWatch({ sql: database.institute, log, raise, intervalMs: 20 });
  while (warned.length === 0) await sleep(10);
  t.match(warned[0], { code: "expiryCheckFailed", err: { message: "not now" } });
  t.same((await door.beta(NOTICES)).json.items, [], "a warning without its alarm was not given");
  fail = false;
  for (let items = 0; items === 0; await sleep(20)) items = (await door.beta(NOTICES)).json.items!.length;
  await watch.stop();
  t.match(await listAlarms(database.institute, { open: true, limit: 9 }), [
    { code: "certificateExpires", details: { clientId: clientIdOf(BETA), daysBefore: 14 } },
  ]);
  t.equal((await door.owner`select from alarm`).length, 1);
});
