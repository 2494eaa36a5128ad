-- What an insurer asked and was answered is its own, and is never changed.
do $$
declare
  name text;
begin
  foreach name in array array['verification', 'verification_row'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_rows on %I to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id())', name);
    execute format('grant select, insert on %I to infoss_gateway', name);
  end loop;
end
$$;
