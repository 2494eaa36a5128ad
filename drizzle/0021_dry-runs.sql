CREATE TABLE "dry_run_row" (
	"insurer_id" integer NOT NULL,
	"submission_id" uuid NOT NULL,
	"row_number" integer NOT NULL,
	"effect" text NOT NULL,
	"record_number" integer,
	"sender_reference" text,
	"contract_id" uuid,
	CONSTRAINT "dry_run_row_insurer_id_submission_id_row_number_pk" PRIMARY KEY("insurer_id","submission_id","row_number"),
	CONSTRAINT "dry_run_row_effect" CHECK ("dry_run_row"."effect" in ('new', 'changed', 'closed', 'unchanged', 'rejected', 'same', 'missing'))
);
--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "dry_run" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "dry_run_counts" jsonb;--> statement-breakpoint
ALTER TABLE "dry_run_row" ADD CONSTRAINT "dry_run_row_submission" FOREIGN KEY ("insurer_id","submission_id") REFERENCES "public"."submission"("insurer_id","submission_id") ON DELETE no action ON UPDATE no action;