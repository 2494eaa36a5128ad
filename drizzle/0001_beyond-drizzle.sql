-- Payload chunks are compressed already: PostgreSQL must not try again.
ALTER TABLE "submission_payload" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
--> statement-breakpoint
-- Said, not enforced: the merge writes a contract and its first version from the same row in one transaction, and the
-- check of every row would take three quarters of the time that versions take (docs/adr/0007).
ALTER TABLE "contract_version" ADD CONSTRAINT "contract_version_contract" FOREIGN KEY ("insurer_id", "contract_id") REFERENCES "contract" ("insurer_id", "contract_id") NOT ENFORCED;
