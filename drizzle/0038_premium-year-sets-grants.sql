-- What premium years say is the institute's and no secret: every role reads it. Nothing is changed or taken away.
grant select, insert on premium_year_set, premium_year_version to infoss_institute;
--> statement-breakpoint
grant select on premium_year_set, premium_year_version to infoss_gateway;
