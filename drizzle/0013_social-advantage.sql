CREATE TABLE "contract_choice" (
	"person_id" uuid NOT NULL,
	"premium_year" integer NOT NULL,
	"chosen_insurer_id" integer,
	"chosen_contract_id" uuid,
	"chosen_on" date NOT NULL,
	CONSTRAINT "contract_choice_person_id_premium_year_pk" PRIMARY KEY("person_id","premium_year"),
	CONSTRAINT "contract_choice_contract" CHECK (("contract_choice"."chosen_insurer_id" is null) = ("contract_choice"."chosen_contract_id" is null))
);
--> statement-breakpoint
CREATE TABLE "dossier" (
	"person_id" uuid NOT NULL,
	"premium_year" integer NOT NULL,
	"state" text NOT NULL,
	"contested_from" text,
	"outcome" text,
	"amount_cents" integer,
	"linked_insurer_id" integer,
	"linked_contract_id" uuid,
	"evaluation" jsonb,
	"input" jsonb,
	"move_number" integer DEFAULT 1 NOT NULL,
	"moved_at" timestamp with time zone NOT NULL,
	"moved_by" text collate "C" NOT NULL,
	"cause" text NOT NULL,
	CONSTRAINT "dossier_person_id_premium_year_pk" PRIMARY KEY("person_id","premium_year"),
	CONSTRAINT "dossier_state" CHECK ("dossier"."state" in ('open', 'evaluated', 'decided', 'toPay', 'paid', 'contested', 'recovery', 'supplement', 'settled', 'withdrawn')),
	CONSTRAINT "dossier_outcome" CHECK ("dossier"."outcome" in ('socialAdvantage', 'conventionAdvantage', 'reservedRight', 'none')),
	CONSTRAINT "dossier_contested" CHECK (("dossier"."state" = 'contested') = ("dossier"."contested_from" is not null)),
	CONSTRAINT "dossier_evaluated" CHECK ("dossier"."state" in ('open', 'withdrawn') or ("dossier"."evaluation" is not null and "dossier"."input" is not null)),
	CONSTRAINT "dossier_outcome_known" CHECK (("dossier"."outcome" is null) = ("dossier"."evaluation" is null)),
	CONSTRAINT "dossier_amount" CHECK ("dossier"."amount_cents" > 0),
	CONSTRAINT "dossier_link" CHECK (("dossier"."linked_insurer_id" is null) = ("dossier"."linked_contract_id" is null)),
	CONSTRAINT "dossier_to_pay" CHECK ("dossier"."state" not in ('toPay', 'paid') or "dossier"."amount_cents" is not null)
);
--> statement-breakpoint
CREATE TABLE "dossier_event" (
	"person_id" uuid NOT NULL,
	"premium_year" integer NOT NULL,
	"move_number" integer NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"moved_at" timestamp with time zone NOT NULL,
	"moved_by" text collate "C" NOT NULL,
	"cause" text NOT NULL,
	"evaluation" jsonb,
	"input" jsonb,
	CONSTRAINT "dossier_event_person_id_premium_year_move_number_pk" PRIMARY KEY("person_id","premium_year","move_number")
);
--> statement-breakpoint
CREATE TABLE "person" (
	"person_id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"deceased_on" date,
	"legal_pension_on" date,
	"reserved_right_first_year" integer
);
--> statement-breakpoint
CREATE TABLE "person_number" (
	"inami_root" text collate "C" PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"profession" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person_profession" (
	"person_id" uuid NOT NULL,
	"profession" text NOT NULL,
	"specialty" text,
	"competence_code" text collate "C",
	"first_inami_number_on" date NOT NULL,
	"practice_started_on" date,
	CONSTRAINT "person_profession_person_id_profession_pk" PRIMARY KEY("person_id","profession")
);
--> statement-breakpoint
CREATE TABLE "person_sanction" (
	"person_id" uuid NOT NULL,
	"sanction" text NOT NULL,
	"from_on" date NOT NULL,
	"to_on" date,
	CONSTRAINT "person_sanction_person_id_sanction_from_on_pk" PRIMARY KEY("person_id","sanction","from_on"),
	CONSTRAINT "person_sanction_end" CHECK ("person_sanction"."to_on" >= "person_sanction"."from_on")
);
--> statement-breakpoint
CREATE TABLE "person_ssin" (
	"ssin" text collate "C" PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "profession_period" (
	"person_id" uuid NOT NULL,
	"profession" text NOT NULL,
	"kind" text NOT NULL,
	"from_on" date NOT NULL,
	"to_on" date,
	CONSTRAINT "profession_period_person_id_profession_kind_from_on_pk" PRIMARY KEY("person_id","profession","kind","from_on"),
	CONSTRAINT "profession_period_kind" CHECK ("profession_period"."kind" in ('recognised', 'fullConvention', 'partialConvention', 'trainee', 'formallyInactive')),
	CONSTRAINT "profession_period_end" CHECK ("profession_period"."to_on" >= "profession_period"."from_on")
);
--> statement-breakpoint
CREATE TABLE "profession_year" (
	"person_id" uuid NOT NULL,
	"profession" text NOT NULL,
	"year" integer NOT NULL,
	"measures" jsonb NOT NULL,
	"inactive_days" integer DEFAULT 0 NOT NULL,
	"attributes" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "profession_year_person_id_profession_year_pk" PRIMARY KEY("person_id","profession","year"),
	CONSTRAINT "profession_year_inactive" CHECK ("profession_year"."inactive_days" >= 0)
);
--> statement-breakpoint
ALTER TABLE "contract_choice" ADD CONSTRAINT "contract_choice_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier" ADD CONSTRAINT "dossier_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_event" ADD CONSTRAINT "dossier_event_person_id_premium_year_dossier_person_id_premium_year_fk" FOREIGN KEY ("person_id","premium_year") REFERENCES "public"."dossier"("person_id","premium_year") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_number" ADD CONSTRAINT "person_number_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_profession" ADD CONSTRAINT "person_profession_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_sanction" ADD CONSTRAINT "person_sanction_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_ssin" ADD CONSTRAINT "person_ssin_person_id_person_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profession_period" ADD CONSTRAINT "profession_period_person_id_profession_person_profession_person_id_profession_fk" FOREIGN KEY ("person_id","profession") REFERENCES "public"."person_profession"("person_id","profession") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profession_year" ADD CONSTRAINT "profession_year_person_id_profession_person_profession_person_id_profession_fk" FOREIGN KEY ("person_id","profession") REFERENCES "public"."person_profession"("person_id","profession") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dossier_year" ON "dossier" USING btree ("premium_year","person_id");--> statement-breakpoint
CREATE INDEX "person_number_person" ON "person_number" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "person_ssin_person" ON "person_ssin" USING btree ("person_id");