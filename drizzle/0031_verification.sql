CREATE TABLE "verification" (
	"insurer_id" integer NOT NULL,
	"submission_id" uuid NOT NULL,
	"form" text NOT NULL,
	"checked_on" date NOT NULL,
	"purpose_required" boolean NOT NULL,
	"asked_count" integer NOT NULL,
	"valid_count" integer NOT NULL,
	"replaced_count" integer NOT NULL,
	"not_valid_on_count" integer NOT NULL,
	"unknown_count" integer NOT NULL,
	"malformed_count" integer NOT NULL,
	CONSTRAINT "verification_insurer_id_submission_id_pk" PRIMARY KEY("insurer_id","submission_id"),
	CONSTRAINT "verification_form" CHECK ("verification"."form" in ('text', 'json', 'workbook'))
);
--> statement-breakpoint
CREATE TABLE "verification_row" (
	"insurer_id" integer NOT NULL,
	"submission_id" uuid NOT NULL,
	"row_number" integer NOT NULL,
	"number" text collate "C" NOT NULL,
	"contract_number" text collate "C",
	"answer" text NOT NULL,
	"fault" text,
	"inami_numbers" text[],
	"replaced_by" text collate "C",
	"not_valid_on" date,
	CONSTRAINT "verification_row_insurer_id_submission_id_row_number_pk" PRIMARY KEY("insurer_id","submission_id","row_number"),
	CONSTRAINT "verification_row_answer" CHECK ("verification_row"."answer" in ('valid', 'replaced', 'notValidOn', 'unknown', 'malformed')),
	CONSTRAINT "verification_row_fault" CHECK (("verification_row"."answer" = 'malformed') = ("verification_row"."fault" is not null))
);
--> statement-breakpoint
CREATE INDEX "verification_day" ON "verification" USING btree ("insurer_id","checked_on");--> statement-breakpoint
CREATE INDEX "provider_ssin" ON "provider" USING btree ("ssin");--> statement-breakpoint
CREATE INDEX "provider_version_bis" ON "provider_version" USING btree ("ssin") WHERE substr("provider_version"."ssin", 3, 2) > '12';