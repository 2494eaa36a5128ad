-- The gateway runs as infoss_gateway, operators' acts as infoss_institute, the sealing of the audit trail as
-- infoss_auditor. None of them owns anything. A database administrator may have made them before.
do $$
declare
  name text;
begin
  foreach name in array array['infoss_gateway', 'infoss_institute', 'infoss_auditor'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception when duplicate_object or unique_violation then null; -- another database of the server just made it
      end;
    end if;
    if not pg_has_role(current_user, name, 'member') then
      execute format('grant %I to current_user', name);
    end if;
  end loop;
end
$$;
--> statement-breakpoint
revoke create on schema public from public;
--> statement-breakpoint
grant usage on schema public to infoss_gateway, infoss_institute, infoss_auditor;
--> statement-breakpoint
-- The insurer whose transaction this is; no insurer, no rows.
create function current_insurer_id() returns integer language sql stable parallel safe
  return nullif(current_setting('infoss.insurer_id', true), '')::integer;
--> statement-breakpoint
-- Every table with insurer_id that holds an insurer's own data. A new one is added here by a migration of its own;
-- test/database/tenant-isolation.test.ts finds the one that was forgotten.
do $$
declare
  name text;
begin
  foreach name in array array['submission', 'submission_payload', 'record_result', 'quiet_result_block', 'contract', 'contract_version'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_rows on %I to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id())', name);
    execute format('grant select, insert, update on %I to infoss_gateway', name);
  end loop;
end
$$;
--> statement-breakpoint
-- A repeated transfer takes its second copy back; nothing else is ever deleted.
grant delete on submission_payload to infoss_gateway;
--> statement-breakpoint
-- Workers look for work across insurers: they see that something waits, never what it is.
create policy waiting on submission for select to infoss_institute using (true);
--> statement-breakpoint
grant select (insurer_id, submission_id, state, kind, attempts, received_at, retry_at) on submission to infoss_institute;
--> statement-breakpoint
grant select, update on insurer to infoss_gateway;
--> statement-breakpoint
grant select on client, client_key, client_certificate, client_ssh_key, client_grant, provider, competence_code to infoss_gateway;
--> statement-breakpoint
grant select, insert, update, delete on authorization_artifact, failed_authentication to infoss_gateway;
--> statement-breakpoint
grant insert on alarm to infoss_gateway;
--> statement-breakpoint
grant select, insert, update on insurer, insurer_contact, client, client_key, client_certificate, client_ssh_key, client_grant, alarm, provider, competence_code to infoss_institute;
--> statement-breakpoint
grant delete on insurer_contact to infoss_institute;
--> statement-breakpoint
-- What the database gives a row itself (number, instant, transaction) nobody else can choose.
grant insert (chain_id, kind, client_id, token_sha256, method, route, status, request_sha256, response_sha256, trace_id, related_trace_id, persons)
  on audit_event to infoss_gateway, infoss_institute;
--> statement-breakpoint
grant select on audit_event, audit_seal, audit_sealed_event to infoss_auditor;
--> statement-breakpoint
grant insert on audit_seal, audit_sealed_event to infoss_auditor;
--> statement-breakpoint
-- Notices are the insurer's to read and the institute's to give.
alter table notice enable row level security;
--> statement-breakpoint
alter table notice force row level security;
--> statement-breakpoint
create policy own_rows on notice for select to infoss_gateway using (insurer_id = (select current_insurer_id()));
--> statement-breakpoint
grant select on notice to infoss_gateway;
--> statement-breakpoint
create policy giving on notice for insert to infoss_institute with check (true);
--> statement-breakpoint
grant insert on notice, expiry_warning, operator_act to infoss_institute;
--> statement-breakpoint
grant select on operator_act to infoss_auditor;
--> statement-breakpoint
-- Operators hand a quarantined submission to the workers again, and change nothing else of it.
create policy replaying on submission for update to infoss_institute using (state = 'quarantined') with check (state = 'received');
--> statement-breakpoint
grant update (state, attempts, retry_at) on submission to infoss_institute;
