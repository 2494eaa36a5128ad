alter table simulation_order enable row level security;
--> statement-breakpoint
alter table simulation_order force row level security;
--> statement-breakpoint
create policy own_rows on simulation_order to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id());
--> statement-breakpoint
grant select, update (used_at) on simulation_order to infoss_gateway;
--> statement-breakpoint
-- Simulations are acts of the institute's role, which sees to it whose space they are about.
create policy ordering on simulation_order to infoss_institute using (true) with check (true);
--> statement-breakpoint
grant select, insert on simulation_order to infoss_institute;
--> statement-breakpoint
grant update (followed_on) on space to infoss_institute;
--> statement-breakpoint
grant insert (simulated) on event to infoss_gateway, infoss_institute;
--> statement-breakpoint
grant insert (simulated) on social_advantage to infoss_institute;
--> statement-breakpoint
grant select, update (not_before, is_doubled, simulated) on exchange_answer to infoss_institute;
--> statement-breakpoint
grant update (broken_until, broken_fault) on webhook_subscription to infoss_institute;
