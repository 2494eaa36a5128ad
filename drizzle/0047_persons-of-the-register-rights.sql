grant update (persons_made_at) on register_change to infoss_institute;
--> statement-breakpoint
-- What was loaded before changes were kept is followed too.
insert into register_change (recorded_at)
select clock_timestamp() where exists (select from provider) and not exists (select from register_change);
