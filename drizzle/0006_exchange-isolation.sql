-- Answers are an insurer's own data, as its submissions are.
do $$
declare
  name text;
begin
  foreach name in array array['exchange_answer', 'exchange_answer_content'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_rows on %I to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id())', name);
    execute format('grant select, insert, update on %I to infoss_gateway', name);
  end loop;
end
$$;
--> statement-breakpoint
grant select on sftp_account, client_signing_certificate to infoss_gateway;
--> statement-breakpoint
grant select, insert, update on sftp_account, client_signing_certificate to infoss_institute;
--> statement-breakpoint
-- Names that have left IN are forgotten; what became of the files is in the answers.
grant select, insert, update, delete on exchange_drop to infoss_gateway;
--> statement-breakpoint
-- Operators hand on what was set aside, and have answers written to OUT again. They see names, never what is inside.
grant select, update (state, attempts, retry_at) on exchange_drop to infoss_institute;
--> statement-breakpoint
create policy overseeing on exchange_answer to infoss_institute using (true) with check (true);
--> statement-breakpoint
grant select, update (published_at, fetched_at, noticed_at, removed_at) on exchange_answer to infoss_institute;
