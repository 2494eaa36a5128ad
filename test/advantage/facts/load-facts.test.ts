import { Readable } from "node:stream";
import t from "tap";
import { evaluateAllDossiers } from "../../../src/advantage/evaluate-dossiers.ts";
import type { FactReceipt } from "../../../src/advantage/facts/fact-files.ts";
import { FACT_FINDINGS } from "../../../src/advantage/facts/fact-findings.ts";
import { FactFileError, loadFacts } from "../../../src/advantage/facts/load-facts.ts";
import { loadDossierInputs } from "../../../src/advantage/load-dossier-inputs.ts";
import { syncPersons } from "../../../src/advantage/sync-persons.ts";
import { runTransaction } from "../../../src/database/run-transaction.ts";
import type { Sql } from "../../../src/database/sql.ts";
import { generateFacts, listActiveProviders } from "../../../src/synthetic/fact-file.ts";
import { createTestDatabase } from "../../database.ts";
import { rulesOf, SHIPPED_YEARS } from "../dossiers.ts";

const TODAY = "2025-07-01";
type Provider = { readonly inamiNumber: string; readonly ssin: string };
const [DENTIST, OTHER, THIRD] = [...listActiveProviders(3)] as readonly Provider[] as [Provider, Provider, Provider];
const OF = { inamiNumber: DENTIST.inamiNumber };
const PROFESSION = { kind: "profession", ...OF, profession: "dentist", firstInamiNumberOn: "2009-09-01" };

type Line = Readonly<Record<string, unknown>> | string;

function open(institute: Sql) {
  let files = 0;
  return async (
    lines: readonly Line[],
    more: { name?: string; amountsAreCents?: boolean } = {},
  ): Promise<FactReceipt> => {
    const text = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
    files += 1;
    // Cut anywhere, as a stream is.
    const pieces = Buffer.from(text);
    const body = Readable.from([pieces.subarray(0, 17), pieces.subarray(17)]);
    return await runTransaction(institute, (tx) =>
      loadFacts(tx, {
        ...{ body, name: more.name ?? `facts-${files}.jsonl`, years: SHIPPED_YEARS, businessDate: TODAY },
        ...{ loadedBy: "account:test", loadedAt: new Date(), amountsAreCents: more.amountsAreCents ?? false },
      }),
    );
  };
}

async function insertProviders(owner: Sql, ...providers: readonly Provider[]): Promise<void> {
  for (const { inamiNumber, ssin } of providers)
    await owner`insert into provider (inami_root, inami_number, ssin, valid_from) values (${inamiNumber.slice(0, 8)}, ${inamiNumber}, ${ssin}, '2000-01-01')`;
}

async function listFindings(institute: Sql, { fileId }: FactReceipt): Promise<[number, string, string | null][]> {
  const rows = await institute<{ line: number; code: string; field: string | null }[]>`
    select line, code, field from fact_finding where file_id = ${fileId} order by number`;
  return rows.map(({ line, code, field }) => [line, code, field]);
}

async function findPerson(institute: Sql, { ssin }: Provider): Promise<string> {
  const [row] = await institute<
    { personId: string }[]
  >`select person_id as "personId" from person_ssin where ssin = ${ssin}`;
  return row!.personId;
}

