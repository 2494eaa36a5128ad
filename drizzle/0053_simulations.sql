CREATE TABLE "simulation_order" (
	"insurer_id" integer NOT NULL,
	"order_id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"answer_code" text,
	"delay_seconds" integer,
	"ordered_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "simulation_order_insurer_id_order_id_pk" PRIMARY KEY("insurer_id","order_id"),
	CONSTRAINT "simulation_order_kind" CHECK ("simulation_order"."kind" in ('holdSubmission', 'loseAnswer', 'delayAnswer', 'doubleAnswer')),
	CONSTRAINT "simulation_order_answer_code" CHECK ("simulation_order"."answer_code" in ('ACRF', 'NOTI', 'STAT', 'INVR')),
	CONSTRAINT "simulation_order_delay" CHECK (("simulation_order"."kind" = 'delayAnswer') = ("simulation_order"."delay_seconds" is not null))
);
--> statement-breakpoint
ALTER TABLE "audit_event" DROP CONSTRAINT "audit_event_kind";--> statement-breakpoint
ALTER TABLE "social_advantage" ADD COLUMN "simulated" boolean DEFAULT is_simulation() NOT NULL;--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "simulated" boolean DEFAULT is_simulation() NOT NULL;--> statement-breakpoint
ALTER TABLE "exchange_answer" ADD COLUMN "simulated" boolean DEFAULT is_simulation() NOT NULL;--> statement-breakpoint
ALTER TABLE "exchange_answer" ADD COLUMN "not_before" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "exchange_answer" ADD COLUMN "is_doubled" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "remittance_advice" ADD COLUMN "simulated" boolean DEFAULT is_simulation() NOT NULL;--> statement-breakpoint
ALTER TABLE "register_change" ADD COLUMN "simulated" boolean DEFAULT is_simulation() NOT NULL;--> statement-breakpoint
ALTER TABLE "space" ADD COLUMN "followed_on" date;--> statement-breakpoint
ALTER TABLE "webhook_delivery" ADD COLUMN "simulated" boolean DEFAULT is_simulation() NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_subscription" ADD COLUMN "broken_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhook_subscription" ADD COLUMN "broken_fault" text;--> statement-breakpoint
ALTER TABLE "simulation_order" ADD CONSTRAINT "simulation_order_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "simulation_order_waiting" ON "simulation_order" USING btree ("insurer_id","kind") WHERE "simulation_order"."used_at" is null;--> statement-breakpoint
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_kind" CHECK ("audit_event"."kind" in ('login', 'denial', 'read', 'write', 'operatorAct', 'simulation'));--> statement-breakpoint
ALTER TABLE "webhook_subscription" ADD CONSTRAINT "webhook_subscription_broken" CHECK (("webhook_subscription"."broken_until" is null) = ("webhook_subscription"."broken_fault" is null) and "webhook_subscription"."broken_fault" in ('nameUnknown', 'addressRefused', 'connectionFailed', 'tlsFailed', 'timedOut', 'redirected', 'errorStatus', 'gone'));