CREATE TABLE "contract_payment" (
	"insurer_id" integer NOT NULL,
	"contract_id" uuid NOT NULL,
	"premium_year" integer NOT NULL,
	"amount_cents" integer NOT NULL,
	"paid_on" date NOT NULL,
	CONSTRAINT "contract_payment_insurer_id_contract_id_premium_year_pk" PRIMARY KEY("insurer_id","contract_id","premium_year")
);
--> statement-breakpoint
CREATE TABLE "insurer_iban" (
	"proposal_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"insurer_id" integer NOT NULL,
	"iban" text collate "C" NOT NULL,
	"state" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"proposed_by" text collate "C" NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" text collate "C",
	CONSTRAINT "insurer_iban_state" CHECK ("insurer_iban"."state" in ('proposed', 'confirmed', 'rejected')),
	CONSTRAINT "insurer_iban_decided" CHECK (("insurer_iban"."state" = 'proposed') = ("insurer_iban"."decided_at" is null)),
	CONSTRAINT "insurer_iban_two" CHECK ("insurer_iban"."state" <> 'confirmed' or "insurer_iban"."decided_by" <> "insurer_iban"."proposed_by")
);
--> statement-breakpoint
CREATE TABLE "payment_import" (
	"import_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"sha256" text collate "C" NOT NULL,
	"imported_at" timestamp with time zone NOT NULL,
	"imported_by" text collate "C" NOT NULL,
	"applied" integer NOT NULL,
	"unchanged" integer NOT NULL,
	"findings" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment_run" (
	"run_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"premium_year" integer NOT NULL,
	"run_number" integer NOT NULL,
	"state" text NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"made_by" text collate "C" NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by" text collate "C",
	CONSTRAINT "payment_run_state" CHECK ("payment_run"."state" in ('prepared', 'ordered', 'withdrawn')),
	CONSTRAINT "payment_run_ended" CHECK (("payment_run"."state" = 'prepared') = ("payment_run"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "provider_iban" (
	"proposal_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"iban" text collate "C" NOT NULL,
	"state" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"proposed_by" text collate "C" NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" text collate "C",
	CONSTRAINT "provider_iban_proposal_id_person_id_pk" PRIMARY KEY("proposal_id","person_id"),
	CONSTRAINT "provider_iban_state" CHECK ("provider_iban"."state" in ('proposed', 'confirmed', 'rejected')),
	CONSTRAINT "provider_iban_decided" CHECK (("provider_iban"."state" = 'proposed') = ("provider_iban"."decided_at" is null)),
	CONSTRAINT "provider_iban_two" CHECK ("provider_iban"."state" <> 'confirmed' or "provider_iban"."decided_by" <> "provider_iban"."proposed_by")
);
--> statement-breakpoint
CREATE TABLE "provider_payment" (
	"reference" text collate "C" PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"premium_year" integer NOT NULL,
	"kind" text NOT NULL,
	"amount_cents" integer NOT NULL,
	"iban" text collate "C",
	"move_number" integer NOT NULL,
	"state" text NOT NULL,
	"executed_on" date,
	"returned_on" date,
	"return_reason" text,
	CONSTRAINT "provider_payment_state" CHECK ("provider_payment"."state" in ('prepared', 'withheld', 'announced', 'executed', 'returned')),
	CONSTRAINT "provider_payment_kind" CHECK ("provider_payment"."kind" in ('payment', 'supplement', 'recovery')),
	CONSTRAINT "provider_payment_amount" CHECK ("provider_payment"."amount_cents" <> 0),
	CONSTRAINT "provider_payment_sign" CHECK (("provider_payment"."amount_cents" < 0) = ("provider_payment"."kind" = 'recovery')),
	CONSTRAINT "provider_payment_iban" CHECK (("provider_payment"."amount_cents" > 0) = ("provider_payment"."iban" is not null)),
	CONSTRAINT "provider_payment_dates" CHECK (("provider_payment"."executed_on" is not null or "provider_payment"."state" <> 'executed')
        and ("provider_payment"."returned_on" is not null) = ("provider_payment"."state" = 'returned'))
);
--> statement-breakpoint
CREATE TABLE "remittance_advice" (
	"insurer_id" integer NOT NULL,
	"advice_id" uuid DEFAULT uuidv7() NOT NULL,
	"run_id" uuid NOT NULL,
	"premium_year" integer NOT NULL,
	"run_number" integer NOT NULL,
	"reference" text collate "C" NOT NULL,
	"iban" text collate "C" NOT NULL,
	"line_count" integer NOT NULL,
	"lines_cents" bigint NOT NULL,
	"carried_in_cents" bigint NOT NULL,
	"total_cents" bigint NOT NULL,
	"carried_out_cents" bigint NOT NULL,
	"announced_on" date,
	"state" text NOT NULL,
	"executed_on" date,
	"returned_on" date,
	"return_reason" text,
	CONSTRAINT "remittance_advice_insurer_id_advice_id_pk" PRIMARY KEY("insurer_id","advice_id"),
	CONSTRAINT "remittance_advice_state" CHECK ("remittance_advice"."state" in ('prepared', 'withheld', 'announced', 'executed', 'returned')),
	CONSTRAINT "remittance_advice_sums" CHECK ("remittance_advice"."lines_cents" + "remittance_advice"."carried_in_cents" = "remittance_advice"."total_cents" + "remittance_advice"."carried_out_cents"),
	CONSTRAINT "remittance_advice_total" CHECK ("remittance_advice"."total_cents" >= 0 and "remittance_advice"."line_count" >= 0),
	CONSTRAINT "remittance_advice_carried" CHECK ("remittance_advice"."carried_in_cents" <= 0 and "remittance_advice"."carried_out_cents" <= 0),
	CONSTRAINT "remittance_advice_netted" CHECK ("remittance_advice"."total_cents" = 0 or "remittance_advice"."carried_out_cents" = 0),
	CONSTRAINT "remittance_advice_dates" CHECK (("remittance_advice"."announced_on" is not null) = ("remittance_advice"."state" in ('announced', 'executed', 'returned'))
        and ("remittance_advice"."executed_on" is not null or "remittance_advice"."state" <> 'executed')
        and ("remittance_advice"."returned_on" is not null) = ("remittance_advice"."state" = 'returned'))
);
--> statement-breakpoint
CREATE TABLE "remittance_line" (
	"insurer_id" integer NOT NULL,
	"advice_id" uuid NOT NULL,
	"line_number" integer NOT NULL,
	"premium_year" integer NOT NULL,
	"contract_id" uuid NOT NULL,
	"contract_number" text collate "C" NOT NULL,
	"inami_root" text collate "C" NOT NULL,
	"kind" text NOT NULL,
	"amount_cents" integer NOT NULL,
	"reference" text collate "C" NOT NULL,
	"person_id" uuid NOT NULL,
	"move_number" integer NOT NULL,
	"state" text NOT NULL,
	"executed_on" date,
	"returned_on" date,
	"return_reason" text,
	CONSTRAINT "remittance_line_insurer_id_advice_id_line_number_pk" PRIMARY KEY("insurer_id","advice_id","line_number"),
	CONSTRAINT "remittance_line_state" CHECK ("remittance_line"."state" in ('prepared', 'withheld', 'announced', 'executed', 'returned')),
	CONSTRAINT "remittance_line_kind" CHECK ("remittance_line"."kind" in ('payment', 'supplement', 'recovery')),
	CONSTRAINT "remittance_line_amount" CHECK ("remittance_line"."amount_cents" <> 0),
	CONSTRAINT "remittance_line_sign" CHECK (("remittance_line"."amount_cents" < 0) = ("remittance_line"."kind" = 'recovery')),
	CONSTRAINT "remittance_line_dates" CHECK (("remittance_line"."executed_on" is not null or "remittance_line"."state" <> 'executed')
        and ("remittance_line"."returned_on" is not null) = ("remittance_line"."state" = 'returned'))
);
--> statement-breakpoint
ALTER TABLE "event" DROP CONSTRAINT "event_kind";--> statement-breakpoint
ALTER TABLE "notice" DROP CONSTRAINT "notice_kind";--> statement-breakpoint
ALTER TABLE "insurer_iban" ADD CONSTRAINT "insurer_iban_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_payment" ADD CONSTRAINT "provider_payment_run_id_payment_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."payment_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remittance_advice" ADD CONSTRAINT "remittance_advice_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remittance_advice" ADD CONSTRAINT "remittance_advice_run_id_payment_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."payment_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remittance_line" ADD CONSTRAINT "remittance_line_insurer_id_advice_id_remittance_advice_insurer_id_advice_id_fk" FOREIGN KEY ("insurer_id","advice_id") REFERENCES "public"."remittance_advice"("insurer_id","advice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "insurer_iban_proposed" ON "insurer_iban" USING btree ("insurer_id") WHERE "insurer_iban"."state" = 'proposed';--> statement-breakpoint
CREATE INDEX "insurer_iban_confirmed" ON "insurer_iban" USING btree ("insurer_id","decided_at") WHERE "insurer_iban"."state" = 'confirmed';--> statement-breakpoint
CREATE UNIQUE INDEX "payment_run_number" ON "payment_run" USING btree ("premium_year","run_number");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_run_prepared" ON "payment_run" USING btree ("state") WHERE "payment_run"."state" = 'prepared';--> statement-breakpoint
CREATE INDEX "provider_iban_confirmed" ON "provider_iban" USING btree ("person_id","decided_at") WHERE "provider_iban"."state" = 'confirmed';--> statement-breakpoint
CREATE UNIQUE INDEX "provider_payment_under_way" ON "provider_payment" USING btree ("person_id","premium_year",("amount_cents" > 0)) WHERE "provider_payment"."state" in ('prepared', 'announced');--> statement-breakpoint
CREATE INDEX "provider_payment_dossier" ON "provider_payment" USING btree ("person_id","premium_year");--> statement-breakpoint
CREATE INDEX "provider_payment_of_run" ON "provider_payment" USING btree ("run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "remittance_advice_run" ON "remittance_advice" USING btree ("insurer_id","run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "remittance_advice_reference" ON "remittance_advice" USING btree ("insurer_id","reference");--> statement-breakpoint
CREATE INDEX "remittance_advice_of_run" ON "remittance_advice" USING btree ("run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "remittance_line_under_way" ON "remittance_line" USING btree ("insurer_id","contract_id","premium_year") WHERE "remittance_line"."state" in ('prepared', 'announced');--> statement-breakpoint
CREATE INDEX "remittance_line_dossier" ON "remittance_line" USING btree ("person_id","premium_year");--> statement-breakpoint
ALTER TABLE "event" ADD CONSTRAINT "event_kind" CHECK ("event"."kind" in ('submissionHeld', 'submissionReleased', 'submissionQuarantined', 'submissionProcessed', 'submissionRefused', 'contractRechecked', 'certificateExpires', 'keyExpires', 'signingCertificateExpires', 'answersExpire', 'webhookDisabled', 'paymentAnnounced', 'paymentExecuted', 'paymentReturned', 'ibanChanged'));--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_kind" CHECK ("notice"."kind" in ('certificateExpires', 'keyExpires', 'signingCertificateExpires', 'answersExpire', 'webhookDisabled', 'ibanChanged'));