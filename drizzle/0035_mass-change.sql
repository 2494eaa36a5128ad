ALTER TABLE "submission" DROP CONSTRAINT "submission_held_reason";--> statement-breakpoint
ALTER TABLE "notice" DROP CONSTRAINT "notice_kind";--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "mass_change" jsonb;--> statement-breakpoint
ALTER TABLE "submission" ADD COLUMN "released_by" text collate "C";--> statement-breakpoint
ALTER TABLE "submission" ADD CONSTRAINT "submission_held_reason" CHECK ("submission"."held_reason" in ('sequenceGap', 'massChange', 'predecessorHeld', 'predecessorQuarantined', 'initialLoadOpen', 'simulation'));--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_kind" CHECK ("notice"."kind" in ('certificateExpires', 'keyExpires', 'signingCertificateExpires', 'answersExpire', 'webhookDisabled', 'ibanChanged', 'massChangeHeld'));