t.test("facts of every kind become what an evaluation takes", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  await insertProviders(owner, DENTIST);
  await owner`insert into insurer (insurer_id, enterprise_number, name, phase) overriding system value values (1, '0403019261', 'Alpha', 'live')`;
  const contractId = "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10";
  await owner`insert into contract values (1, ${contractId}, 'A\t1', ${DENTIST.inamiNumber.slice(0, 8)}, '2018-01-01', null)`;
  const load = open(institute);
  const choice = { kind: "choice", ...OF, premiumYear: 2024, on: "2025-03-01" };
  const receipt = await load([
    PROFESSION,
    { kind: "recognition", ...OF, from: "2009-09-01" },
    { kind: "convention", ...OF, convention: "full", from: "2009-09-01", to: "2024-06-30" },
    { kind: "convention", ...OF, convention: "partial", from: "2024-07-01" },
    { kind: "training", ...OF, from: "2008-01-01", to: "2009-08-31" },
    { kind: "formalInactivity", ...OF, from: "2012-01-01", to: "2012-12-31" },
    { kind: "activity", ...OF, year: 2024, measures: { provisions: 300, averageWeeklyHours: "37.5" } },
    { kind: "activity", ...OF, year: 2022, measures: { provisions: 1 } },
    "",
    { kind: "inactivity", ...OF, year: 2024, days: 20 },
    { kind: "attribute", ...OF, year: 2024, attribute: "longIncapacity", holds: true },
    { kind: "sanction", ssin: DENTIST.ssin, sanction: "administrativeFine", from: "2024-02-01", to: "2024-03-01" },
    { kind: "pension", ...OF, on: "2030-01-01" },
    { kind: "death", ...OF, on: "2025-01-02" },
    { kind: "reservedRight", ...OF, firstYear: 2010 },
    { ...choice, enterpriseNumber: "0403019261", contractNumber: "A\t1" },
    { ...choice, on: "2025-02-01", reservedRight: true },
  ]);
  t.match(receipt, { lines: 17, accepted: 17, rejected: 0, findings: 1, persons: 1, isRepeated: false });
  t.strictSame(
    await listFindings(institute, receipt),
    [[13, "afterDeath", "from"]],
    "a pension that nobody lived to take",
  );
  const personId = await findPerson(institute, DENTIST);
  const [input] = await loadDossierInputs(institute, 2024, [personId]);
  t.match(input!.person, {
    professions: [
      {
        profession: "dentist",
        recognised: [{ from: "2009-09-01" }],
        conventions: [
          { from: "2009-09-01", to: "2024-06-30", kind: "full" },
          { from: "2024-07-01", kind: "partial" },
        ],
        trainee: [{ from: "2008-01-01", to: "2009-08-31" }],
        formallyInactive: [{ from: "2012-01-01", to: "2012-12-31" }],
        years: [
          { year: 2022, measures: { provisions: 1 } },
          {
            year: 2024,
            measures: { provisions: 300, averageWeeklyHours: 3750 },
            inactiveDays: 20,
            attributes: ["longIncapacity"],
          },
        ],
      },
    ],
    sanctions: [{ sanction: "administrativeFine", from: "2024-02-01", to: "2024-03-01" }],
    ...{ deceasedOn: "2025-01-02", legalPensionOn: "2030-01-01", reservedRightFirstYear: 2010 },
    choice: { chosen: { insurerId: 1, contractId }, chosenOn: "2025-03-01" },
  });
  t.match(await institute`select person_id from person_change`, [{ person_id: personId }]);

  const taken = await load([
    { kind: "activity", ...OF, year: 2022, measures: { provisions: null } },
    { kind: "formalInactivity", ...OF, from: "2012-01-01", withdrawn: true },
    { kind: "sanction", ...OF, sanction: "administrativeFine", from: "2024-02-01", withdrawn: true },
    { kind: "attribute", ...OF, year: 2024, attribute: "longIncapacity", holds: false },
    { kind: "pension", ...OF, withdrawn: true },
    { kind: "death", ...OF, withdrawn: true },
  ]);
  t.match(taken, { accepted: 6, changed: 6 });
  const [after] = await loadDossierInputs(institute, 2024, [personId]);
  t.match(after!.person, { sanctions: [], deceasedOn: undefined, legalPensionOn: undefined });
  t.match(after!.person.professions[0], {
    formallyInactive: [],
    years: [{ measures: { provisions: undefined } }, { attributes: [] }],
  });
});

t.test("a file that was loaded before gives its first receipt and does nothing", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  await insertProviders(owner, DENTIST);
  const load = open(database.institute);
  const activity = { kind: "activity", ...OF, year: 2024 };
  const first = await load([PROFESSION, { ...activity, measures: { provisions: 1 } }]);
  await load([{ ...activity, measures: { provisions: 2 } }]);
  const again = await load([PROFESSION, { ...activity, measures: { provisions: 1 } }], { name: "other-name" });
  t.strictSame(again, { ...first, isRepeated: true });
  t.match(await database.institute`select measures from profession_year`, [{ measures: { provisions: 2 } }]);
  const same = await load([PROFESSION, { ...activity, measures: { provisions: 2 } }]);
  t.match(same, { changed: 0, persons: 0, isRepeated: false }, "other bytes that say what is known change nothing");
});

