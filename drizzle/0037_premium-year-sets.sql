CREATE TABLE "premium_year_set" (
	"set_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "premium_year_set_set_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"sha256" "bytea" NOT NULL,
	"files" "bytea" NOT NULL,
	"reason" text,
	"loaded_by" text NOT NULL,
	"loaded_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "premium_year_set_sha256_length" CHECK (octet_length("premium_year_set"."sha256") = 32)
);
--> statement-breakpoint
CREATE TABLE "premium_year_version" (
	"premium_year" integer NOT NULL,
	"version" integer NOT NULL,
	"fingerprint" text collate "C" NOT NULL,
	"set_id" bigint NOT NULL,
	CONSTRAINT "premium_year_version_premium_year_version_pk" PRIMARY KEY("premium_year","version")
);
--> statement-breakpoint
ALTER TABLE "premium_year_version" ADD CONSTRAINT "premium_year_version_set_id_premium_year_set_set_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."premium_year_set"("set_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "premium_year_set_sha256" ON "premium_year_set" USING btree ("sha256");