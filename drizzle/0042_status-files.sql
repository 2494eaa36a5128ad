CREATE TABLE "status_file" (
	"insurer_id" integer NOT NULL,
	"account_name" text collate "C" NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"known_at" timestamp with time zone,
	"answer_id" uuid,
	CONSTRAINT "status_file_insurer_id_account_name_day_kind_pk" PRIMARY KEY("insurer_id","account_name","day","kind"),
	CONSTRAINT "status_file_kind" CHECK ("status_file"."kind" in ('changes', 'snapshot'))
);
--> statement-breakpoint
ALTER TABLE "status_file" ADD CONSTRAINT "status_file_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "status_file_due" ON "status_file" USING btree ("insurer_id","account_name") WHERE "status_file"."known_at" is null;