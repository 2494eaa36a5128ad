import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { evaluateAllDossiers } from "../../src/advantage/evaluate-dossiers.ts";
import { reproduceEvaluation } from "../../src/advantage/evaluation-blocks.ts";
import type { MoveRun } from "../../src/advantage/move-run.ts";
import { loadRulesInForce } from "../../src/advantage/rules-in-force.ts";
import { listYearsInForce, previewPremiumYearFiles } from "../../src/operator/premium-years.ts";
import { insertContract, insertDentist } from "../advantage/kept-persons.ts";
import { SHIPPED_TEXTS } from "../advantage/premium-year-texts.ts";
import { openDoor, ROOT } from "../http/open-door.ts";
import { createMachineCaller, makeMachine } from "./client-machine.ts";
import { createInfoss } from "./run-infoss.ts";

const VALIDATION = ["--environment", "validation"] as const;
const CONDITION = "2021,,dentist,full,any,,provisions,300,";
const AMOUNT = "2024,dentist,full,373619,published";
const replaced = (file: "conditions.csv" | "amounts.csv", from: string, to: string) => {
  if (!SHIPPED_TEXTS[file].includes(from)) throw new RangeError(from);
  return { [file]: SHIPPED_TEXTS[file].replace(from, () => to) };
};
/** From 310 on, and a higher amount: in 2024 alone. */
const FILES = {
  ...replaced(
    "conditions.csv",
    CONDITION,
    `${CONDITION.replace("2021,,", "2021,2023,")},,earlier\n2025,,dentist,full,any,,provisions,300,,,later\n2024,2024,dentist,full,any,,provisions,310,`,
  ),
  ...replaced("amounts.csv", AMOUNT, "2024,dentist,full,380000,published"),
};

const door = await openDoor(t);
const { database, owner } = door;
const infoss = createInfoss(owner);
const { institute } = database;
const today = "2025-07-02";

const persons = {
  enough: await insertDentist(owner, 320),
  justNot: await insertDentist(owner, 305),
  never: await insertDentist(owner, 200),
};
for (const { root } of Object.values(persons)) await insertContract(owner, door.alphaId, root);

const run = async (cause: string): Promise<MoveRun> => ({
  rules: (await loadRulesInForce(institute)).years.get(2024)!,
  ...{ businessDate: today, movedAt: new Date().toISOString(), movedBy: "system", cause },
});
const readDossiers = async () =>
  await owner<{ personId: string; outcome: string; amount: number | null; block: number; place: number }[]>`
    select person_id as "personId", outcome, amount_cents as amount, evaluation_block as block, evaluation_place as place
    from dossier order by person_id`;

