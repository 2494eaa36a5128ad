-- Subscriptions, their secrets, orders and log are the insurer's. The institute's role sees what it takes to share the work
-- among processes and to end a subscription, never a secret, and nothing of an event but its place.
do $$
declare
  name text;
begin
  foreach name in array array['webhook_subscription', 'webhook_secret', 'webhook_order', 'webhook_delivery'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_rows on %I to infoss_gateway using (insurer_id = (select current_insurer_id())) with check (insurer_id = current_insurer_id())', name);
  end loop;
end
$$;
--> statement-breakpoint
grant select, insert, update, delete on webhook_subscription, webhook_secret, webhook_order to infoss_gateway;
--> statement-breakpoint
grant select, insert, delete on webhook_delivery to infoss_gateway;
--> statement-breakpoint
create policy sharing on webhook_subscription to infoss_institute using (true) with check (true);
--> statement-breakpoint
grant select, update (state, disabled_reason, is_slow, due_at, claim, claimed_until) on webhook_subscription to infoss_institute;
--> statement-breakpoint
create policy sharing on webhook_order for select to infoss_institute using (true);
--> statement-breakpoint
grant select (insurer_id, subscription_id, kind, ended_at) on webhook_order to infoss_institute;
--> statement-breakpoint
create policy sharing on event for select to infoss_institute using (true);
--> statement-breakpoint
grant select (insurer_id, position) on event to infoss_institute;
--> statement-breakpoint
create policy sharing on event_feed for select to infoss_institute using (true);
--> statement-breakpoint
grant select (insurer_id, last_position) on event_feed to infoss_institute;
