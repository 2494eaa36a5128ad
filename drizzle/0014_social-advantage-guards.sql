-- What belongs to the institute: the gateway's role sees none of it, and insurers get a projection of their own.
grant select, insert, update on person, person_ssin, person_number, person_profession, profession_year, contract_choice to infoss_institute;
--> statement-breakpoint
grant select, insert, update, delete on profession_period, person_sanction to infoss_institute;
--> statement-breakpoint
grant select, insert, update on dossier to infoss_institute;
--> statement-breakpoint
grant select on dossier_event to infoss_institute;
--> statement-breakpoint
-- Contracts of all insurers are evaluated together; of each no more than the evaluation needs.
create policy evaluating on contract for select to infoss_institute using (true);
--> statement-breakpoint
create policy evaluating on contract_version for select to infoss_institute using (true);
--> statement-breakpoint
grant select (insurer_id, contract_id, inami_root, start_on, cancelled_at) on contract to infoss_institute;
--> statement-breakpoint
grant select (insurer_id, contract_id, version, recorded_at, superseded_at, end_on) on contract_version to infoss_institute;
--> statement-breakpoint
-- The moves of src/advantage/dossier-states.ts; test/advantage/dossiers-kept.test.ts tries each pair.
create function check_dossier_move() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'open' then
      raise exception 'a dossier begins as open, not as %', new.state using errcode = 'check_violation';
    end if;
    new.move_number := 1;
    return new;
  end if;
  if (new.person_id, new.premium_year) is distinct from (old.person_id, old.premium_year) then
    raise exception 'a dossier stays that of its person and year' using errcode = 'check_violation';
  end if;
  if old.state || ' ' || new.state <> all (array[
    'open evaluated', 'open withdrawn',
    'evaluated evaluated', 'evaluated decided', 'evaluated withdrawn',
    'decided evaluated', 'decided toPay', 'decided contested',
    'toPay evaluated', 'toPay paid', 'toPay contested',
    'paid contested', 'paid recovery', 'paid supplement',
    'contested decided', 'contested paid', 'contested recovery', 'contested supplement',
    'recovery settled', 'supplement settled'])
    or (new.state = 'contested' and new.contested_from is distinct from old.state)
    or (old.state = 'contested' and (old.contested_from = 'paid') <> (new.state <> 'decided')) then
    raise exception 'a dossier does not move from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  new.move_number := old.move_number + 1;
  return new;
end
$$;
--> statement-breakpoint
create trigger dossier_move before insert or update on dossier for each row execute function check_dossier_move();
--> statement-breakpoint
-- With the rights of its owner: nobody else may write events.
create function keep_dossier_event() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into dossier_event (person_id, premium_year, move_number, from_state, to_state, moved_at, moved_by, cause, evaluation, input)
  values (new.person_id, new.premium_year, new.move_number, case when tg_op = 'UPDATE' then old.state end, new.state,
    new.moved_at, new.moved_by, new.cause, new.evaluation, new.input);
  return null;
end
$$;
--> statement-breakpoint
create trigger dossier_event after insert or update on dossier for each row execute function keep_dossier_event();
