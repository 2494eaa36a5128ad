alter table status_file enable row level security;
--> statement-breakpoint
alter table status_file force row level security;
--> statement-breakpoint
create policy own_rows on status_file to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id());
--> statement-breakpoint
grant select, insert, update (known_at, answer_id) on status_file to infoss_gateway;
--> statement-breakpoint
-- Operators ask for a snapshot, and whoever makes files sees for whom one is due.
create policy overseeing on status_file to infoss_institute using (true) with check (true);
--> statement-breakpoint
grant select, insert on status_file to infoss_institute;
--> statement-breakpoint
-- A pass over everybody writes most of the table at once, and the queries behind it are planned by what is known of it.
grant maintain on social_advantage to infoss_institute;
