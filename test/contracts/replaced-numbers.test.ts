import t from "tap";
import { listPortfolio } from "../../src/contracts/portfolio.ts";
import { composeFile, composeRecord, type Fields } from "../flows/compose-file.ts";
import { type Insurer, openIntake } from "../flows/open-intake.ts";
import {
  FOREIGN_SSIN,
  loadRegisterText,
  loadTestRegister,
  makeInamiNumber,
  PROVIDERS,
  REGISTER_HEADER,
  renderProvider,
  type TestProvider,
  TODAY,
} from "../flows/test-register.ts";

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);

let files = 0;

async function send(
  insurer: Insurer,
  records: readonly (readonly [action: string, fields: Fields])[],
  sequence?: number,
) {
  files += 1;
  const kind = sequence === undefined ? {} : { kind: "delta", attributes: ` sequence="${sequence}"` };
  const composed = records.map(([action, fields], index) => composeRecord(`R-${index + 1}`, fields, action));
  const parts = { sender: insurer.enterpriseNumber, reference: `FILE-${files}`, records: composed, ...kind };
  const { submissionId } = await flow.submit(insurer, composeFile(parts));
  return await flow.results(insurer, submissionId);
}

const tell = (results: Awaited<ReturnType<typeof send>>) =>
  results.map(({ outcome, findings }) => [outcome, ...findings.map(({ code }) => code)].join(" "));

let serials = 300_100;

/** Providers of one person as the register first has them: none replaced. */
function newProviders(count: number): TestProvider[] {
  return Array.from({ length: count }, () => {
    serials += 1;
    return { inamiNumber: makeInamiNumber(String(serials)), ssin: PROVIDERS.current.ssin, validFrom: "2000-01-01" };
  });
}

const load = (...providers: TestProvider[]) =>
  loadRegisterText(t, flow.database, `${[REGISTER_HEADER, ...providers.map(renderProvider)].join("\n")}\n`);

/** Says of each provider but the last that the next one replaced it. */
const chain = (providers: readonly TestProvider[]) =>
  providers.map((provider, index) => {
    const next = providers[index + 1];
    return next ? { ...provider, replacedBy: next.inamiNumber } : provider;
  });

const contractsOf = ({ insurerId }: Insurer) =>
  flow.owner<{ inamiRoot: string }[]>`
    select inami_root as "inamiRoot" from contract where insurer_id = ${insurerId} order by contract_id`;

const rootOf = ({ inamiNumber }: TestProvider) => inamiNumber.slice(0, 8);

t.test("a contract declared under a number that is replaced later stays the same contract", async (t) => {
  const insurer = await flow.admit();
  const [a, b, c] = newProviders(3) as [TestProvider, TestProvider, TestProvider];
  await load(a, b, c);
  t.same(tell(await send(insurer, [["new", { inamiNumber: a.inamiNumber }]])), ["accepted"]);
  await load(...chain([a, b, c]));
  for (const { inamiNumber } of [a, b]) {
    const again = await send(insurer, [["new", { inamiNumber }]]);
    t.same(tell(again), ["unchanged inamiNumberReplaced"], "under either old number");
    t.match(again[0]?.findings, [{ details: { replacedBy: c.inamiNumber } }], "the last of the chain is named");
  }
  t.same(tell(await send(insurer, [["new", { inamiNumber: c.inamiNumber }]])), ["unchanged"], "and under the new one");
  t.same(tell(await send(insurer, [["new", { inamiNumber: c.inamiNumber, language: "fr" }]])), [
    "rejected contractExists",
  ]);
  t.same([...(await contractsOf(insurer))], [{ inamiRoot: rootOf(a) }]);

  await flow.owner`update insurer set initial_load_completed_at = now() where insurer_id = ${insurer.insurerId}`;
  const key = { contractNumber: "C-1", inamiNumber: c.inamiNumber };
  const old = { contractNumber: "C-1", inamiNumber: a.inamiNumber };
  const results = await send(
    insurer,
    [
      ["modify", { ...key, effectiveOn: "2020-01-01", contractKind: "combined", solidarity: "true" }],
      ["close", { ...old, endOn: "2021-12-31", reason: "death" }],
      ["close", { ...key, endOn: "2021-12-31", reason: "death" }],
    ],
    1,
  );
  t.same(tell(results), ["accepted", "acceptedWithWarnings inamiNumberReplaced", "unchanged"], "deltas find it too");
  t.equal((await contractsOf(insurer)).length, 1);
});

t.test("a chain of replacements is followed to its end, for the first declaration too", async (t) => {
  const insurer = await flow.admit();
  const providers = newProviders(4);
  await load(...chain(providers));
  const records = providers.map(({ inamiNumber }) => ["new", { inamiNumber }] as const);
  const warned = "inamiNumberReplaced";
  t.same(tell(await send(insurer, records)), [
    `acceptedWithWarnings ${warned}`,
    `unchanged ${warned}`,
    `unchanged ${warned}`,
    "unchanged",
  ]);
  t.same([...(await contractsOf(insurer))], [{ inamiRoot: rootOf(providers[3]!) }]);
});

