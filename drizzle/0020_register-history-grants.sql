-- What is known when this is installed is the first version; nobody knows any more when it became so.
insert into provider_version (inami_root, version, recorded_at, inami_number, ssin, valid_from, valid_to, replaced_by_root, deceased_on)
select inami_root, 1, clock_timestamp(), inami_number, ssin, valid_from, valid_to, replaced_by_root, deceased_on from provider;
--> statement-breakpoint
grant select, insert, update (superseded_at) on provider_version to infoss_institute;
--> statement-breakpoint
grant select, insert on register_change to infoss_institute;
--> statement-breakpoint
grant select on provider_version to infoss_gateway;
--> statement-breakpoint
alter table register_recheck enable row level security;
--> statement-breakpoint
alter table register_recheck force row level security;
--> statement-breakpoint
create policy own_rows on register_recheck to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id());
--> statement-breakpoint
grant select, update (rechecked_at) on register_recheck to infoss_gateway;
--> statement-breakpoint
create policy ordering on register_recheck to infoss_institute using (true) with check (true);
--> statement-breakpoint
grant select, insert (insurer_id, change_id) on register_recheck to infoss_institute;
