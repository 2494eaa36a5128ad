import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { listEvents } from "../../src/events/feed.ts";
import { recheckWaiting } from "../../src/intake/recheck-contracts.ts";
import { previewRegisterFile } from "../../src/operator/load-register-file.ts";
import { readBytes } from "../../src/register/load-register.ts";
import { composeFile, composeRecord, type Fields } from "../flows/compose-file.ts";
import { type Insurer, openIntake } from "../flows/open-intake.ts";
import {
  FOREIGN_SSIN,
  loadRegisterText,
  makeInamiNumber,
  makeSsin,
  REGISTER_HEADER,
  renderProvider,
  type TestProvider,
} from "../flows/test-register.ts";

const flow = await openIntake(t);
const { database } = flow;
const SSIN = makeSsin("850730033");
const BIS = makeSsin("854730033");

let serial = 200_500;
/** Valid from 2000 on, but for what is told. */
function provider(more: Partial<TestProvider> = {}): TestProvider {
  serial += 1;
  return { inamiNumber: makeInamiNumber(String(serial)), ssin: SSIN, validFrom: "2000-01-01", ...more };
}
const by = (old: TestProvider, next: TestProvider): TestProvider => ({ ...old, replacedBy: next.inamiNumber });
const render = (providers: readonly TestProvider[]) =>
  `${[REGISTER_HEADER, ...providers.map(renderProvider)].join("\n")}\n`;

async function load(...providers: TestProvider[]) {
  await loadRegisterText(t, database, render(providers));
  await recheckWaiting(flow.intake);
}

/** Loads what a preview said of before; answers what the insurer was told of it. */
async function tell(t: Test, insurer: Insurer, ...providers: TestProvider[]): Promise<string[]> {
  const before = (await rechecked(insurer)).length;
  const file = join(t.testdir({}), "register.csv");
  await writeFile(file, render(providers));
  const { affected } = await previewRegisterFile(database, { body: readBytes(file), isFull: false });
  await load(...providers);
  const told = (await rechecked(insurer)).slice(before);
  const own = affected.find(({ enterpriseNumber }) => enterpriseNumber === insurer.enterpriseNumber);
  t.equal(own?.contracts ?? 0, told.length, "as many as the preview said");
  return told;
}

async function rechecked({ insurerId }: Insurer): Promise<string[]> {
  const events = await listEvents(database.asInsurer(insurerId), { after: 0, limit: 100 });
  return events
    .filter(({ kind }) => kind === "contractRechecked")
    .map(({ details }) => [details.contractNumber, ...(details.findingCodes ?? [])].join(" "));
}

let files = 0;
async function declare(insurer: Insurer, { inamiNumber, ssin }: TestProvider, fields: Fields = {}) {
  files += 1;
  const records = [composeRecord("R", { inamiNumber, ssin, ...fields })];
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: `F-${files}`, records });
  t.match(await flow.submit(insurer, file), { counts: { rejected: 0 } });
}

t.test("a contract under a number that was replaced follows what becomes of its successor", async (t) => {
  const insurer = await flow.admit();
  const [own, next, last] = [provider(), provider({ validFrom: "2021-01-01" }), provider()];
  await load(own, next);
  await declare(insurer, own);
  const told = (...providers: TestProvider[]) => tell(t, insurer, ...providers);
  t.same(await told(by(own, next)), ["C-1 inamiNumberReplaced"]);
  t.same(await told({ ...by(own, next), validTo: "2020-12-31" }), [], "the old number's own end says nothing any more");
  t.same(await told({ ...next, validTo: "2026-06-30" }), ["C-1 inamiNumberReplaced inamiNumberExpired"]);
  t.same(
    await told({ ...next, deceasedOn: "2026-03-31" }),
    ["C-1 inamiNumberReplaced inamiNumberExpired"],
    "another day",
  );
  t.same(await told(next), ["C-1 inamiNumberReplaced"], "good again");
  t.same(await told({ ...next, ssin: FOREIGN_SSIN }), ["C-1 ssinMismatch inamiNumberReplaced"]);
  t.same(await told(next), ["C-1 inamiNumberReplaced"]);
  t.same(await told({ ...next, validFrom: "2022-01-01" }), [], "the contract began under the old number");
  t.same(await told(by(next, last), last), ["C-1 inamiNumberReplaced"], "another number stands last");
  t.same(await told({ ...last, validTo: "2026-06-30" }), ["C-1 inamiNumberReplaced inamiNumberExpired"]);
  t.same(await told(next), ["C-1 inamiNumberReplaced"], "it stands last no more");
  t.same(await told({ ...last, validTo: "2026-05-31" }), [], "so what becomes of it is nobody's concern");
  t.same(await told(own), ["C-1"], "never replaced at all");
});

