-- Operators decide on a delta that is held for what it would close or cancel; they see its numbers, never what it holds.
grant select (reference, mass_change, released_by) on submission to infoss_institute;
--> statement-breakpoint
grant update (held_reason, findings, ended_at, released_by) on submission to infoss_institute;
--> statement-breakpoint
-- Policies of one role add up: what never was held for a change cannot be refused by an operator.
create policy deciding on submission for update to infoss_institute using (state = 'held' and held_reason = 'massChange')
  with check (state in ('received', 'refused') and mass_change is not null);
--> statement-breakpoint
-- The insurer's own transaction finds that it changes too much, and tells the insurer; it gives no other notice.
create policy telling on notice for insert to infoss_gateway
  with check (insurer_id = (select current_insurer_id()) and kind = 'massChangeHeld');
--> statement-breakpoint
grant insert (insurer_id, kind, details, raised_at) on notice to infoss_gateway;
