-- The index of whom events name takes in each event as it comes: an append that had to work off a list waited for all of it.
alter index audit_event_persons reset (gin_pending_list_limit);--> statement-breakpoint
alter index audit_event_persons set (fastupdate = off);--> statement-breakpoint
select gin_clean_pending_list('audit_event_persons');