t.test("a replacing number that the register lacks is named by its root, and a circle is left", async (t) => {
  const insurer = await flow.admit();
  const [lost, one, two] = newProviders(3) as [TestProvider, TestProvider, TestProvider];
  const missing = makeInamiNumber("399999");
  await load({ ...lost, replacedBy: missing });
  const results = await send(insurer, [["new", { inamiNumber: lost.inamiNumber }]]);
  t.match(results[0]?.findings, [{ code: "inamiNumberReplaced", details: { replacedBy: missing.slice(0, 8) } }]);
  await load({ ...one, replacedBy: two.inamiNumber }, two);
  await flow.owner`update provider set replaced_by_root = ${rootOf(one)} where inami_root = ${rootOf(two)}`;
  const fields = { contractNumber: "CIRCLE" };
  for (const { inamiNumber } of [one, two]) {
    const [told] = tell(await send(insurer, [["new", { ...fields, inamiNumber }]]));
    t.match(told, /^(acceptedWithWarnings|unchanged) inamiNumberReplaced$/);
  }
  t.equal((await contractsOf(insurer)).length, 2, "one each");
});

t.test(
  "a contract is looked up under every number of its chain, whichever it was declared and is kept under",
  async (t) => {
    const insurer = await flow.admit();
    const [a, b, c, other] = newProviders(4) as [TestProvider, TestProvider, TestProvider, TestProvider];
    await load(a, b, c, other);
    const declare = (contractNumber: string, { inamiNumber }: TestProvider) =>
      send(insurer, [["new", { contractNumber, inamiNumber }]]);
    await declare("EARLY", a);
    await declare("OTHER", other);
    await load(...chain([a, b, c]));
    await declare("LATE", a);
    t.same(
      [...(await contractsOf(insurer))],
      [a, other, c].map((kept) => ({ inamiRoot: rootOf(kept) })),
    );
    const find = async (...providers: TestProvider[]) => {
      const found: string[] = [];
      const filter = { inamiRoots: providers.map(rootOf) };
      const tenant = flow.database.asInsurer(insurer.insurerId);
      await listPortfolio(tenant, filter, TODAY, { limit: 10 }, ({ contractNumber }) => found.push(contractNumber));
      return found;
    };
    for (const { inamiNumber } of [a, b, c]) t.same(await find({ ...a, inamiNumber }), ["EARLY", "LATE"], inamiNumber);
    t.same(await find(b, other, a), ["EARLY", "OTHER", "LATE"], "several, each contract once");
    t.same(await find({ ...a, inamiNumber: makeInamiNumber("399998") }), [], "of no register");
    await flow.owner`update provider set replaced_by_root = ${rootOf(a)} where inami_root = ${rootOf(c)}`;
    t.same(await find(b), ["EARLY", "LATE"], "and a circle, loaded before they were refused, ends");
    await load(c);
  },
);

t.test("two contracts declared before their numbers were joined stay two: the number as sent decides", async (t) => {
  const insurer = await flow.admit();
  const [a, b] = newProviders(2) as [TestProvider, TestProvider];
  await load(a, b);
  await send(insurer, [
    ["new", { inamiNumber: a.inamiNumber }],
    ["new", { inamiNumber: b.inamiNumber, language: "nl" }],
  ]);
  await load(...chain([a, b]));
  const again = await send(insurer, [
    ["new", { inamiNumber: b.inamiNumber, language: "nl" }],
    ["new", { contractNumber: "OTHER", inamiNumber: a.inamiNumber }],
  ]);
  t.same(tell(again), ["unchanged", "acceptedWithWarnings inamiNumberReplaced"]);
  t.same(tell(await send(insurer, [["new", { inamiNumber: a.inamiNumber }]])), ["unchanged inamiNumberReplaced"]);
  t.equal((await contractsOf(insurer)).length, 3);
});

t.test(
  "a record that the register rejects is told what its contract says too, behind it and before cross rules",
  async (t) => {
    const insurer = await flow.admit();
    await send(insurer, [["new", {}]]);
    const foreign = { ssin: FOREIGN_SSIN };
    t.same(tell(await send(insurer, [["new", foreign]])), ["rejected ssinMismatch contractExists"]);
    const inFile = await send(insurer, [
      ["new", { contractNumber: "N" }],
      ["new", { contractNumber: "N", ...foreign }],
    ]);
    t.same(tell(inFile), ["accepted", "rejected ssinMismatch contractRepeated"]);
    await flow.owner`update insurer set initial_load_completed_at = now() where insurer_id = ${insurer.insurerId}`;
    const key = { contractNumber: "NOBODY", inamiNumber: PROVIDERS.recent.inamiNumber };
    const content = { contractKind: "combined", solidarity: "true" };
    t.same(tell(await send(insurer, [["modify", { ...key, ...content, effectiveOn: "2019-02-28" }]], 1)), [
      "rejected inamiNumberNotValidOn contractUnknown",
    ]);
    const good = { contractNumber: "C-1", inamiNumber: PROVIDERS.current.inamiNumber };
    t.same(
      tell(await send(insurer, [["modify", { ...good, ...content, ...foreign, effectiveOn: "2020-01-01" }]], 2)),
      ["rejected ssinMismatch"],
      "and changes nothing",
    );
    t.equal((await flow.versions(insurer)).length, 2);
  },
);
