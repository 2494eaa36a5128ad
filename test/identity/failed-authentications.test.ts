import t from "tap";
import {
  createFailedAuthentications,
  type FailedAuthenticationSettings,
  networkOf,
  type Party,
} from "../../src/identity/failed-authentications.ts";
import { createTestDatabase } from "../database.ts";

const HERE = "192.0.2.1";
const ELSEWHERE = "192.0.2.2";
const ONE = "a".repeat(64);
const OTHER = "b".repeat(64);

t.test("failed authentications", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const warnings: object[] = [];
  const log = { warn: (subject: object) => void warnings.push(subject) };
  /** As another process would have it: nothing shared but the database. */
  const create = (settings: Partial<FailedAuthenticationSettings> = {}) =>
    createFailedAuthentications(database.plain, {
      log,
      failuresPerClient: 3,
      failuresPerAddress: 6,
      ...settings,
    });
  const fail = async (party: Party, times: number, settings = {}) => {
    const failed = create(settings);
    for (let attempt = 0; attempt < times; attempt += 1) await failed.record(party, "invalidAccessToken");
  };
  const banned = async (party: Party) => await create().secondsBanned(party);
  /** As if the failures had happened, and the bans begun, so much earlier. */
  const letPass = (seconds: number) => owner`
    update failed_authentication set last_failed_at = last_failed_at - make_interval(secs => ${seconds}),
      banned_until = banned_until - make_interval(secs => ${seconds})`;
  t.beforeEach(async () => {
    await owner`delete from failed_authentication`;
    warnings.length = 0;
  });

  t.test("a client may fail some times, then each failure bans it for twice as long, to a limit", async (t) => {
    const party = { address: HERE, certificate: ONE };
    await fail(party, 3);
    t.equal(await banned(party), 0, "what is allowed is allowed");
    const bans: number[] = [];
    for (let attempt = 0; attempt < 13; attempt += 1) {
      await fail(party, 1, { failuresPerAddress: 0 });
      bans.push(await banned(party));
    }
    t.same(bans, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    t.match(warnings, [{ code: "tooManyFailedAuthentications", subject: `client:${ONE}@${HERE}` }]);
  });

  t.test("a ban hits neither other clients behind the address nor the client elsewhere", async (t) => {
    await fail({ address: HERE, certificate: ONE }, 5);
    t.ok((await banned({ address: HERE, certificate: ONE })) > 0);
    t.equal(await banned({ address: HERE, certificate: OTHER }), 0);
    t.equal(await banned({ address: HERE }), 0);
    t.equal(await banned({ address: ELSEWHERE, certificate: ONE }), 0);
  });

  t.test("an address from which many fail is banned for all behind it, and for nobody else", async (t) => {
    for (const certificate of ["c", "d", "e", "f"]) await fail({ address: HERE, certificate }, 2);
    t.ok((await banned({ address: HERE, certificate: OTHER })) > 0);
    t.ok((await banned({ address: HERE })) > 0);
    t.equal(await banned({ address: ELSEWHERE, certificate: "c" }), 0);
  });

  t.test("every process knows, within a second also one that has just looked", async (t) => {
    const party = { address: HERE, certificate: ONE };
    const other = create();
    t.equal(await other.secondsBanned(party), 0);
    await fail(party, 8);
    t.equal(await other.secondsBanned(party), 0, "what was read is kept a moment: the usual case asks no database");
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    t.ok((await other.secondsBanned(party)) > 0);
    const recorder = create();
    t.ok((await recorder.secondsBanned(party)) > 0);
  });

  t.test("the process that counts knows at once", async (t) => {
    const party = { address: HERE, certificate: ONE };
    const failed = create();
    t.equal(await failed.secondsBanned(party), 0);
    for (let attempt = 0; attempt < 5; attempt += 1) await failed.record(party, "invalidAccessToken");
    t.ok((await failed.secondsBanned(party)) > 0);
  });

  t.test("failures count half after an hour, so that a ban ends and is forgotten", async (t) => {
    const party = { address: HERE, certificate: ONE };
    await fail(party, 5, { failuresPerAddress: 0 });
    t.equal(await banned(party), 2);
    await letPass(3);
    t.equal(await banned(party), 0, "the ban is over");
    await fail(party, 1, { failuresPerAddress: 0 });
    t.equal(await banned(party), 4, "but the failures still count");
    await letPass(3_600);
    await fail(party, 1, { failuresPerAddress: 0 });
    const [row] = await owner`select failures from failed_authentication where subject = ${`client:${ONE}@${HERE}`}`;
    t.equal(Math.round(row!.failures), 4, "half of six and one more");
    await letPass(10 * 3_600);
    await fail(party, 2);
    t.equal(await banned(party), 0);
  });

  t.test("failures at the same moment all count", async (t) => {
    const failed = create({ failuresPerClient: 100, failuresPerAddress: 100 });
    const party = { address: HERE, certificate: ONE };
    await Promise.all(Array.from({ length: 30 }, () => failed.record(party, "invalidAccessToken")));
    const rows = await owner`select failures from failed_authentication order by subject`;
    t.same(
      rows.map(({ failures }) => Math.round(failures)),
      [30, 30],
    );
  });

  t.test("zero switches a ban off", async (t) => {
    const off = { failuresPerClient: 0, failuresPerAddress: 0 };
    await fail({ address: HERE, certificate: ONE }, 30, off);
    t.equal(await banned({ address: HERE, certificate: ONE }), 0);
  });

  t.test("records older than a day are swept away", async (t) => {
    await fail({ address: ELSEWHERE }, 1);
    await letPass(25 * 3_600);
    await fail({ address: HERE }, 1);
    t.same([...(await owner`select subject from failed_authentication`)], [{ subject: `address:${HERE}` }]);
  });

  t.test("a database that is away keeps nobody from being refused", async (t) => {
    const { database } = await createTestDatabase(t);
    await database.plain.end({ timeout: 0 });
    const reasons: string[] = [];
    const failed = createFailedAuthentications(database.plain, { log, onFailure: (reason) => reasons.push(reason) });
    await failed.record({ address: HERE }, "invalidClient");
    t.match(warnings, [{ code: "failedAuthenticationLost" }]);
    t.same(reasons, ["invalidClient"], "metrics know all the same");
    await t.rejects(async () => await failed.secondsBanned({ address: HERE }), "and nobody is let in unseen");
  });
});

t.test("addresses count by what one customer of a network has", async (t) => {
  const networks: [string, string][] = [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["unknown", "unknown"],
  ];
  for (const [address, network] of networks) t.equal(networkOf(address), network);
});