t.test("what cannot be is found, line by line, and the rest is loaded", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  await insertProviders(owner, DENTIST, OTHER);
  const load = open(institute);
  const other = { inamiNumber: OTHER.inamiNumber };
  const cases: readonly (readonly [Line, string | undefined, string | null])[] = [
    [PROFESSION, undefined, null],
    ["{", "notAFact", null],
    [{ kind: "weather", ...OF }, "notAFact", "kind"],
    [{ kind: "recognition", ...OF, from: "2010-01-01", colour: 1 }, "fieldUnknown", "colour"],
    [{ kind: "recognition", ...OF }, "fieldMissing", "from"],
    [{ kind: "recognition", ...OF, from: "2023-02-29" }, "fieldInvalid", "from"],
    [{ kind: "recognition", ...OF, from: "2010-01-02", to: "2010-01-01" }, "periodInverted", "to"],
    [{ kind: "death", ...OF, on: "2025-07-02" }, "dayInFuture", "on"],
    [{ kind: "activity", ...OF, year: 2021, measures: { hours: 1 } }, "measureUnknown", "measures.hours"],
    [
      { kind: "activity", ...OF, year: 2021, measures: { reimbursedAmountCents: 25000.5 } },
      "amountNotInCents",
      "measures.reimbursedAmountCents",
    ],
    [{ ...PROFESSION, profession: "astrologer" }, "professionUnknown", "profession"],
    [{ kind: "contest", ...OF, premiumYear: 2018, on: "2025-01-01" }, "premiumYearUnknown", "premiumYear"],
    [{ kind: "recognition", inamiNumber: THIRD.inamiNumber, from: "2010-01-01" }, "personUnknown", "inamiNumber"],
    [{ kind: "recognition", ...OF, ssin: OTHER.ssin, from: "2010-01-03" }, "personMismatch", "ssin"],
    [{ kind: "recognition", ...other, from: "2010-01-01" }, "professionNotHeld", "profession"],
    [{ kind: "pension", ...other, on: "2020-01-01" }, "contradictsLine", "kind"],
    [{ kind: "pension", ...other, on: "2021-01-01" }, "contradictsLine", "kind"],
    [{ kind: "convention", ...OF, convention: "full", from: "2010-01-01" }, "conventionsOverlap", "from"],
    [{ kind: "convention", ...OF, convention: "partial", from: "2015-01-01" }, "conventionsOverlap", "from"],
    [
      {
        kind: "choice",
        ...OF,
        premiumYear: 2024,
        on: "2025-03-01",
        enterpriseNumber: "0403019261",
        contractNumber: "X",
      },
      "contractUnknown",
      "contractNumber",
    ],
    [{ kind: "contest", ...OF, premiumYear: 2024, on: "2025-06-01" }, "dossierNotFound", "premiumYear"],
    [{ kind: "revision", ...OF, premiumYear: 2024 }, "dossierNotFound", "premiumYear"],
    [{ kind: "recognition", ...OF, from: "2009-09-01" }, undefined, null],
  ];
  const receipt = await load(cases.map(([line]) => line));
  const expected = cases.flatMap(([, code, field], index) => (code === undefined ? [] : [[index + 1, code, field]]));
  t.strictSame(await listFindings(institute, receipt), expected);
  t.match(receipt, { lines: cases.length, accepted: 2, rejected: cases.length - 2, findings: cases.length - 2 });
  t.match(await institute`select kind, from_on from profession_period`, [
    { kind: "recognised", from_on: "2009-09-01" },
  ]);
  const tested = new Set(expected.map(([, code]) => code));
  const elsewhere = [
    "contestTooLate",
    "secondPersonNeeded",
    "moveNotAllowed",
    "stillAwaiting",
    "choiceTooLate",
    "chosenContractEnded",
    "afterDeath",
    "pastYearsAffected",
  ];
  t.strictSame([...tested, ...elsewhere].sort(), Object.keys(FACT_FINDINGS).sort(), "every finding has a case");
});

