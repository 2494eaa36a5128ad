-- Fixed twins of contract and contract_version as drizzle/0000_initial.sql made them: the floor of today stays the
-- floor of tomorrow, whatever becomes of the tables of the gateway. Never follow a migration here.
-- Left out is what the gateway could put down: the foreign key from version to contract, whose check of every row is more
-- than half of the time of the copy; the checks of values, which the XSD made already; the key by contract_id, since no
-- design can do without the contract's own key, but one could do without that.
drop schema if exists floor cascade;
create schema floor;
set search_path = floor;

create table contract (
  insurer_id integer not null,
  contract_id uuid not null,
  contract_number text collate "C" not null,
  inami_root text collate "C" not null,
  start_on date not null,
  cancelled_at timestamp with time zone
);
create unique index contract_key on contract (insurer_id, contract_number, inami_root) where cancelled_at is null;

create table contract_version (
  insurer_id integer not null,
  contract_id uuid not null,
  version integer not null,
  valid_from date not null,
  valid_before date,
  recorded_at timestamp with time zone not null,
  superseded_at timestamp with time zone,
  inami_number text collate "C" not null,
  contract_kind text not null,
  ssin text collate "C",
  solidarity boolean not null,
  language text,
  payment_reference text collate "C",
  end_on date,
  end_reason text,
  action text not null,
  submission_id uuid not null,
  record_number integer not null,
  primary key (insurer_id, contract_id, version)
);
