import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { listEvents } from "../../src/events/feed.ts";
import { recheckWaiting } from "../../src/intake/recheck-contracts.ts";
import { previewRegisterFile } from "../../src/operator/load-register-file.ts";
import { readBytes } from "../../src/register/load-register.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { type Insurer, openIntake } from "../flows/open-intake.ts";
import {
  loadRegisterText,
  makeInamiNumber,
  makeSsin,
  REGISTER_HEADER,
  renderProvider,
  type TestProvider,
} from "../flows/test-register.ts";

const flow = await openIntake(t);
const { database, owner } = flow;

const BIS = makeSsin("854730033");
const NATIONAL = makeSsin("850730033");
const provider = (serial: string, more: Partial<TestProvider> = {}): TestProvider => ({
  inamiNumber: makeInamiNumber(serial),
  ssin: NATIONAL,
  validFrom: "2000-01-01",
  ...more,
});
const load = (...providers: TestProvider[]) =>
  loadRegisterText(t, database, `${[REGISTER_HEADER, ...providers.map(renderProvider)].join("\n")}\n`);

const declare = (insurer: Insurer, reference: string, ...providers: TestProvider[]) =>
  composeFile({
    sender: insurer.enterpriseNumber,
    reference,
    records: providers.map(({ inamiNumber, ssin }, index) =>
      composeRecord(`R-${index}`, { contractNumber: `${reference}-${index}`, inamiNumber, ssin }),
    ),
  });

async function rechecked({ insurerId }: Insurer): Promise<string[]> {
  const events = await listEvents(database.asInsurer(insurerId), { after: 0, limit: 100 });
  return events
    .filter(({ kind }) => kind === "contractRechecked")
    .map(({ details }) => [details.contractNumber, ...(details.findingCodes ?? [])].join(" "));
}

const history = (inamiNumber: string) => owner`
  select version, ssin, valid_to, superseded_at is null as known from provider_version
  where inami_root = ${inamiNumber.slice(0, 8)} order by version`;

const contracts = async () => JSON.stringify(await owner`select * from contract_version order by contract_id, version`);

t.test("what the register said stays known, and only what says something else makes a version", async (t) => {
  const person = provider("200100");
  await load(person);
  await load(person);
  await load({ ...person, validTo: "2026-06-30" });
  t.same(
    (await history(person.inamiNumber)).map((row) => ({ ...row })),
    [
      { version: 1, ssin: NATIONAL, valid_to: null, known: false },
      { version: 2, ssin: NATIONAL, valid_to: "2026-06-30", known: true },
    ],
  );
});

t.test("when it changes, contracts are checked again, their insurers are told, and nothing is closed", async (t) => {
  const [alpha, beta] = [await flow.admit(), await flow.admit()];
  const people = ["200201", "200202", "200203", "200204", "200205"].map((serial) => provider(serial));
  const [ends, dies, moves, other, stays] = people as [
    TestProvider,
    TestProvider,
    TestProvider,
    TestProvider,
    TestProvider,
  ];
  await load(...people);
  await recheckWaiting(flow.intake);
  await flow.submit(alpha, declare(alpha, "A", ends, dies, moves, other, stays));
  await flow.submit(beta, declare(beta, "B", stays));
  const before = await contracts();

  const successor = makeInamiNumber("200299");
  const changed = [
    { ...ends, validTo: "2026-10-31" },
    { ...dies, deceasedOn: "2026-09-09" },
    { ...moves, replacedBy: successor },
    { ...other, ssin: makeSsin("720606707") },
    { ...stays, inamiNumber: `${stays.inamiNumber.slice(0, 8)}009` },
    provider("200299"),
  ];
  const file = join(t.testdir({}), "register.csv");
  await writeFile(file, `${[REGISTER_HEADER, ...changed.map(renderProvider)].join("\n")}\n`);
  const preview = await previewRegisterFile(database, { body: readBytes(file), isFull: true });
  const effect = { rows: 6, added: 1, changed: 5, unchanged: 0, missing: 1 };
  t.match(preview, { effect, affected: [{ enterpriseNumber: alpha.enterpriseNumber, contracts: 4 }] });
  await recheckWaiting(flow.intake);
  t.same(await rechecked(alpha), [], "the preview changed nothing");

  await load(...changed);
  await recheckWaiting(flow.intake);
  t.same((await rechecked(alpha)).sort(), [
    "A-0 inamiNumberExpired",
    "A-1 inamiNumberExpired",
    "A-2 inamiNumberReplaced",
    "A-3 ssinMismatch",
  ]);
  t.same(await rechecked(beta), [], "another competence code changes nothing for a contract");
  t.equal(await contracts(), before, "no contract was touched");
  await load(...changed);
  t.equal(await recheckWaiting(flow.intake), 0, "the same register again: nothing waits");

  await load(ends);
  await recheckWaiting(flow.intake);
  t.equal((await rechecked(alpha)).at(-1), "A-0", "good again: told without a finding");
});

t.test("a BIS number that was replaced by a national one stays good, and no other number does", async (t) => {
  const insurer = await flow.admit();
  const person = provider("200301", { ssin: BIS });
  await load(person);
  await flow.submit(insurer, declare(insurer, "OLD", person));
  await load({ ...person, ssin: NATIONAL });
  await recheckWaiting(flow.intake);
  t.same(await rechecked(insurer), [], "nothing to tell of the contract under the BIS number");
  const again = await flow.submit(insurer, declare(insurer, "BIS", person, { ...person, ssin: NATIONAL }));
  t.match(again, { counts: { rejected: 0 } });
  await load({ ...person, ssin: makeSsin("720606707") });
  const wrong = await flow.submit(insurer, declare(insurer, "WRONG", { ...person, ssin: NATIONAL }));
  t.match(wrong, { counts: { rejected: 1 } }, "a national number that was corrected is not good any more");
});

t.test("the register is refreshed in the middle of a load: what it checked before is checked again", async (t) => {
  const insurer = await flow.admit();
  const others = (await owner`select 1 from insurer`).length - 1;
  const person = provider("200401");
  await load(person);
  await recheckWaiting(flow.intake);
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  // Stands for a merge that has read the register and holds the insurer's lock.
  const merge = database.asInsurer(insurer.insurerId).run(async (tx) => {
    await tx`select 1 from insurer where insurer_id = ${insurer.insurerId} for no key update`;
    taken.resolve();
    await held.promise;
    await tx`
      insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
      values (${insurer.insurerId}, '019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7c01', 'MID', ${person.inamiNumber.slice(0, 8)}, '2020-01-01')`;
    await tx`
      insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind,
        solidarity, action, submission_id, record_number)
      values (${insurer.insurerId}, '019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7c01', 1, '2020-01-01', now(), ${person.inamiNumber},
        'socialPlci', true, 'new', uuidv7(), 1)`;
  });
  await taken.promise;
  await load({ ...person, validTo: "2026-01-31" });
  t.equal(
    await recheckWaiting(flow.intake),
    others,
    "only of the others: the one that is being merged keeps nobody waiting",
  );
  t.same(await rechecked(insurer), []);
  held.resolve();
  await merge;
  t.equal(await recheckWaiting(flow.intake), 1);
  t.same(await rechecked(insurer), ["MID inamiNumberExpired"]);
});
