-- A portfolio with ten years of monthly deltas behind it, from the prepared rows of a generated file: run in their folder,
-- in one transaction. A modification leaves what history leaves of it: the version that it cut short, and the new one.
set local work_mem = '256MB';
select insurer_id from insurer where enterprise_number = '0403019261' \gset

create temporary table declared (
  row_insurer int, contract_id uuid, contract_number text, inami_root text, start_on date, cancelled_at timestamptz
) on commit drop;
\copy declared from 'contract.csv' with (format csv)
create temporary table content (
  row_insurer int, contract_id uuid, version int, valid_from date, valid_before date, recorded_at timestamptz,
  superseded_at timestamptz, inami_number text, contract_kind text, ssin text, solidarity boolean, language text,
  payment_reference text, end_on date, end_reason text, action text, submission_id uuid, record_number int
) on commit drop;
\copy content from 'contract-version.csv' with (format csv)

-- Months are counted from January 2016; month 130 is November 2026.
create function pg_temp.day_of(month int) returns date immutable language sql
  return (date '2016-01-01' + make_interval(months => month))::date;
create function pg_temp.instant_of(month int) returns timestamptz immutable language sql
  return (pg_temp.day_of(month) + time '06:00') at time zone 'UTC';
create function pg_temp.submission_of(month int) returns uuid immutable language sql
  return ('019aa5f0-0000-7000-8000-' || lpad(month::text, 12, '0'))::uuid;

create temporary table planned on commit drop as
select d.contract_id, d.contract_number, d.inami_root, d.start_on, declared.month, v.inami_number, v.contract_kind, v.ssin,
  v.solidarity, v.language, v.payment_reference, v.end_on, v.end_reason, v.record_number,
  -- A contract that ended was declared so; one in a hundred was declared in error, and taken back a month later; the others
  -- were modified up to twelve times, no more than once a month.
  case when v.end_on is null and not is_wrong then least(130 - declared.month, abs(hashtextextended(d.contract_number, 0)) % 13)::int
    else 0 end as events,
  is_wrong
from declared d join content v using (contract_id)
cross join lateral (select least(130, greatest(0,
  (extract(year from d.start_on)::int - 2016) * 12 + extract(month from d.start_on)::int)) as month) declared
cross join lateral (select declared.month < 130 and v.record_number % 100 = 7 as is_wrong) declaring;
analyze planned;

insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on, cancelled_at)
select :insurer_id, contract_id, contract_number, inami_root, start_on, case when is_wrong then pg_temp.instant_of(month + 1) end
from planned order by month, contract_id;

-- In the order in which it came: pages are as scattered as ten years leave them. The trigger is not asked of each row, and the
-- indexes are built of all of them at the end, the constraint on periods with them.
create temporary table built_at_the_end on commit drop as
select 1 as step, format('alter table contract_version add constraint %I %s', conname, pg_get_constraintdef(oid)) as build,
  format('alter table contract_version drop constraint %I', conname) as remove
from pg_constraint where conrelid = 'contract_version'::regclass and contype in ('p', 'x')
union all
select 2, pg_get_indexdef(indexrelid), format('drop index %s', indexrelid::regclass)
from pg_index i where indrelid = 'contract_version'::regclass
  and not exists (select from pg_constraint where conindid = i.indexrelid);
select remove from built_at_the_end \gexec
alter table contract_version disable trigger user;
insert into contract_version (insurer_id, contract_id, version, valid_from, valid_before, recorded_at, superseded_at,
  inami_number, contract_kind, ssin, solidarity, language, payment_reference, end_on, end_reason, action, submission_id,
  record_number, reason, actor)
select :insurer_id, contract_id, version, valid_from, valid_before, pg_temp.instant_of(recorded), pg_temp.instant_of(superseded),
  inami_number, contract_kind, ssin, solidarity <> (times_changed % 2 = 1), language, payment_reference, end_on, end_reason,
  case when version = 1 then 'new' when is_wrong then 'cancel' else 'modify' end, pg_temp.submission_of(recorded), record_number, end_reason, 'client-alpha'
from (
  select p.*, 2 * event + 1 as version, event as times_changed, month_of.this as recorded, day_of.this as valid_from,
    null::date as valid_before, case when event < events or is_wrong then month_of.next end as superseded
  from planned p cross join generate_series(0, p.events) event
  cross join lateral (select
    month + coalesce(event * (130 - month) / nullif(events, 0), 0) as this,
    month + coalesce((event + 1) * (130 - month) / nullif(events, 0), 1) as next) month_of
  cross join lateral (select case event when 0 then start_on else pg_temp.day_of(month_of.this) - record_number % 20 end as this) day_of
  union all
  select p.*, 2 * event, event - 1, month_of.this, day_of.last, pg_temp.day_of(month_of.this) - record_number % 20, null
  from planned p cross join generate_series(1, p.events) event
  cross join lateral (select
    month + event * (130 - month) / events as this, month + (event - 1) * (130 - month) / events as last) month_of
  cross join lateral (select case event when 1 then start_on else pg_temp.day_of(month_of.last) - record_number % 20 end as last) day_of
  union all
  select p.*, 2, 0, month + 1, start_on, start_on, null from planned p where is_wrong
) history
order by recorded, contract_id, version;
alter table contract_version enable trigger user;
set local maintenance_work_mem = '512MB';
select build from built_at_the_end order by step \gexec

insert into submission (insurer_id, submission_id, channel, state, reference, environment, kind, sequence, actor, byte_length,
  sha256, accepted_count, accepted_with_warnings_count, unchanged_count, rejected_count, receipt_jws, received_at, ended_at)
select :insurer_id, pg_temp.submission_of(month), 'rest', 'processed', 'HISTORY-' || month, 'S',
  case month when 0 then 'initialLoad' else 'delta' end, nullif(month, 0), 'client-alpha', 0, '\x00', 0, 0, 0, 0, '',
  pg_temp.instant_of(month), pg_temp.instant_of(month)
from generate_series(0, 130) month;

update insurer set phase = 'live', initial_load_completed_at = pg_temp.instant_of(0), contracts_recorded_at = pg_temp.instant_of(130)
where insurer_id = :insurer_id;
