-- Comes with PostgreSQL and may be created by whoever may create in the database: equality beside ranges in one index.
create extension if not exists btree_gist;
--> statement-breakpoint
-- No two periods of a contract overlap among the versions known now (docs/adr/0009). The first version of a contract
-- stands alone until it is superseded, and that is what keeps the initial load free of the price: the constraint holds
-- for the later versions, the trigger below lets none in beside the first.
alter table contract_version add constraint contract_version_periods exclude using gist
  (insurer_id with =, contract_id with =, daterange(valid_from, valid_before) with &&)
  where (superseded_at is null and version > 1);
--> statement-breakpoint
-- That a version is superseded never ends, so what is seen here cannot change before the commit.
create function refuse_version_beside_first() returns trigger language plpgsql as $$
begin
  if not exists (
    select from contract_version
    where insurer_id = new.insurer_id and contract_id = new.contract_id and version = 1 and superseded_at is not null) then
    raise exception 'a later version needs its contract''s first version superseded' using errcode = 'exclusion_violation';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger contract_version_first before insert on contract_version
  for each row when (new.version <> 1) execute function refuse_version_beside_first();
--> statement-breakpoint
create function refuse_rewritten_version() returns trigger language plpgsql as $$
begin
  raise exception 'a version is never overwritten: only the instant at which it was superseded is set, once'
    using errcode = 'restrict_violation';
end
$$;
--> statement-breakpoint
create trigger contract_version_final before update on contract_version
  for each row when (old.superseded_at is not null or new.superseded_at is null) execute function refuse_rewritten_version();
--> statement-breakpoint
revoke update on contract_version from infoss_gateway;
--> statement-breakpoint
grant update (superseded_at) on contract_version to infoss_gateway;
--> statement-breakpoint
-- Whether a delta's turn has come is the workers' to see.
grant select (sequence, held_reason, held_until) on submission to infoss_institute;