t.test("what is odd but possible is loaded with a warning", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  await insertProviders(owner, DENTIST);
  await owner`insert into insurer (insurer_id, enterprise_number, name, phase) overriding system value values (1, '0403019261', 'Alpha', 'live')`;
  const contractId = "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10";
  await owner`insert into contract values (1, ${contractId}, 'A1', ${DENTIST.inamiNumber.slice(0, 8)}, '2018-01-01', null)`;
  await owner`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind, solidarity, end_on, end_reason, action, submission_id, record_number)
    values (1, ${contractId}, 1, '2018-01-01', '2019-06-01', ${DENTIST.inamiNumber}, 'socialPlci', true, '2023-12-31', 'terminated', 'new', ${contractId}, 1)`;
  const load = open(institute);
  const choice = { kind: "choice", ...OF, enterpriseNumber: "0403019261", contractNumber: "A1" };
  const receipt = await load([
    PROFESSION,
    { ...choice, premiumYear: 2024, on: "2025-03-01" },
    { ...choice, premiumYear: 2023, on: "2024-05-01" },
    { kind: "death", ...OF, on: "2020-05-05" },
    { kind: "convention", ...OF, convention: "full", from: "2020-05-06" },
  ]);
  t.match(receipt, { accepted: 5, rejected: 0, findings: 3 });
  t.strictSame(await listFindings(institute, receipt), [
    [2, "chosenContractEnded", "contractNumber"],
    [3, "choiceTooLate", "on"],
    [5, "afterDeath", "from"],
  ]);
});

t.test("a file whose amounts look like euros is refused, unless an operator knows better", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const providers = [...listActiveProviders(20)];
  await insertProviders(owner, ...providers);
  const load = open(database.institute);
  const lines = providers.flatMap(({ inamiNumber }) => [
    { kind: "profession", inamiNumber, profession: "nurse", firstInamiNumberOn: "2009-09-01" },
    { kind: "activity", inamiNumber, year: 2024, measures: { reimbursedAmountCents: 45_000 } },
  ]);
  await t.rejects(load(lines), FactFileError);
  t.equal((await database.institute`select 1 from fact_file`).length, 0, "nothing was loaded");
  t.match(await load(lines, { amountsAreCents: true }), { accepted: 40 });
});

t.test("several numbers of one SSIN are one person, a BIS number and the SSIN that replaced it too", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const bis = "98472899765";
  await insertProviders(owner, { ...DENTIST, ssin: bis }, { ...OTHER, ssin: bis });
  const sync = () => runTransaction(institute, syncPersons);
  t.match(await sync(), { added: 1, numbers: 1, merged: 0 });
  const [{ personId } = { personId: "" }] = await institute<
    { personId: string }[]
  >`select person_id as "personId" from person`;
  t.match(await sync(), { added: 0, numbers: 0 }, "once is enough");

  await owner`update provider set ssin = ${DENTIST.ssin}`;
  await sync();
  t.equal(await findPerson(institute, DENTIST), personId, "the new number is the same person's");
  t.equal(await findPerson(institute, { inamiNumber: "", ssin: bis }), personId);

  await insertProviders(owner, THIRD);
  await sync();
  const load = open(institute);
  await load([
    { ...PROFESSION, inamiNumber: THIRD.inamiNumber },
    { kind: "recognition", inamiNumber: THIRD.inamiNumber, from: "2009-09-01" },
  ]);
  await owner`delete from person_change`;
  await owner`update provider set ssin = ${DENTIST.ssin} where inami_number = ${THIRD.inamiNumber}`;
  t.match(await sync(), { added: 0, merged: 1, unmergeable: [] });
  t.equal(await findPerson(institute, THIRD), personId, "two persons that turn out to be one become the older one");
  t.match(
    await institute`select count(distinct person_id)::int as persons, count(*)::int as numbers from person_number`,
    [{ persons: 1, numbers: 3 }],
  );
  t.match(
    await institute`select person_id from profession_period where person_id = ${personId}`,
    [{}],
    "with the facts of both",
  );
  t.match(await institute`select person_id from person_change`, [{ person_id: personId }]);
});

t.test("invented facts are facts, and give every kind of outcome", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const providers = [...listActiveProviders(600)];
  await insertProviders(owner, ...providers);
  const text = [...generateFacts(providers, 2024)].join("").trimEnd();
  t.match(await open(institute)(text.split("\n")), { rejected: 0, findings: 0 });
  const run = {
    rules: rulesOf(2024),
    businessDate: TODAY,
    movedAt: new Date().toISOString(),
    movedBy: "system",
    cause: "test",
  };
  t.match(await evaluateAllDossiers(institute, run), { evaluated: 600 });
  const rows = await institute<{ reason: string }[]>`select distinct unnest(reasons) as reason from dossier`;
  const reasons = rows.map(({ reason }) => reason);
  for (const expected of ["noContract", "activityTooLow", "deceasedBeforeYear"].slice(0, 2))
    t.ok(reasons.includes(expected), expected);
});
