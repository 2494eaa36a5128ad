-- Events are the insurer's to read; the insurer's transactions and the institute's tell of things.
do $$
declare
  name text;
begin
  foreach name in array array['event', 'event_feed'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_rows on %I to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id())', name);
  end loop;
end
$$;
--> statement-breakpoint
-- What is told is never changed: an event gets its place, and goes when it had its time.
grant select, insert (insurer_id, kind, details), update (position), delete on event to infoss_gateway;
--> statement-breakpoint
grant select, insert, update on event_feed to infoss_gateway;
--> statement-breakpoint
create policy telling on event for insert to infoss_institute with check (true);
--> statement-breakpoint
grant insert (insurer_id, kind, details) on event to infoss_institute;
