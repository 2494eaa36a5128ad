CREATE TABLE "evaluation_run" (
	"run_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"premium_year" integer NOT NULL,
	"rules_version" integer NOT NULL,
	"rules_fingerprint" text collate "C" NOT NULL,
	"cause" text NOT NULL,
	"started_by" text collate "C" NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"evaluated" integer,
	"moved" integer
);
--> statement-breakpoint
CREATE TABLE "contract_look" (
	"insurer_id" integer NOT NULL,
	"contract_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"looked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "contract_look_insurer_id_contract_id_version_pk" PRIMARY KEY("insurer_id","contract_id","version")
);
--> statement-breakpoint
CREATE TABLE "fact_file" (
	"file_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"sha256" "bytea" NOT NULL,
	"name" text NOT NULL,
	"byte_count" bigint NOT NULL,
	"loaded_at" timestamp with time zone NOT NULL,
	"loaded_by" text collate "C" NOT NULL,
	"business_date" date NOT NULL,
	"lines" integer NOT NULL,
	"accepted" integer NOT NULL,
	"rejected" integer NOT NULL,
	"findings" integer NOT NULL,
	"changed" integer NOT NULL,
	"persons" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fact_finding" (
	"file_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"line" integer NOT NULL,
	"code" text NOT NULL,
	"field" text,
	CONSTRAINT "fact_finding_file_id_number_pk" PRIMARY KEY("file_id","number")
);
--> statement-breakpoint
CREATE TABLE "person_change" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "person_number" ALTER COLUMN "profession" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "replaced_by" uuid;--> statement-breakpoint
ALTER TABLE "fact_finding" ADD CONSTRAINT "fact_finding_file_id_fact_file_file_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."fact_file"("file_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_change" ADD CONSTRAINT "person_change_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contract_look_at" ON "contract_look" USING btree ("looked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "fact_file_sha256" ON "fact_file" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "fact_file_loaded" ON "fact_file" USING btree ("loaded_at");