alter table dry_run_row enable row level security;
--> statement-breakpoint
alter table dry_run_row force row level security;
--> statement-breakpoint
create policy own_rows on dry_run_row to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id());
--> statement-breakpoint
grant select, insert, update on dry_run_row to infoss_gateway;
