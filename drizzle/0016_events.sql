CREATE TABLE "event" (
	"insurer_id" integer NOT NULL,
	"event_id" uuid DEFAULT uuidv7() NOT NULL,
	"position" bigint,
	"kind" text NOT NULL,
	"details" jsonb NOT NULL,
	"occurred_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "event_insurer_id_event_id_pk" PRIMARY KEY("insurer_id","event_id"),
	CONSTRAINT "event_kind" CHECK ("event"."kind" in ('submissionHeld', 'submissionReleased', 'submissionQuarantined', 'submissionProcessed', 'submissionRefused', 'contractRechecked', 'certificateExpires', 'keyExpires', 'answersExpire'))
);
--> statement-breakpoint
CREATE TABLE "event_feed" (
	"insurer_id" integer NOT NULL,
	"last_position" bigint DEFAULT 0 NOT NULL,
	"removed_position" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "event_feed_insurer_id_pk" PRIMARY KEY("insurer_id"),
	CONSTRAINT "event_feed_removed" CHECK ("event_feed"."removed_position" between 0 and "event_feed"."last_position")
);
--> statement-breakpoint
ALTER TABLE "event" ADD CONSTRAINT "event_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_feed" ADD CONSTRAINT "event_feed_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "event_position" ON "event" USING btree ("insurer_id","position") WHERE "event"."position" is not null;--> statement-breakpoint
CREATE INDEX "event_without_position" ON "event" USING btree ("insurer_id","event_id") WHERE "event"."position" is null;