import t from "tap";
import { loadRulesInForce } from "../../../src/advantage/rules-in-force.ts";
import { isInamiNumber } from "../../../src/identifiers/inami-number.ts";
import { isSsin } from "../../../src/identifiers/ssin.ts";
import { listRoots } from "../../../src/spaces/numbers/group-files.ts";
import { OUTCOME_NUMBERS } from "../../../src/spaces/numbers/outcome-numbers.ts";
import { seedNumbers, seedSharedNumbers } from "../../../src/spaces/numbers/seed-numbers.ts";
import { bisNumberOf, inamiNumberOf, NUMBER_GROUPS, ssinOf } from "../../../src/spaces/numbers/synthetic-number.ts";
import { createTestDatabase } from "../../database.ts";

const TODAY = "2026-11-22";

t.test("every number of every group is well-formed, and nobody else's", async (t) => {
  const seen = new Set<string>();
  let numbers = 0;
  for (let group = 0; group < NUMBER_GROUPS; group += 1) {
    for (const { code } of OUTCOME_NUMBERS) {
      const made = [inamiNumberOf(group, code), ssinOf(group, code), bisNumberOf(group, code)] as const;
      if (!isInamiNumber(made[0]) || !isSsin(made[1]) || !isSsin(made[2])) t.fail(made.join());
      if (made[0].slice(4, 6) !== code || made[1].slice(7, 9) !== code) t.fail(`${made.join()} do not show ${code}`);
      for (const number of made) seen.add(number);
      numbers += made.length;
    }
  }
  t.equal(seen.size, numbers);
  t.throws(() => inamiNumberOf(1_000, "00"), RangeError);
  t.equal(new Set(OUTCOME_NUMBERS.map(({ code }) => code)).size, OUTCOME_NUMBERS.length, "a code is one outcome's");
});

t.test("a group is made once, and new when it is made again; the others stay as they are", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const { institute } = database;
  const holder = async (group: number, code = "00") =>
    (
      await owner`select person_id as id from person_number where inami_root = ${inamiNumberOf(group, code).slice(0, 8)}`
    )[0]!.id as string;
  const count = async (table: string) => (await owner.unsafe(`select count(*)::int as count from ${table}`))[0]!.count;

  await owner`insert into provider (inami_root, inami_number, ssin, valid_from) values ('12345625', '12345625001', '85073003328', '2000-01-01')`;
  await Promise.all([seedSharedNumbers(institute, TODAY), seedSharedNumbers(institute, TODAY)]);
  t.strictSame(
    [...(await owner`select version from provider_version where version > 1`)],
    [{ version: 2 }],
    "of two that start together one makes it; who had a BIS number has a national one",
  );
  t.notOk((await loadRulesInForce(institute)).years.has(2026), "no premium year is made for what moves no day");
  t.equal(await count("provider"), listRoots(0).length + 1);
  t.equal(await count("person_number"), listRoots(0).length, "nobody else is looked at: the register may be large");
  t.equal(await count("register_change where persons_made_at is null"), 0, "and no worker has to");
  const acts = await count("operator_act");
  await seedSharedNumbers(institute, TODAY);
  t.equal(await count("operator_act"), acts, "a second start changes nothing");

  await seedNumbers(institute, { group: 7, today: TODAY });
  const { years } = await loadRulesInForce(institute);
  t.match(years.get(2026), { version: 1, calendars: new Map([["*", { linkingUntil: "2027-04-30" }]]) });
  t.equal(years.get(2026)!.professions.get("dentist")!.amounts.get("full")!.cents, 386_098, "as the year before");
  t.equal(years.get(2026)!.professions.get("doctor")!.amounts.has("trainee"), false);
  await seedNumbers(institute, { group: 8, today: TODAY });
  const [seven, eight] = [await holder(7), await holder(8)];
  await owner`insert into person_sanction values (${seven}, 'suspension', '2020-01-01', null)`;
  const changes = await count("register_change");
  await seedNumbers(institute, { group: 7, today: TODAY });
  t.equal(await count("register_change"), changes, "the register says the same");
  t.not(await holder(7), seven, "another person has the number now");
  t.equal(await holder(8), eight);
  const [former] = await owner`select replaced_by as by from person where person_id = ${seven}`;
  t.equal(former!.by, await holder(7), "what was known of the former one stays there");
  const known =
    await owner`select s.sanction, f.profession from person_profession f left join person_sanction s using (person_id)
    where f.person_id = ${await holder(7)}`;
  t.strictSame([...known], [{ sanction: null, profession: "dentist" }], "and nothing of it is the new one's");
  t.equal(
    (await owner`select deceased_on as on from person where person_id = ${await holder(7, "25")}`)[0]!.on,
    "2024-06-30",
  );

  await seedNumbers(institute, { group: 9, today: "2028-02-01" });
  const later = (await loadRulesInForce(institute)).years;
  t.match([...later.keys()].slice(-3), [2026, 2027, 2028], "years between are not left out");
  t.equal(later.get(2026)!.fingerprint, years.get(2026)!.fingerprint);
});
