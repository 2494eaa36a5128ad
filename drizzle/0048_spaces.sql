CREATE TABLE "space" (
	"insurer_id" integer PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"number_group" smallint NOT NULL,
	"business_days_ahead" integer DEFAULT 0 NOT NULL,
	"made_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	CONSTRAINT "space_number_group_range" CHECK ("space"."number_group" between 1 and 999),
	CONSTRAINT "space_removed_once_ended" CHECK ("space"."removed_at" is null or "space"."ended_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "space_account" (
	"account_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"contact" text,
	"key_thumbprint" "bytea" NOT NULL,
	"made_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "space_account_key_thumbprint" CHECK (octet_length("space_account"."key_thumbprint") = 32)
);
--> statement-breakpoint
ALTER TABLE "space" ADD CONSTRAINT "space_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "space" ADD CONSTRAINT "space_account_id_space_account_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."space_account"("account_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "space_account" ADD CONSTRAINT "space_account_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "space_number_group" ON "space" USING btree ("number_group") WHERE "space"."removed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "space_living" ON "space" USING btree ("account_id") WHERE "space"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "space_account_id" ON "space" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "space_account_client" ON "space_account" USING btree ("client_id");--> statement-breakpoint
CREATE UNIQUE INDEX "space_account_key" ON "space_account" USING btree ("key_thumbprint") WHERE "space_account"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "space_account_living" ON "space_account" USING btree ("expires_at") WHERE "space_account"."ended_at" is null;