alter table connection_test enable row level security;
--> statement-breakpoint
alter table connection_test force row level security;
--> statement-breakpoint
create policy own_rows on connection_test to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id());
--> statement-breakpoint
-- The newest are kept, older ones make room.
grant select, insert, delete on connection_test to infoss_gateway;
--> statement-breakpoint
grant select, insert on readiness_admission to infoss_institute;
