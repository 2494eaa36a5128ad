-- Accounts are the institute's; who calls finds its own when its client is looked up, without whom to write to.
grant select, insert, update (name, contact, expires_at, ended_at) on space_account to infoss_institute;
--> statement-breakpoint
grant select (account_id, client_id, name, made_at, expires_at, ended_at) on space_account to infoss_gateway;
--> statement-breakpoint
alter table space enable row level security;
--> statement-breakpoint
alter table space force row level security;
--> statement-breakpoint
create policy own_rows on space to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id());
--> statement-breakpoint
grant select on space to infoss_gateway;
--> statement-breakpoint
-- Spaces are made, moved in time and ended across insurers.
create policy overseeing on space to infoss_institute using (true) with check (true);
--> statement-breakpoint
grant select, insert, update (business_days_ahead, ended_at, removed_at) on space to infoss_institute;
