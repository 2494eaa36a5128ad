-- An insurer reads its own views; the institute alone writes them, and never what was seen before.
alter table social_advantage enable row level security;
--> statement-breakpoint
alter table social_advantage force row level security;
--> statement-breakpoint
create policy own_rows on social_advantage for select to infoss_gateway using (insurer_id = (select current_insurer_id()));
--> statement-breakpoint
grant select on social_advantage to infoss_gateway;
--> statement-breakpoint
create policy projecting on social_advantage to infoss_institute using (true) with check (true);
--> statement-breakpoint
grant select, insert, update (superseded_at) on social_advantage to infoss_institute;
--> statement-breakpoint
grant select, insert, update on advantage_projection, projected_portfolio to infoss_institute;
--> statement-breakpoint
create function refuse_rewritten_view() returns trigger language plpgsql as $$
begin
  raise exception 'what an insurer saw is never rewritten: only the instant at which it was superseded is set, once'
    using errcode = 'restrict_violation';
end
$$;
--> statement-breakpoint
create trigger social_advantage_final before update on social_advantage
  for each row when (old.superseded_at is not null or new.superseded_at is null) execute function refuse_rewritten_view();
