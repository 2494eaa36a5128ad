CREATE TABLE "connection_test" (
	"insurer_id" integer NOT NULL,
	"connection_test_id" uuid DEFAULT uuidv7() NOT NULL,
	"channel" text NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"submission_id" uuid,
	"seen" jsonb NOT NULL,
	"findings" jsonb NOT NULL,
	"is_passed" boolean NOT NULL,
	"tested_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "connection_test_insurer_id_connection_test_id_pk" PRIMARY KEY("insurer_id","connection_test_id"),
	CONSTRAINT "connection_test_channel" CHECK ("connection_test"."channel" in ('rest', 'sftp'))
);
--> statement-breakpoint
CREATE TABLE "readiness_admission" (
	"insurer_id" integer NOT NULL,
	"admission_id" uuid DEFAULT uuidv7() NOT NULL,
	"statement" text,
	"statement_id" uuid,
	"reason" text,
	"admitted_by" text collate "C" NOT NULL,
	"admitted_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "readiness_admission_insurer_id_admission_id_pk" PRIMARY KEY("insurer_id","admission_id"),
	CONSTRAINT "readiness_admission_why" CHECK (("readiness_admission"."statement" is null) <> ("readiness_admission"."reason" is null)),
	CONSTRAINT "readiness_admission_statement" CHECK (("readiness_admission"."statement" is null) = ("readiness_admission"."statement_id" is null))
);
--> statement-breakpoint
ALTER TABLE "connection_test" ADD CONSTRAINT "connection_test_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_admission" ADD CONSTRAINT "readiness_admission_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;