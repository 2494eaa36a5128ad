import t from "tap";
import { isInamiNumber } from "../../src/identifiers/inami-number.ts";
import { isBisNumber, isSsin } from "../../src/identifiers/ssin.ts";
import { createRandom } from "../../src/synthetic/random.ts";
import {
  drawProviderId,
  drawProviderOf,
  getProvider,
  PROVIDER_IDS,
  type ProviderStatus,
  providerStatus,
} from "../../src/synthetic/synthetic-provider.ts";

const STATUSES: readonly ProviderStatus[] = ["current", "expired", "deceased", "replaced", "successor", "unregistered"];

t.test("every provider of the world has a valid INAMI number and SSIN of its own", async (t) => {
  const roots = new Set<string>();
  const ssins = new Set<string>();
  let providers = 0;
  let bisNumbers = 0;
  for (let providerId = 3; providerId < PROVIDER_IDS; providerId += 23) {
    const status = providerStatus(providerId);
    if (status === undefined || status === "successor") continue;
    const { inamiNumber, ssin } = getProvider(providerId);
    if (!isInamiNumber(inamiNumber) || !isSsin(ssin)) t.fail("not valid", { providerId, inamiNumber, ssin });
    providers++;
    roots.add(inamiNumber.slice(0, 8));
    ssins.add(ssin);
    if (isBisNumber(ssin)) bisNumbers++;
  }
  t.ok(providers > 90_000);
  t.equal(roots.size, providers);
  t.equal(ssins.size, providers);
  t.ok(bisNumbers > providers / 100 && bisNumbers < providers / 25, `${bisNumbers} BIS numbers`);
});

t.test("all four numbers of six digits stand for different providers, however the check digits coincide", async (t) => {
  const roots: string[] = [];
  for (let providerId = 0; providerId < 40_000; providerId++) {
    if (providerStatus(providerId) !== undefined) roots.push(getProvider(providerId).inamiNumber.slice(0, 8));
  }
  t.ok(roots.length < 40_000, "some coincide");
  t.equal(new Set(roots).size, roots.length);
});

t.test("a provider of each status can be drawn, and its register entry says what the status means", async (t) => {
  const random = createRandom(1, 1);
  for (const status of STATUSES) {
    for (let round = 0; round < 200; round++) {
      const provider = getProvider(drawProviderOf(random, status));
      const entry = {
        status: providerStatus(provider.providerId),
        ends: provider.validTo !== undefined && provider.validTo > provider.validFrom,
        isReplaced: provider.replacedBy !== undefined,
        isDeceased: provider.deceasedOn !== undefined,
      };
      const ends = status === "expired" || status === "deceased";
      const expected = { status, ends, isReplaced: status === "replaced", isDeceased: status === "deceased" };
      if (JSON.stringify(entry) !== JSON.stringify(expected)) t.same(entry, expected);
    }
  }
  t.pass("all entries looked at");
});

t.test("a replaced number and its successor are one person's", async (t) => {
  const random = createRandom(2, 1);
  for (let round = 0; round < 50; round++) {
    const replaced = getProvider(drawProviderOf(random, "replaced"));
    const successor = getProvider(replaced.replacedBy!);
    t.equal(providerStatus(successor.providerId), "successor");
    t.equal(successor.ssin, replaced.ssin);
    t.equal(successor.validFrom, replaced.validFrom);
    t.equal(successor.inamiNumber[0], replaced.inamiNumber[0], "the same profession");
    t.not(successor.inamiNumber.slice(0, 8), replaced.inamiNumber.slice(0, 8));
  }
});

t.test("most numbers follow the modulus 97, as in reality, and some each of the others", async (t) => {
  const random = createRandom(3, 1);
  const moduli = [0, 0, 0, 0];
  for (let round = 0; round < 10_000; round++) moduli[drawProviderId(random) % 4]!++;
  t.ok(moduli[0]! > 6500 && moduli[1]! > 2000 && moduli[2]! > 200 && moduli[3]! > 100, String(moduli));
});
