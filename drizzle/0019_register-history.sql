CREATE TABLE "provider_version" (
	"inami_root" text collate "C" NOT NULL,
	"version" integer NOT NULL,
	"change_id" uuid,
	"recorded_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	"inami_number" text collate "C" NOT NULL,
	"ssin" text collate "C" NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"replaced_by_root" text collate "C",
	"deceased_on" date,
	CONSTRAINT "provider_version_inami_root_version_pk" PRIMARY KEY("inami_root","version"),
	CONSTRAINT "provider_version_recorded" CHECK ("provider_version"."superseded_at" >= "provider_version"."recorded_at")
);
--> statement-breakpoint
CREATE TABLE "register_change" (
	"change_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "register_recheck" (
	"insurer_id" integer NOT NULL,
	"change_id" uuid NOT NULL,
	"rechecked_at" timestamp with time zone,
	CONSTRAINT "register_recheck_insurer_id_change_id_pk" PRIMARY KEY("insurer_id","change_id")
);
--> statement-breakpoint
ALTER TABLE "provider_version" ADD CONSTRAINT "provider_version_change_id_register_change_change_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."register_change"("change_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_recheck" ADD CONSTRAINT "register_recheck_change_id_register_change_change_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."register_change"("change_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "provider_version_known" ON "provider_version" USING btree ("inami_root") WHERE "provider_version"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "provider_version_change" ON "provider_version" USING btree ("change_id","inami_root") WHERE "provider_version"."version" > 1;--> statement-breakpoint
CREATE INDEX "register_recheck_waiting" ON "register_recheck" USING btree ("insurer_id","change_id") WHERE "register_recheck"."rechecked_at" is null;