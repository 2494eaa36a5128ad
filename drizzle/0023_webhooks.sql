CREATE TABLE "webhook_delivery" (
	"insurer_id" integer NOT NULL,
	"subscription_id" uuid NOT NULL,
	"delivery_id" uuid DEFAULT uuidv7() NOT NULL,
	"cause" text NOT NULL,
	"event_id" uuid,
	"position" bigint,
	"attempt" integer NOT NULL,
	"outcome" text NOT NULL,
	"status" integer,
	"fault" text,
	"duration_ms" integer NOT NULL,
	"attempted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_delivery_insurer_id_subscription_id_delivery_id_pk" PRIMARY KEY("insurer_id","subscription_id","delivery_id"),
	CONSTRAINT "webhook_delivery_cause" CHECK ("webhook_delivery"."cause" in ('event', 'replay', 'ping')),
	CONSTRAINT "webhook_delivery_outcome" CHECK ("webhook_delivery"."outcome" in ('delivered', 'failed')),
	CONSTRAINT "webhook_delivery_fault" CHECK ("webhook_delivery"."fault" in ('nameUnknown', 'addressRefused', 'connectionFailed', 'tlsFailed', 'timedOut', 'redirected', 'errorStatus', 'gone')),
	CONSTRAINT "webhook_delivery_failed" CHECK (("webhook_delivery"."outcome" = 'failed') = ("webhook_delivery"."fault" is not null))
);
--> statement-breakpoint
CREATE TABLE "webhook_order" (
	"insurer_id" integer NOT NULL,
	"subscription_id" uuid NOT NULL,
	"order_id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"position" bigint,
	"last_position" bigint,
	"ordered_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "webhook_order_insurer_id_subscription_id_order_id_pk" PRIMARY KEY("insurer_id","subscription_id","order_id"),
	CONSTRAINT "webhook_order_kind" CHECK ("webhook_order"."kind" in ('ping', 'replay')),
	CONSTRAINT "webhook_order_range" CHECK (("webhook_order"."kind" = 'replay') = ("webhook_order"."position" is not null and "webhook_order"."last_position" is not null))
);
--> statement-breakpoint
CREATE TABLE "webhook_secret" (
	"insurer_id" integer NOT NULL,
	"subscription_id" uuid NOT NULL,
	"secret_id" uuid DEFAULT uuidv7() NOT NULL,
	"sealed" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	CONSTRAINT "webhook_secret_insurer_id_subscription_id_secret_id_pk" PRIMARY KEY("insurer_id","subscription_id","secret_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_subscription" (
	"insurer_id" integer NOT NULL,
	"subscription_id" uuid DEFAULT uuidv7() NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"url" text NOT NULL,
	"event_kinds" text[],
	"description" text,
	"state" text DEFAULT 'active' NOT NULL,
	"disabled_reason" text,
	"position" bigint NOT NULL,
	"missed_position" bigint DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp with time zone,
	"last_fault" text,
	"last_delivered_at" timestamp with time zone,
	"is_slow" boolean DEFAULT false NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"claim" uuid,
	"claimed_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_subscription_insurer_id_subscription_id_pk" PRIMARY KEY("insurer_id","subscription_id"),
	CONSTRAINT "webhook_subscription_state" CHECK ("webhook_subscription"."state" in ('active', 'paused', 'disabled')),
	CONSTRAINT "webhook_subscription_disabled" CHECK (("webhook_subscription"."state" = 'disabled') = ("webhook_subscription"."disabled_reason" is not null) and "webhook_subscription"."disabled_reason" in ('failing', 'gone', 'clientNotGranted')),
	CONSTRAINT "webhook_subscription_fault" CHECK ("webhook_subscription"."last_fault" in ('nameUnknown', 'addressRefused', 'connectionFailed', 'tlsFailed', 'timedOut', 'redirected', 'errorStatus', 'gone'))
);
--> statement-breakpoint
ALTER TABLE "event" DROP CONSTRAINT "event_kind";--> statement-breakpoint
ALTER TABLE "notice" DROP CONSTRAINT "notice_kind";--> statement-breakpoint
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_subscription" FOREIGN KEY ("insurer_id","subscription_id") REFERENCES "public"."webhook_subscription"("insurer_id","subscription_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_order" ADD CONSTRAINT "webhook_order_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_order" ADD CONSTRAINT "webhook_order_subscription" FOREIGN KEY ("insurer_id","subscription_id") REFERENCES "public"."webhook_subscription"("insurer_id","subscription_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_secret" ADD CONSTRAINT "webhook_secret_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_secret" ADD CONSTRAINT "webhook_secret_subscription" FOREIGN KEY ("insurer_id","subscription_id") REFERENCES "public"."webhook_subscription"("insurer_id","subscription_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_subscription" ADD CONSTRAINT "webhook_subscription_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_subscription" ADD CONSTRAINT "webhook_subscription_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_order_waiting" ON "webhook_order" USING btree ("insurer_id","subscription_id") WHERE "webhook_order"."ended_at" is null;--> statement-breakpoint
ALTER TABLE "event" ADD CONSTRAINT "event_kind" CHECK ("event"."kind" in ('submissionHeld', 'submissionReleased', 'submissionQuarantined', 'submissionProcessed', 'submissionRefused', 'contractRechecked', 'certificateExpires', 'keyExpires', 'signingCertificateExpires', 'answersExpire', 'webhookDisabled'));--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_kind" CHECK ("notice"."kind" in ('certificateExpires', 'keyExpires', 'signingCertificateExpires', 'answersExpire', 'webhookDisabled'));