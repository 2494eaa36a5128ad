CREATE TABLE "evaluated_portfolio" (
	"insurer_id" integer PRIMARY KEY NOT NULL,
	"contracts_recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
DROP TABLE "contract_look" CASCADE;