import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import {
  admitAccounts,
  type ClaimOptions,
  claimAccounts,
  listAccountHealth,
  releaseLease,
  renewLeases,
} from "../../src/exchange/account-lease.ts";
import { createTestDatabase } from "../database.ts";

const accountNames = ["alpha", "beta", "gamma"];
const all: ClaimOptions = { accountNames, burdensome: false, limit: 10, leaseMs: 60_000, atOnce: [] };
const names = (leases: readonly { accountName: string }[]) => leases.map(({ accountName }) => accountName).sort();

t.test("an account is served by one process at a time, however many ask at once", async (t) => {
  const { database } = await createTestDatabase(t);
  await Promise.all([admitAccounts(database, accountNames), admitAccounts(database, accountNames)]);
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimAccounts(database, { ...all, limit: 1 })));
  t.same(names(claims.flat()), accountNames);
  t.same(await claimAccounts(database, all), []);
});

t.test("an account given back is due again after its time, one that failed among its like", async (t) => {
  const { database } = await createTestDatabase(t);
  await admitAccounts(database, accountNames);
  const [alpha, beta, gamma] = (await claimAccounts(database, all)).toSorted((a, b) =>
    a.accountName < b.accountName ? -1 : 1,
  );
  const listing = { oldestFileAt: new Date("2026-11-22T10:00:00Z") };
  await releaseLease(database, alpha!, { dueInMs: 0, isSlow: false, listing });
  await releaseLease(database, beta!, { dueInMs: 0, isSlow: false, fault: "timedOut" });
  await releaseLease(database, gamma!, { dueInMs: 60_000, isSlow: true, listing: {} });
  t.same(names(await claimAccounts(database, all)), ["alpha"]);
  const again = await claimAccounts(database, { ...all, burdensome: true });
  t.match(again, [{ accountName: "beta", failures: 1, failingSince: Date }], "gamma's time has not come");
  await releaseLease(database, again[0]!, { dueInMs: 0, isSlow: false, fault: "timedOut" });
  const [third] = await claimAccounts(database, { ...all, burdensome: true });
  t.match(third, { failures: 2, failingSince: again[0]!.failingSince });
  t.match(await listAccountHealth(database, accountNames), [
    { accountName: "alpha", failures: 0, lastContactAt: Date, oldestFileAt: listing.oldestFileAt },
    { accountName: "beta", failures: 2, lastFault: "timedOut", lastContactAt: undefined },
    { accountName: "gamma", failures: 0, lastContactAt: Date, oldestFileAt: undefined },
  ]);
  await releaseLease(database, third!, { dueInMs: 0, isSlow: false });
  const wanted = await claimAccounts(database, { ...all, burdensome: true, atOnce: ["alpha", "gamma"] });
  t.same(names(wanted), ["gamma"], "nobody waits for its time, but alpha is served");
  t.match(await claimAccounts(database, { ...all, accountNames: ["beta"] }), [
    { failures: 0, failingSince: undefined },
  ]);
});

t.test("a lease that ran out is another's, and who lost it learns so and changes nothing", async (t) => {
  const { database } = await createTestDatabase(t);
  await admitAccounts(database, ["alpha", "beta"]);
  const lost = await claimAccounts(database, { ...all, leaseMs: 1 });
  t.equal(lost.length, 2);
  await sleep(20);
  const [taken] = await claimAccounts(database, { ...all, accountNames: ["alpha"] });
  t.same(await renewLeases(database, lost, 60_000), ["beta"], "nobody took the other one");
  const former = lost.find(({ accountName }) => accountName === "alpha")!;
  await releaseLease(database, former, { dueInMs: 0, isSlow: false, fault: "timedOut" });
  t.same(await renewLeases(database, [taken!], 60_000), ["alpha"], "it is still the other's");
  t.match(await listAccountHealth(database, ["alpha"]), [{ failures: 0 }]);
});
