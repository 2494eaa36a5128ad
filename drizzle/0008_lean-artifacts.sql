ALTER TABLE "authorization_artifact" ALTER COLUMN "expires_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "authorization_artifact" DROP COLUMN "payload";--> statement-breakpoint
ALTER TABLE "authorization_artifact" DROP COLUMN "consumed_at";