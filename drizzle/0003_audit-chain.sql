DROP INDEX "audit_event_chain";--> statement-breakpoint
DROP INDEX "audit_sealed_event_id";--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "event_id" SET DEFAULT uuidv7();--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "at" SET DEFAULT clock_timestamp();--> statement-breakpoint
ALTER TABLE "audit_event" DROP COLUMN "persons";--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "persons" "bytea"[];--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_seal" ADD COLUMN "sealed_below" "xid8" NOT NULL;--> statement-breakpoint
ALTER TABLE "alarm" ADD COLUMN "last_raised_at" timestamp with time zone NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_event_persons" ON "audit_event" USING gin ("persons") WHERE "audit_event"."persons" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "alarm_same" ON "alarm" USING btree ("code",coalesce("insurer_id", 0),md5("details"::text)) WHERE "alarm"."acknowledged_at" is null;--> statement-breakpoint
CREATE INDEX "audit_event_chain" ON "audit_event" USING btree ("chain_id","transaction_id","event_id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_sealed_event_id" ON "audit_sealed_event" USING btree ("event_id");--> statement-breakpoint
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_kind" CHECK ("audit_event"."kind" in ('login', 'denial', 'read', 'write', 'operatorAct'));--> statement-breakpoint
-- What the database gives a row itself (number, instant, transaction) nobody else can choose.
revoke insert on audit_event from infoss_gateway, infoss_institute;
--> statement-breakpoint
grant insert (chain_id, kind, client_id, token_sha256, method, route, status, request_sha256, response_sha256, trace_id, related_trace_id, persons)
  on audit_event to infoss_gateway, infoss_institute;
