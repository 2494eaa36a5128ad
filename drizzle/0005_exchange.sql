CREATE TABLE "exchange_answer" (
	"insurer_id" integer NOT NULL,
	"answer_id" uuid DEFAULT uuidv7() NOT NULL,
	"account_name" text collate "C" NOT NULL,
	"code" text NOT NULL,
	"file_name" text collate "C" NOT NULL,
	"answered_name" text collate "C" NOT NULL,
	"submission_id" uuid,
	"byte_length" bigint NOT NULL,
	"report_due" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone,
	"fetched_at" timestamp with time zone,
	"noticed_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	CONSTRAINT "exchange_answer_insurer_id_answer_id_pk" PRIMARY KEY("insurer_id","answer_id"),
	CONSTRAINT "exchange_answer_code" CHECK ("exchange_answer"."code" in ('ACRF', 'NOTI', 'STAT', 'INVR'))
);
--> statement-breakpoint
CREATE TABLE "exchange_answer_content" (
	"insurer_id" integer NOT NULL,
	"answer_id" uuid NOT NULL,
	"chunk_number" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "exchange_answer_content_insurer_id_answer_id_chunk_number_pk" PRIMARY KEY("insurer_id","answer_id","chunk_number")
);
--> statement-breakpoint
CREATE TABLE "exchange_drop" (
	"account_name" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"state" text NOT NULL,
	"seen" jsonb NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"sha256" "bytea",
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone,
	"trouble" text,
	CONSTRAINT "exchange_drop_account_name_name_pk" PRIMARY KEY("account_name","name"),
	CONSTRAINT "exchange_drop_state" CHECK ("exchange_drop"."state" in ('waiting', 'settled', 'quarantined'))
);
--> statement-breakpoint
CREATE TABLE "sftp_account" (
	"account_name" text collate "C" PRIMARY KEY NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"signature_required" boolean NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sftp_account_name" CHECK ("sftp_account"."account_name" ~ '^[a-z0-9][a-z0-9-]{0,31}$')
);
--> statement-breakpoint
CREATE TABLE "client_signing_certificate" (
	"client_id" text collate "C" NOT NULL,
	"thumbprint" "bytea" NOT NULL,
	"certificate" "bytea" NOT NULL,
	"not_after" timestamp with time zone NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_signing_certificate_client_id_thumbprint_pk" PRIMARY KEY("client_id","thumbprint"),
	CONSTRAINT "client_signing_certificate_thumbprint" CHECK ("client_signing_certificate"."thumbprint" = sha256("client_signing_certificate"."certificate"))
);
--> statement-breakpoint
ALTER TABLE "exchange_answer" ADD CONSTRAINT "exchange_answer_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exchange_answer_content" ADD CONSTRAINT "exchange_answer_content_answer" FOREIGN KEY ("insurer_id","answer_id") REFERENCES "public"."exchange_answer"("insurer_id","answer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exchange_drop" ADD CONSTRAINT "exchange_drop_account_name_sftp_account_account_name_fk" FOREIGN KEY ("account_name") REFERENCES "public"."sftp_account"("account_name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sftp_account" ADD CONSTRAINT "sftp_account_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_signing_certificate" ADD CONSTRAINT "client_signing_certificate_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "exchange_answer_file_name" ON "exchange_answer" USING btree ("insurer_id","account_name","file_name");--> statement-breakpoint
CREATE UNIQUE INDEX "exchange_answer_subject" ON "exchange_answer" USING btree ("insurer_id","submission_id","account_name","answered_name","code") WHERE "exchange_answer"."submission_id" is not null;--> statement-breakpoint
CREATE INDEX "exchange_answer_open" ON "exchange_answer" USING btree ("insurer_id","account_name") WHERE "exchange_answer"."fetched_at" is null and "exchange_answer"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "exchange_answer_report_due" ON "exchange_answer" USING btree ("insurer_id","account_name") WHERE "exchange_answer"."report_due";--> statement-breakpoint
CREATE UNIQUE INDEX "sftp_account_client" ON "sftp_account" USING btree ("client_id");--> statement-breakpoint
CREATE UNIQUE INDEX "submission_file_name" ON "submission" USING btree ("insurer_id","file_name") WHERE "submission"."file_name" is not null and "submission"."state" not in ('refused', 'cancelled', 'tested');