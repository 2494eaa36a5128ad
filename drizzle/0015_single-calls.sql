ALTER TABLE "submission" ADD COLUMN "call_result" jsonb;--> statement-breakpoint
CREATE INDEX "contract_inami_root" ON "contract" USING btree ("insurer_id","inami_root","contract_id");--> statement-breakpoint
CREATE INDEX "contract_version_ssin" ON "contract_version" USING btree ("insurer_id","ssin","contract_id") WHERE "contract_version"."ssin" is not null;--> statement-breakpoint
CREATE INDEX "contract_version_recorded_at" ON "contract_version" USING btree ("insurer_id","recorded_at");