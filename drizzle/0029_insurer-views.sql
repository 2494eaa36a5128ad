CREATE TABLE "advantage_projection" (
	"premium_year" integer PRIMARY KEY NOT NULL,
	"fingerprint" text collate "C",
	"rules_version" integer,
	"moment" text collate "C",
	"business_date" date,
	"projected_at" timestamp with time zone,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projected_portfolio" (
	"insurer_id" integer PRIMARY KEY NOT NULL,
	"contracts_recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "social_advantage" (
	"insurer_id" integer NOT NULL,
	"social_advantage_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"contract_id" uuid NOT NULL,
	"premium_year" integer NOT NULL,
	"state" text,
	"outcome" text,
	"amount_cents" integer,
	"paid_cents" integer,
	"paid_on" date,
	"next_step" text,
	"next_step_on" date,
	"reasons" text[] NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	CONSTRAINT "social_advantage_insurer_id_social_advantage_id_version_pk" PRIMARY KEY("insurer_id","social_advantage_id","version"),
	CONSTRAINT "social_advantage_state" CHECK ("social_advantage"."state" in ('open', 'evaluated', 'decided', 'toPay', 'paid', 'contested', 'recovery', 'supplement', 'settled', 'withdrawn')),
	CONSTRAINT "social_advantage_outcome" CHECK ("social_advantage"."outcome" in ('pending', 'payable', 'notPayable')),
	CONSTRAINT "social_advantage_shown" CHECK (("social_advantage"."state" is null) = ("social_advantage"."outcome" is null)),
	CONSTRAINT "social_advantage_paid" CHECK (("social_advantage"."paid_cents" is null) = ("social_advantage"."paid_on" is null)),
	CONSTRAINT "social_advantage_step" CHECK ("social_advantage"."next_step" in ('linking', 'evaluation', 'additions', 'decision', 'payment')),
	CONSTRAINT "social_advantage_step_on" CHECK (("social_advantage"."next_step" is null) = ("social_advantage"."next_step_on" is null)),
	CONSTRAINT "social_advantage_reasons" CHECK ("social_advantage"."reasons" <@ array['noContract', 'contractStartedTooLate', 'contractReceivedTooLate', 'notPayableOnThisContract', 'conditionsNotMet', 'amountNotPublished', 'underReview']),
	CONSTRAINT "social_advantage_superseded" CHECK ("social_advantage"."superseded_at" > "social_advantage"."recorded_at")
);
--> statement-breakpoint
ALTER TABLE "event" DROP CONSTRAINT "event_kind";--> statement-breakpoint
CREATE UNIQUE INDEX "social_advantage_current" ON "social_advantage" USING btree ("insurer_id","contract_id","premium_year") WHERE "social_advantage"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "social_advantage_year" ON "social_advantage" USING btree ("insurer_id","premium_year","social_advantage_id");--> statement-breakpoint
CREATE INDEX "social_advantage_recorded_at" ON "social_advantage" USING btree ("insurer_id","recorded_at");--> statement-breakpoint
ALTER TABLE "event" ADD CONSTRAINT "event_kind" CHECK ("event"."kind" in ('submissionHeld', 'submissionReleased', 'submissionQuarantined', 'submissionProcessed', 'submissionRefused', 'contractRechecked', 'socialAdvantageChanged', 'certificateExpires', 'keyExpires', 'signingCertificateExpires', 'answersExpire', 'webhookDisabled', 'paymentAnnounced', 'paymentExecuted', 'paymentReturned', 'ibanChanged'));