function writeFolder(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

t.test("a preview tells who is affected and how, row by row, and changes nothing", async (t) => {
  await evaluateAllDossiers(institute, await run("julyEvaluation"));
  const before = await readDossiers();
  const preview = await previewPremiumYearFiles(institute, FILES, { today, limit: 10 });
  t.match(preview.years, [{ premiumYear: 2024, versionBefore: 1 }]);
  t.match(preview.refusals, [/versions\.csv needs a row 2024,2/]);
  t.equal(preview.evaluated, 3);
  t.same(preview.counts, [
    {
      premiumYear: 2024,
      from: "socialAdvantage",
      to: "socialAdvantage",
      persons: 1,
      differenceCents: 380_000 - 373_619,
    },
    { premiumYear: 2024, from: "socialAdvantage", to: "none", persons: 1, differenceCents: -373_619 },
  ]);
  t.match(preview.rows, [
    {
      personId: persons.enough.personId,
      state: "evaluated",
      movesTo: "evaluated",
      before: { amountCents: 373_619 },
      after: { amountCents: 380_000 },
    },
    { personId: persons.justNot.personId, after: { outcome: "none", amountCents: null } },
  ]);
  t.match(await previewPremiumYearFiles(institute, FILES, { today, limit: 1 }), {
    rows: { length: 1 },
    counts: { length: 2 },
  });
  t.same(await readDossiers(), before);
  t.same([...(await owner`select from premium_year_set`)], []);
});

t.test("operators preview and load a folder; what was decided by the old version stays reproducible", async (t) => {
  const folder = writeFolder(t.testdir(), FILES);
  const preview = await infoss(`premium-years preview ${folder}`, "--json");
  const { years, refusals, counts } = JSON.parse(preview.stdout);
  t.equal(preview.status, 1, "it could not be loaded");
  t.equal(counts.length, 2);
  const refusedLoad = await infoss(`premium-years load ${folder}`, ...VALIDATION);
  t.match(refusedLoad, { status: 1, stderr: new RegExp(refusals[0].replaceAll(/[.,]/g, ".")) });
  const version = `2024,2,2025-07-02,${years[0].fingerprint},test`;
  writeFolder(folder, { "versions.csv": `${SHIPPED_TEXTS["versions.csv"]}${version}\n` });
  const shown = await infoss(`premium-years preview ${folder}`);
  t.match(shown, { status: 0, stdout: /3 evaluated\npremiumYear +from +to +persons[\s\S]*socialAdvantage +none +1/ });
  const old = await readDossiers();

  const loaded = await infoss(`premium-years load ${folder}`, ...VALIDATION, "--as", "mia", "--json");
  t.match(JSON.parse(loaded.stdout), [
    {
      act: "premiumYearsLoaded",
      details: { years: [`2024 version 2 ${years[0].fingerprint}`], doubts: [], reason: null },
    },
  ]);
  const list = await infoss("premium-years list", "--json");
  t.match(
    JSON.parse(list.stdout).find(({ premiumYear }: { premiumYear: number }) => premiumYear === 2024),
    { version: 2, loadedBy: "account:mia" },
  );
  t.equal((await infoss(`premium-years load ${folder}`, ...VALIDATION)).status, 1, "twice is nothing new");

  const counted = await evaluateAllDossiers(institute, await run("rulesChanged"));
  t.match(counted, { evaluated: 3, moved: 2 });
  t.match(
    new Map((await readDossiers()).map((dossier) => [dossier.personId, dossier])),
    new Map([
      [persons.enough.personId, { outcome: "socialAdvantage", amount: 380_000 }],
      [persons.justNot.personId, { outcome: "none" }],
      [persons.never.personId, { outcome: "none" }],
    ]),
  );
  const { items } = (await door.nobody(`${ROOT}/refData/premiumYears`)).json as unknown as {
    items: { premiumYear: number; rulesVersion: number }[];
  };
  t.equal(
    items.find(({ premiumYear }) => premiumYear === 2024)?.rulesVersion,
    2,
    "everybody reads the version in force",
  );
  const then = old.find(({ personId }) => personId === persons.justNot.personId)!;
  t.match(await reproduceEvaluation(institute, then.block, then.place), {
    isSame: true,
    rules: { version: 1 },
    evaluation: { amountCents: 373_619, rulesVersion: 1 },
  });
});

t.test("what is doubtful is loaded with a reason only, over REST as on the command line", async (t) => {
  const desk = await makeMachine(t, door, "desk-1");
  await infoss(`operator create desk-1 --jwks ${desk.jwksFile} --certificate ${desk.certificateFile}`, ...VALIDATION);
  const { call } = createMachineCaller(door, desk);
  const { texts } = await loadRulesInForce(institute);
  const amounts = texts["amounts.csv"].replace("2025,dentist,full,386098", "2025,dentist,full,3861");
  const file = (name: string, text: string) => ({ name, text });
  const preview = await call("POST", "/operator/premiumYears/preview", { files: [file("amounts.csv", amounts)] });
  t.match(preview, { status: 200, json: { doubts: [/are these euros/], years: [{ premiumYear: 2025 }] } });
  const [{ fingerprint }] = (preview.json as unknown as { years: [{ fingerprint: string }] }).years;
  const versions = `${texts["versions.csv"]}2025,2,2026-03-01,${fingerprint},test\n`;
  const files = [file("amounts.csv", amounts), file("versions.csv", versions)];
  t.match(await call("POST", "/operator/premiumYears", { files }), {
    status: 400,
    json: { detail: /are these euros/, issues: [{ name: "reason" }] },
  });
  const unsaid = amounts.replace(/^(2025,dentist,full,3861,derived,).*$/m, "$1");
  t.match(await call("POST", "/operator/premiumYears/preview", { files: [file("amounts.csv", unsaid)] }), {
    status: 400,
    json: { detail: /^Line \d+ of amounts\.csv: source is missing\.$/, issues: [{ name: "files" }] },
  });
  const loaded = await call("POST", "/operator/premiumYears", { files, reason: "A test of a test year" });
  t.equal(loaded.status, 200);
  t.match((await listYearsInForce(institute)).at(-1), {
    premiumYear: 2025,
    version: 2,
    loadedBy: "desk-1",
    reason: "A test of a test year",
  });
  t.equal(
    (await listYearsInForce(institute)).find(({ premiumYear }) => premiumYear === 2024)?.version,
    2,
    "others stay",
  );
  const [act] = await owner`select document from operator_act order by performed_at desc limit 1`;
  t.match(act?.document, /"act":"premiumYearsLoaded".*"reason":"A test of a test year"/);
});

t.test("a folder holds files of premium years and nothing else", async (t) => {
  t.match(await infoss(`premium-years preview ${t.testdir()}`), { status: 1, stderr: /there is none/ });
  const folder = writeFolder(t.testdir(), { "amount.csv": "x" });
  t.match(await infoss(`premium-years preview ${folder}`), { status: 1, stderr: /there is amount\.csv/ });
});
