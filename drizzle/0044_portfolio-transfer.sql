CREATE TABLE "portfolio_transfer" (
	"transfer_id" uuid PRIMARY KEY NOT NULL,
	"from_insurer_id" integer NOT NULL,
	"to_insurer_id" integer NOT NULL,
	"transferred_on" date NOT NULL,
	"contract_count" integer NOT NULL,
	"reason" text NOT NULL,
	"actor" text collate "C" NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transferred_contract" (
	"to_insurer_id" integer NOT NULL,
	"to_contract_id" uuid NOT NULL,
	"from_insurer_id" integer NOT NULL,
	"from_contract_id" uuid NOT NULL,
	"origin_insurer_id" integer NOT NULL,
	"origin_contract_id" uuid NOT NULL,
	"transferred_on" date NOT NULL,
	"transfer_id" uuid NOT NULL,
	CONSTRAINT "transferred_contract_to_insurer_id_to_contract_id_pk" PRIMARY KEY("to_insurer_id","to_contract_id")
);
--> statement-breakpoint
ALTER TABLE "contract_version" DROP CONSTRAINT "contract_version_action";--> statement-breakpoint
ALTER TABLE "event" DROP CONSTRAINT "event_kind";--> statement-breakpoint
DROP INDEX "contract_cancelled_key";--> statement-breakpoint
DROP INDEX "contract_key";--> statement-breakpoint
ALTER TABLE "contract" ADD COLUMN "transferred_on" date;--> statement-breakpoint
ALTER TABLE "portfolio_transfer" ADD CONSTRAINT "portfolio_transfer_from_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("from_insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "portfolio_transfer" ADD CONSTRAINT "portfolio_transfer_to_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("to_insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transferred_contract" ADD CONSTRAINT "transferred_contract_transfer_id_portfolio_transfer_transfer_id_fk" FOREIGN KEY ("transfer_id") REFERENCES "public"."portfolio_transfer"("transfer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "transferred_contract_from" ON "transferred_contract" USING btree ("from_insurer_id","from_contract_id");--> statement-breakpoint
CREATE INDEX "transferred_contract_origin" ON "transferred_contract" USING btree ("origin_insurer_id","origin_contract_id");--> statement-breakpoint
CREATE INDEX "contract_gone_key" ON "contract" USING btree ("insurer_id","contract_number","inami_root") WHERE "contract"."cancelled_at" is not null or "contract"."transferred_on" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "contract_key" ON "contract" USING btree ("insurer_id","contract_number","inami_root") WHERE "contract"."cancelled_at" is null and "contract"."transferred_on" is null;--> statement-breakpoint
ALTER TABLE "contract_version" ADD CONSTRAINT "contract_version_action" CHECK ("contract_version"."action" in ('new', 'modify', 'close', 'reopen', 'cancel', 'transfer'));--> statement-breakpoint
ALTER TABLE "event" ADD CONSTRAINT "event_kind" CHECK ("event"."kind" in ('submissionHeld', 'submissionReleased', 'submissionQuarantined', 'submissionProcessed', 'submissionRefused', 'contractRechecked', 'contractsTransferred', 'socialAdvantageChanged', 'certificateExpires', 'keyExpires', 'signingCertificateExpires', 'answersExpire', 'webhookDisabled', 'paymentAnnounced', 'paymentExecuted', 'paymentReturned', 'ibanChanged'));