CREATE TABLE "contract" (
	"insurer_id" integer NOT NULL,
	"contract_id" uuid NOT NULL,
	"contract_number" text collate "C" NOT NULL,
	"inami_root" text collate "C" NOT NULL,
	"start_on" date NOT NULL,
	"cancelled_at" timestamp with time zone,
	CONSTRAINT "contract_insurer_id_contract_id_pk" PRIMARY KEY("insurer_id","contract_id")
);
--> statement-breakpoint
CREATE TABLE "contract_version" (
	"insurer_id" integer NOT NULL,
	"contract_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"valid_from" date NOT NULL,
	"valid_before" date,
	"recorded_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	"inami_number" text collate "C" NOT NULL,
	"contract_kind" text NOT NULL,
	"ssin" text collate "C",
	"solidarity" boolean NOT NULL,
	"language" text,
	"payment_reference" text collate "C",
	"end_on" date,
	"end_reason" text,
	"action" text NOT NULL,
	"submission_id" uuid NOT NULL,
	"record_number" integer NOT NULL,
	CONSTRAINT "contract_version_insurer_id_contract_id_version_pk" PRIMARY KEY("insurer_id","contract_id","version"),
	CONSTRAINT "contract_version_kind" CHECK ("contract_version"."contract_kind" in ('socialPlci', 'guaranteedIncome', 'deathCover', 'combined')),
	CONSTRAINT "contract_version_language" CHECK ("contract_version"."language" in ('fr', 'nl', 'de')),
	CONSTRAINT "contract_version_end_reason" CHECK ("contract_version"."end_reason" in ('terminated', 'transferred', 'death', 'paidOut', 'other')),
	CONSTRAINT "contract_version_end" CHECK (("contract_version"."end_on" is null) = ("contract_version"."end_reason" is null)),
	CONSTRAINT "contract_version_action" CHECK ("contract_version"."action" in ('new', 'modify', 'close', 'reopen', 'cancel'))
);
--> statement-breakpoint
CREATE TABLE "client_certificate" (
	"thumbprint" "bytea" PRIMARY KEY NOT NULL,
	"insurer_id" integer NOT NULL,
	"registered_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_certificate_thumbprint" CHECK (octet_length("client_certificate"."thumbprint") = 32)
);
--> statement-breakpoint
CREATE TABLE "insurer" (
	"insurer_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "insurer_insurer_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"enterprise_number" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"phase" text NOT NULL,
	"initial_load_completed_at" timestamp with time zone,
	CONSTRAINT "insurer_enterprise_number" UNIQUE("enterprise_number"),
	CONSTRAINT "insurer_phase" CHECK ("insurer"."phase" in ('access', 'loading', 'live', 'suspended'))
);
--> statement-breakpoint
CREATE TABLE "quiet_result_block" (
	"insurer_id" integer NOT NULL,
	"submission_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"block_number" integer NOT NULL,
	"record_count" integer NOT NULL,
	"record_numbers" "int4"[] NOT NULL,
	"sender_references" text[] NOT NULL,
	CONSTRAINT "quiet_result_block_pk" PRIMARY KEY("insurer_id","submission_id","block_number","outcome"),
	CONSTRAINT "quiet_result_block_outcome" CHECK ("quiet_result_block"."outcome" in ('accepted', 'acceptedWithWarnings', 'unchanged', 'rejected'))
);
--> statement-breakpoint
CREATE TABLE "record_result" (
	"insurer_id" integer NOT NULL,
	"submission_id" uuid NOT NULL,
	"record_number" integer NOT NULL,
	"sender_reference" text,
	"outcome" text NOT NULL,
	"findings" jsonb NOT NULL,
	"byte_offset" bigint NOT NULL,
	"byte_length" integer NOT NULL,
	CONSTRAINT "record_result_insurer_id_submission_id_record_number_pk" PRIMARY KEY("insurer_id","submission_id","record_number"),
	CONSTRAINT "record_result_outcome" CHECK ("record_result"."outcome" in ('accepted', 'acceptedWithWarnings', 'unchanged', 'rejected'))
);
--> statement-breakpoint
CREATE TABLE "submission" (
	"insurer_id" integer NOT NULL,
	"submission_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"state" text NOT NULL,
	"reference" text collate "C",
	"environment" text,
	"kind" text,
	"header" jsonb,
	"byte_length" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"records_sha256" "bytea",
	"bytes_read" bigint DEFAULT 0 NOT NULL,
	"records_read" integer DEFAULT 0 NOT NULL,
	"accepted_count" integer,
	"accepted_with_warnings_count" integer,
	"unchanged_count" integer,
	"rejected_count" integer,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"receipt_jws" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone,
	"received_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "submission_insurer_id_submission_id_pk" PRIMARY KEY("insurer_id","submission_id"),
	CONSTRAINT "submission_channel" CHECK ("submission"."channel" in ('rest', 'sftp')),
	CONSTRAINT "submission_state" CHECK ("submission"."state" in ('received', 'processing', 'processed', 'held', 'refused', 'quarantined', 'cancelled', 'tested')),
	CONSTRAINT "submission_environment" CHECK ("submission"."environment" in ('R', 'S', 'T')),
	CONSTRAINT "submission_kind" CHECK ("submission"."kind" in ('initialLoad', 'delta', 'inamiVerification')),
	CONSTRAINT "submission_counts" CHECK ("submission"."state" <> 'processed' or ("submission"."records_read" = "submission"."accepted_count" + "submission"."accepted_with_warnings_count" + "submission"."unchanged_count" + "submission"."rejected_count") is true)
);
--> statement-breakpoint
CREATE TABLE "submission_payload" (
	"insurer_id" integer NOT NULL,
	"submission_id" uuid NOT NULL,
	"chunk_number" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "submission_payload_insurer_id_submission_id_chunk_number_pk" PRIMARY KEY("insurer_id","submission_id","chunk_number")
);
--> statement-breakpoint
CREATE TABLE "competence_code" (
	"profession_digit" text collate "C" NOT NULL,
	"code" text collate "C" NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"label" text NOT NULL,
	CONSTRAINT "competence_code_profession_digit_code_valid_from_pk" PRIMARY KEY("profession_digit","code","valid_from")
);
--> statement-breakpoint
CREATE TABLE "provider" (
	"inami_root" text collate "C" PRIMARY KEY NOT NULL,
	"inami_number" text collate "C" NOT NULL,
	"ssin" text collate "C" NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"replaced_by_root" text collate "C",
	"deceased_on" date
);
--> statement-breakpoint
ALTER TABLE "client_certificate" ADD CONSTRAINT "client_certificate_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quiet_result_block" ADD CONSTRAINT "quiet_result_block_submission" FOREIGN KEY ("insurer_id","submission_id") REFERENCES "public"."submission"("insurer_id","submission_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_result" ADD CONSTRAINT "record_result_submission" FOREIGN KEY ("insurer_id","submission_id") REFERENCES "public"."submission"("insurer_id","submission_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submission" ADD CONSTRAINT "submission_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "contract_key" ON "contract" USING btree ("insurer_id","contract_number","inami_root") WHERE "contract"."cancelled_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "submission_reference" ON "submission" USING btree ("insurer_id","environment","reference") WHERE "submission"."state" not in ('refused', 'cancelled', 'tested');--> statement-breakpoint
CREATE INDEX "submission_waiting" ON "submission" USING btree ("received_at") WHERE "submission"."state" in ('received', 'processing');--> statement-breakpoint
CREATE INDEX "submission_records_sha256" ON "submission" USING btree ("insurer_id","records_sha256") WHERE "submission"."records_sha256" is not null;