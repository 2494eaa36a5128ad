ALTER TABLE "exchange_answer" ADD COLUMN "day" date NOT NULL;--> statement-breakpoint
ALTER TABLE "exchange_answer" ADD COLUMN "sequence" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "sftp_account" ADD COLUMN "language" text DEFAULT 'fr' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "exchange_answer_sequence" ON "exchange_answer" USING btree ("insurer_id","account_name","day","sequence");--> statement-breakpoint
ALTER TABLE "sftp_account" ADD CONSTRAINT "sftp_account_language" CHECK ("sftp_account"."language" in ('fr', 'nl', 'de', 'en'));