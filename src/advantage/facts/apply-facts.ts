import type { TransactionSql } from "../../database/sql.ts";

/**
 * Makes what is left in `fact` what is known; whoever it changes something for stands in `changed_person` afterwards. Answers
 * the number of rows that came out otherwise. Contests and revisions are moves and not applied here.
 */
export async function applyFacts(tx: TransactionSql): Promise<number> {
  await tx`
    update person_number n set profession = f.profession from fact f
    where f.kind = 'profession' and f.inami_root = n.inami_root and n.profession is distinct from f.profession`;
  let changed = 0;
  for (const statement of STATEMENTS) {
    const [row] = await tx.unsafe<{ count: number }[]>(`
      with done as (${statement} returning k.person_id),
      noted as (insert into changed_person select distinct person_id from done on conflict do nothing)
      select count(*) as count from done`);
    changed += row!.count;
  }
  await tx`
    insert into person_change (person_id, changed_at) select person_id, clock_timestamp() from changed_person order by person_id
    on conflict (person_id) do update set changed_at = excluded.changed_at`;
  return changed;
}

const OF_PERIODS = "('convention', 'recognition', 'training', 'formalInactivity')";

/** What a line may say of a person once, and what the person is then known by. */
const ONCE = [
  ["pension", "legal_pension_on", "from_on"],
  ["death", "deceased_on", "from_on"],
  ["reservedRight", "reserved_right_first_year", "year"],
] as const;

/** What does not hold any more is taken out, what holds put in; in order, so that the same says the same. */
const MERGED_ATTRIBUTES = `array(
  select distinct name from unnest(k.attributes || g.held) as name where name <> all (g.gone) order by name)`;

const STATEMENTS = [
  `insert into person_profession as k (person_id, profession, first_inami_number_on, practice_started_on, specialty, competence_code)
   select distinct person_id, profession, from_on, to_on, name, code from fact where kind = 'profession'
   on conflict (person_id, profession) do update set first_inami_number_on = excluded.first_inami_number_on,
     practice_started_on = excluded.practice_started_on, specialty = excluded.specialty, competence_code = excluded.competence_code
   where (k.first_inami_number_on, k.practice_started_on, k.specialty, k.competence_code) is distinct from
     (excluded.first_inami_number_on, excluded.practice_started_on, excluded.specialty, excluded.competence_code)`,
  `delete from profession_period k using fact f
   where f.is_withdrawn and f.kind in ${OF_PERIODS} and k.person_id = f.person_id and k.profession = f.profession and k.kind = f.name
     and k.from_on = f.from_on`,
  `insert into profession_period as k (person_id, profession, kind, from_on, to_on)
   select distinct person_id, profession, name, from_on, to_on from fact where kind in ${OF_PERIODS} and not is_withdrawn
   on conflict (person_id, profession, kind, from_on) do update set to_on = excluded.to_on where k.to_on is distinct from excluded.to_on`,
  `insert into profession_year as k (person_id, profession, year, measures)
   select person_id, profession, year, jsonb_object_agg(name, amount) from fact where kind = 'activity' group by 1, 2, 3
   on conflict (person_id, profession, year) do update set measures = k.measures || excluded.measures
   where not k.measures @> excluded.measures`,
  `insert into profession_year as k (person_id, profession, year, measures, inactive_days)
   select distinct person_id, profession, year, '{}'::jsonb, amount from fact where kind = 'inactivity'
   on conflict (person_id, profession, year) do update set inactive_days = excluded.inactive_days
   where k.inactive_days <> excluded.inactive_days`,
  `insert into profession_year as k (person_id, profession, year, measures)
   select distinct person_id, profession, year, '{}'::jsonb from fact where kind = 'attribute' on conflict do nothing`,
  `update profession_year k set attributes = ${MERGED_ATTRIBUTES}
   from (select person_id, profession, year, coalesce(array_agg(name) filter (where amount = 1), '{}') as held,
     coalesce(array_agg(name) filter (where amount = 0), '{}') as gone
     from fact where kind = 'attribute' group by 1, 2, 3) g
   where (k.person_id, k.profession, k.year) = (g.person_id, g.profession, g.year) and k.attributes is distinct from ${MERGED_ATTRIBUTES}`,
  `delete from person_sanction k using fact f
   where f.is_withdrawn and f.kind = 'sanction' and k.person_id = f.person_id and k.sanction = f.name and k.from_on = f.from_on`,
  `insert into person_sanction as k (person_id, sanction, from_on, to_on)
   select distinct person_id, name, from_on, to_on from fact where kind = 'sanction' and not is_withdrawn
   on conflict (person_id, sanction, from_on) do update set to_on = excluded.to_on where k.to_on is distinct from excluded.to_on`,
  ...ONCE.map(
    ([kind, column, value]) =>
      `update person k set ${column} = f.${value} from fact f
       where f.kind = '${kind}' and k.person_id = f.person_id and k.${column} is distinct from f.${value}`,
  ),
  `insert into contract_choice as k (person_id, premium_year, chosen_insurer_id, chosen_contract_id, chosen_on)
   select distinct on (f.person_id, f.year) f.person_id, f.year, c.insurer_id, c.contract_id, f.from_on
   from fact f left join chosen c using (line) where f.kind = 'choice' order by f.person_id, f.year, f.from_on desc
   on conflict (person_id, premium_year) do update set chosen_insurer_id = excluded.chosen_insurer_id,
     chosen_contract_id = excluded.chosen_contract_id, chosen_on = excluded.chosen_on
   where excluded.chosen_on >= k.chosen_on and (excluded.chosen_insurer_id, excluded.chosen_contract_id, excluded.chosen_on)
     is distinct from (k.chosen_insurer_id, k.chosen_contract_id, k.chosen_on)`,
];
