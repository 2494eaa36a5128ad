CREATE TABLE "audit_event" (
	"event_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"chain_id" integer NOT NULL,
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"kind" text NOT NULL,
	"client_id" text,
	"token_sha256" "bytea",
	"method" text NOT NULL,
	"route" text NOT NULL,
	"status" integer NOT NULL,
	"request_sha256" "bytea",
	"response_sha256" "bytea",
	"trace_id" text,
	"related_trace_id" text,
	"persons" "bytea"[],
	CONSTRAINT "audit_event_kind" CHECK ("audit_event"."kind" in ('login', 'denial', 'read', 'write', 'operatorAct'))
);
--> statement-breakpoint
CREATE TABLE "audit_seal" (
	"chain_id" integer NOT NULL,
	"seal_number" bigint NOT NULL,
	"sealed_at" timestamp with time zone NOT NULL,
	"sealed_below" "xid8" NOT NULL,
	"event_count" integer NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"signature" text NOT NULL,
	CONSTRAINT "audit_seal_chain_id_seal_number_pk" PRIMARY KEY("chain_id","seal_number")
);
--> statement-breakpoint
CREATE TABLE "audit_sealed_event" (
	"chain_id" integer NOT NULL,
	"seal_number" bigint NOT NULL,
	"place" integer NOT NULL,
	"event_id" uuid NOT NULL,
	"event_hash" "bytea" NOT NULL,
	CONSTRAINT "audit_sealed_event_chain_id_seal_number_place_pk" PRIMARY KEY("chain_id","seal_number","place")
);
--> statement-breakpoint
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
CREATE TABLE "authorization_artifact" (
	"model" text NOT NULL,
	"id" text NOT NULL,
	"payload" jsonb NOT NULL,
	"expires_at" timestamp with time zone,
	"consumed_at" timestamp with time zone,
	CONSTRAINT "authorization_artifact_model_id_pk" PRIMARY KEY("model","id")
);
--> statement-breakpoint
CREATE TABLE "client" (
	"client_id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_kind" CHECK ("client"."kind" in ('insurer', 'serviceProvider', 'operator'))
);
--> statement-breakpoint
CREATE TABLE "client_certificate" (
	"thumbprint" "bytea" PRIMARY KEY NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"not_after" timestamp with time zone NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_certificate_thumbprint" CHECK (octet_length("client_certificate"."thumbprint") = 32)
);
--> statement-breakpoint
CREATE TABLE "client_grant" (
	"client_id" text collate "C" NOT NULL,
	"insurer_id" integer NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"granted_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_grant_client_id_insurer_id_valid_from_pk" PRIMARY KEY("client_id","insurer_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "client_key" (
	"client_id" text collate "C" NOT NULL,
	"kid" text NOT NULL,
	"jwk" jsonb NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_key_client_id_kid_pk" PRIMARY KEY("client_id","kid")
);
--> statement-breakpoint
CREATE TABLE "client_ssh_key" (
	"client_id" text collate "C" NOT NULL,
	"fingerprint" text NOT NULL,
	"public_key" text NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_ssh_key_client_id_fingerprint_pk" PRIMARY KEY("client_id","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "failed_authentication" (
	"subject" text PRIMARY KEY NOT NULL,
	"failures" double precision NOT NULL,
	"last_failed_at" timestamp with time zone NOT NULL,
	"banned_until" timestamp with time zone
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
CREATE TABLE "insurer_contact" (
	"insurer_id" integer NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"language" text NOT NULL,
	CONSTRAINT "insurer_contact_insurer_id_email_pk" PRIMARY KEY("insurer_id","email"),
	CONSTRAINT "insurer_contact_language" CHECK ("insurer_contact"."language" in ('fr', 'nl', 'de'))
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
CREATE TABLE "alarm" (
	"alarm_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"insurer_id" integer,
	"details" jsonb NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"last_raised_at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" text
);
--> statement-breakpoint
CREATE TABLE "expiry_warning" (
	"kind" text NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"subject" text NOT NULL,
	"days_before" integer NOT NULL,
	"warned_at" timestamp with time zone NOT NULL,
	CONSTRAINT "expiry_warning_kind_client_id_subject_days_before_pk" PRIMARY KEY("kind","client_id","subject","days_before")
);
--> statement-breakpoint
CREATE TABLE "notice" (
	"insurer_id" integer NOT NULL,
	"notice_id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"details" jsonb NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_insurer_id_notice_id_pk" PRIMARY KEY("insurer_id","notice_id"),
	CONSTRAINT "notice_kind" CHECK ("notice"."kind" in ('certificateExpires', 'keyExpires'))
);
--> statement-breakpoint
CREATE TABLE "operator_act" (
	"act_id" uuid PRIMARY KEY NOT NULL,
	"chain_id" integer NOT NULL,
	"transaction_id" "xid8" NOT NULL,
	"performed_at" timestamp with time zone NOT NULL,
	"document" text NOT NULL
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
ALTER TABLE "client_certificate" ADD CONSTRAINT "client_certificate_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_grant" ADD CONSTRAINT "client_grant_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_grant" ADD CONSTRAINT "client_grant_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_key" ADD CONSTRAINT "client_key_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_ssh_key" ADD CONSTRAINT "client_ssh_key_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insurer_contact" ADD CONSTRAINT "insurer_contact_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quiet_result_block" ADD CONSTRAINT "quiet_result_block_submission" FOREIGN KEY ("insurer_id","submission_id") REFERENCES "public"."submission"("insurer_id","submission_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_result" ADD CONSTRAINT "record_result_submission" FOREIGN KEY ("insurer_id","submission_id") REFERENCES "public"."submission"("insurer_id","submission_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submission" ADD CONSTRAINT "submission_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expiry_warning" ADD CONSTRAINT "expiry_warning_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_event_chain" ON "audit_event" USING btree ("chain_id","transaction_id","event_id");--> statement-breakpoint
CREATE INDEX "audit_event_persons" ON "audit_event" USING gin ("persons") WHERE "audit_event"."persons" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_sealed_event_id" ON "audit_sealed_event" USING btree ("event_id");--> statement-breakpoint
CREATE UNIQUE INDEX "contract_key" ON "contract" USING btree ("insurer_id","contract_number","inami_root") WHERE "contract"."cancelled_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "submission_reference" ON "submission" USING btree ("insurer_id","environment","reference") WHERE "submission"."state" not in ('refused', 'cancelled', 'tested');--> statement-breakpoint
CREATE INDEX "submission_waiting" ON "submission" USING btree ("received_at") WHERE "submission"."state" in ('received', 'processing');--> statement-breakpoint
CREATE INDEX "submission_records_sha256" ON "submission" USING btree ("insurer_id","records_sha256") WHERE "submission"."records_sha256" is not null;--> statement-breakpoint
CREATE INDEX "alarm_open" ON "alarm" USING btree ("raised_at") WHERE "alarm"."acknowledged_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "alarm_same" ON "alarm" USING btree ("code",coalesce("insurer_id", 0),md5("details"::text)) WHERE "alarm"."acknowledged_at" is null;