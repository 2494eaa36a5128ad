ALTER TABLE "contract_version" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "contract_version" ADD COLUMN "actor" text collate "C";--> statement-breakpoint
ALTER TABLE "insurer" ADD COLUMN "contracts_recorded_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "sequence" integer;--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "held_reason" text;--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "held_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "actor" text collate "C";--> statement-breakpoint
CREATE INDEX "contract_cancelled_key" ON "contract" USING btree ("insurer_id","contract_number","inami_root") WHERE "contract"."cancelled_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "submission_sequence" ON "submission" USING btree ("insurer_id","sequence") WHERE "submission"."sequence" is not null and "submission"."state" not in ('refused', 'cancelled', 'tested');--> statement-breakpoint
CREATE INDEX "submission_held" ON "submission" USING btree ("held_until") WHERE "submission"."state" = 'held';--> statement-breakpoint
CREATE INDEX "provider_replaced" ON "provider" USING btree ("replaced_by_root") WHERE "provider"."replaced_by_root" is not null;--> statement-breakpoint
ALTER TABLE "contract_version" ADD CONSTRAINT "contract_version_period" CHECK ("contract_version"."valid_before" >= "contract_version"."valid_from");--> statement-breakpoint
ALTER TABLE "contract_version" ADD CONSTRAINT "contract_version_recorded" CHECK ("contract_version"."superseded_at" >= "contract_version"."recorded_at");--> statement-breakpoint
ALTER TABLE "submission" ADD CONSTRAINT "submission_held_reason" CHECK ("submission"."held_reason" in ('sequenceGap', 'massChange', 'predecessorQuarantined', 'initialLoadOpen', 'simulation'));--> statement-breakpoint
ALTER TABLE "submission" ADD CONSTRAINT "submission_held" CHECK (("submission"."state" = 'held') = ("submission"."held_reason" is not null));