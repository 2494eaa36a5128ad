CREATE TABLE "evaluation_block" (
	"block_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "evaluation_block_block_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"rules_id" integer NOT NULL,
	"business_date" date NOT NULL,
	"evaluated_at" timestamp with time zone NOT NULL,
	"inputs" "bytea" NOT NULL,
	"digests" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "evaluation_rules" (
	"rules_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "evaluation_rules_rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"sha256" "bytea" NOT NULL,
	"premium_year" integer NOT NULL,
	"rules_version" integer NOT NULL,
	"rules_fingerprint" text collate "C" NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "dossier" DROP CONSTRAINT "dossier_outcome_known";--> statement-breakpoint
ALTER TABLE "dossier" DROP CONSTRAINT "dossier_contested";--> statement-breakpoint
ALTER TABLE "dossier" DROP CONSTRAINT "dossier_evaluated";--> statement-breakpoint
ALTER TABLE "dossier" DROP CONSTRAINT "dossier_link";--> statement-breakpoint
ALTER TABLE "dossier_event" DROP CONSTRAINT "dossier_event_person_id_premium_year_dossier_person_id_premium_year_fk";
--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "from_state" text;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "contested_on" date;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "decided_on" date;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "contest_until" date;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "is_awaiting" boolean;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "profession" text;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "level" text;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "months" smallint;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "link_kind" text;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "reasons" text[];--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "evaluation_block" bigint;--> statement-breakpoint
ALTER TABLE "dossier" ADD COLUMN "evaluation_place" smallint;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "is_awaiting" boolean;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "profession" text;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "level" text;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "months" smallint;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "amount_cents" integer;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "link_kind" text;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "linked_insurer_id" integer;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "linked_contract_id" uuid;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "reasons" text[];--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "evaluation_block" bigint;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD COLUMN "evaluation_place" smallint;--> statement-breakpoint
ALTER TABLE "evaluation_block" ADD CONSTRAINT "evaluation_block_rules_id_evaluation_rules_rules_id_fk" FOREIGN KEY ("rules_id") REFERENCES "public"."evaluation_rules"("rules_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "evaluation_rules_sha256" ON "evaluation_rules" USING btree ("sha256");--> statement-breakpoint
ALTER TABLE "dossier" DROP COLUMN "evaluation";--> statement-breakpoint
ALTER TABLE "dossier" DROP COLUMN "input";--> statement-breakpoint
ALTER TABLE "dossier_event" DROP COLUMN "evaluation";--> statement-breakpoint
ALTER TABLE "dossier_event" DROP COLUMN "input";--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_link_kind" CHECK ("dossier"."link_kind" in ('automatic', 'chosen'));--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_decision" CHECK (("dossier"."decided_on" is null) = ("dossier"."contest_until" is null));--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_decided" CHECK (("dossier"."state" in ('open', 'evaluated', 'withdrawn')) = ("dossier"."decided_on" is null));--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_conclusion" CHECK (num_nulls("dossier"."outcome", "dossier"."is_awaiting", "dossier"."reasons", "dossier"."evaluation_block", "dossier"."evaluation_place") in (0, 5));--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_no_wait" CHECK ("dossier"."state" not in ('decided', 'toPay') or not "dossier"."is_awaiting");--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_contested" CHECK (("dossier"."state" = 'contested') = ("dossier"."contested_from" is not null) and ("dossier"."state" = 'contested') = ("dossier"."contested_on" is not null));--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_evaluated" CHECK ("dossier"."state" in ('open', 'withdrawn') or "dossier"."outcome" is not null);--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_link" CHECK (num_nulls("dossier"."link_kind", "dossier"."linked_insurer_id", "dossier"."linked_contract_id") in (0, 3));