-- Payload chunks are compressed already: PostgreSQL must not try again.
ALTER TABLE "submission_payload" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
