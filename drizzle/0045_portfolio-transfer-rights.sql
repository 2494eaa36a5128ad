-- Which contract became which is the institute's to know; insurers see their own contracts alone.
grant select, insert on portfolio_transfer, transferred_contract to infoss_institute;
--> statement-breakpoint
grant select (transferred_on) on contract to infoss_institute;
