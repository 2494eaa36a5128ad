grant select, insert on fact_file, fact_finding to infoss_institute;
--> statement-breakpoint
grant select, insert, update, delete on person_change, contract_look to infoss_institute;
--> statement-breakpoint
grant select, insert, update on evaluation_run to infoss_institute;
--> statement-breakpoint
-- A provider names the contract chosen as its insurer does.
grant select (contract_number) on contract to infoss_institute;