t.test("a contract that was declared when the number was replaced already began under the old one", async (t) => {
  const insurer = await flow.admit();
  const [own, next] = [provider({ validTo: "2020-12-31" }), provider({ validFrom: "2021-01-01" })];
  await load(by(own, next), next);
  await declare(insurer, own, { startOn: "2019-03-01" });
  const told = (...providers: TestProvider[]) => tell(t, insurer, ...providers);
  t.same(await told({ ...next, deceasedOn: "2026-03-31" }), ["C-1 inamiNumberReplaced inamiNumberExpired"]);
  t.same(await told(next), ["C-1 inamiNumberReplaced"]);
  t.same(await told({ ...by(own, next), validFrom: "2019-06-01" }), ["C-1 inamiNumberNotValidOn inamiNumberReplaced"]);
  t.same(await told({ ...next, validFrom: "2019-01-01" }), ["C-1 inamiNumberReplaced"], "one of the two is enough");

  await flow.owner`update insurer set initial_load_completed_at = now() where insurer_id = ${insurer.insurerId}`;
  const fields = { contractNumber: "C-1", inamiNumber: next.inamiNumber, effectiveOn: "2024-01-01", ssin: SSIN };
  const change = composeRecord("M", { ...fields, contractKind: "combined", solidarity: "true" }, "modify");
  const parts = { sender: insurer.enterpriseNumber, reference: "MODIFIED", kind: "delta", attributes: ' sequence="1"' };
  t.match(await flow.submit(insurer, composeFile({ ...parts, records: [change] })), { counts: { accepted: 1 } });
  t.same(await told(by(own, next)), [], "it goes on under the new number");
  t.same(
    await told({ ...next, validTo: "2026-06-30" }),
    ["C-1 inamiNumberExpired"],
    "and began under the old one still",
  );
});

t.test("a successor that comes later is looked at, and who has a BIS number may keep it", async (t) => {
  const insurer = await flow.admit();
  const [own, next, other] = [provider(), provider(), provider({ ssin: FOREIGN_SSIN })];
  const bis = provider({ ssin: BIS });
  await load(own, bis);
  await declare(insurer, own);
  const told = (...providers: TestProvider[]) => tell(t, insurer, ...providers);
  t.same(await told(by(own, other)), ["C-1 inamiNumberReplaced"], "of the successor nothing is known");
  t.same(await told(other), ["C-1 ssinMismatch inamiNumberReplaced"]);
  await declare(insurer, bis, { contractNumber: "C-2" });
  t.same(await told(by(bis, next), next), ["C-2 inamiNumberReplaced"], "the person's national number");
});

t.test(
  "numbers that replaced each other end, and several changes that wait are told one behind the other",
  async (t) => {
    const insurer = await flow.admit();
    const [one, two] = [provider(), provider()];
    await load(one, two);
    await declare(insurer, one);
    t.same(await tell(t, insurer, by(one, two)), ["C-1 inamiNumberReplaced"]);
    // Registers could be loaded so before circles were refused.
    const [root, oneRoot] = [two.inamiNumber.slice(0, 8), one.inamiNumber.slice(0, 8)];
    await flow.owner`update provider set replaced_by_root = ${oneRoot} where inami_root = ${root}`;
    await flow.owner`
      update provider_version set replaced_by_root = ${oneRoot} where inami_root = ${root} and superseded_at is null`;
    t.same(await tell(t, insurer, { ...two, validTo: "2026-06-30" }), ["C-1 inamiNumberReplaced inamiNumberExpired"]);
    await load(one, two);
    const before = (await rechecked(insurer)).length;
    for (const changed of [{ ...one, validTo: "2026-06-30" }, by(one, two), two]) {
      await loadRegisterText(t, database, render([changed]));
    }
    await recheckWaiting(flow.intake);
    t.same((await rechecked(insurer)).slice(before), ["C-1 inamiNumberExpired", "C-1 inamiNumberReplaced"]);
  },
);
