CREATE TABLE "expiry_warning" (
	"kind" text NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"subject" text NOT NULL,
	"days_before" integer NOT NULL,
	"warned_at" timestamp with time zone NOT NULL,
	CONSTRAINT "expiry_warning_kind_client_id_subject_days_before_pk" PRIMARY KEY("kind","client_id","subject","days_before")
);
--> statement-breakpoint
CREATE TABLE "notice" (
	"insurer_id" integer NOT NULL,
	"notice_id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"details" jsonb NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_insurer_id_notice_id_pk" PRIMARY KEY("insurer_id","notice_id"),
	CONSTRAINT "notice_kind" CHECK ("notice"."kind" in ('certificateExpires', 'keyExpires'))
);
--> statement-breakpoint
CREATE TABLE "operator_act" (
	"act_id" uuid PRIMARY KEY NOT NULL,
	"chain_id" integer NOT NULL,
	"transaction_id" "xid8" NOT NULL,
	"performed_at" timestamp with time zone NOT NULL,
	"document" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "failed_authentication" ALTER COLUMN "failures" SET DATA TYPE double precision;--> statement-breakpoint
ALTER TABLE "expiry_warning" ADD CONSTRAINT "expiry_warning_client_id_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_insurer_id_insurer_insurer_id_fk" FOREIGN KEY ("insurer_id") REFERENCES "public"."insurer"("insurer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
alter table notice enable row level security;
--> statement-breakpoint
alter table notice force row level security;
--> statement-breakpoint
create policy own_rows on notice for select to infoss_gateway using (insurer_id = (select current_insurer_id()));
--> statement-breakpoint
grant select on notice to infoss_gateway;
--> statement-breakpoint
create policy giving on notice for insert to infoss_institute with check (true);
--> statement-breakpoint
grant insert on notice, expiry_warning, operator_act to infoss_institute;
--> statement-breakpoint
grant select on operator_act to infoss_auditor;
--> statement-breakpoint
-- Operators hand a quarantined submission to the workers again, and change nothing else of it.
create policy replaying on submission for update to infoss_institute using (state = 'quarantined') with check (state = 'received');
--> statement-breakpoint
grant update (state, attempts, retry_at) on submission to infoss_institute;
