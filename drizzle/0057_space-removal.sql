-- What spaces of validation held is removed once they have ended. The institute may delete of them until they are removed,
-- and of no other insurer; in production there is no space.
do $$
declare
  name text;
  ended text;
begin
  foreach name in array array['contract', 'contract_version', 'social_advantage', 'simulation_order', 'record_result', 'quiet_result_block', 'submission_payload'] loop
    ended := format('exists (select from space s where s.insurer_id = %I.insurer_id and s.ended_at is not null and s.removed_at is null)', name);
    -- Restrictive: what lets the institute write elsewhere in a table never lets it delete there.
    execute format('create policy ended_space_only on %I as restrictive for delete to infoss_institute using (%s)', name, ended);
    execute format('create policy ended_space on %I for delete to infoss_institute using (%s)', name, ended);
    execute format('grant select (insurer_id, ctid), delete on %I to infoss_institute', name);
  end loop;
  foreach name in array array['record_result', 'quiet_result_block', 'submission_payload'] loop
    ended := format('exists (select from space s where s.insurer_id = %I.insurer_id and s.ended_at is not null and s.removed_at is null)', name);
    execute format('create policy ended_space_rows on %I for select to infoss_institute using (%s)', name, ended);
  end loop;
end
$$;
