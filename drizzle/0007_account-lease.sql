-- Unlogged: written at each round, and worth nothing after a crash.
CREATE UNLOGGED TABLE "sftp_account_lease" (
	"account_name" text collate "C" PRIMARY KEY NOT NULL,
	"claim" uuid,
	"claimed_until" timestamp with time zone,
	"due_at" timestamp with time zone NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_fault" text,
	"failing_since" timestamp with time zone,
	"is_slow" boolean DEFAULT false NOT NULL,
	"last_contact_at" timestamp with time zone,
	"oldest_file_at" timestamp with time zone
) WITH (fillfactor = 50);
--> statement-breakpoint
grant select, insert, update on sftp_account_lease to infoss_gateway;
