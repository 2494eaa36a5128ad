-- The floor of a delta, in its folder and in one transaction: its records staged, then what the merge asks and writes, set by
-- set, on the tables of the gateway with all their keys and constraints. What is to be written was prepared
-- (rows-of-delta.sql): who decides it, and in which order, costs nothing here.
select insurer_id, contracts_recorded_at + interval '1 day' as recorded_at from insurer where enterprise_number = '0403019261' \gset
create temporary table staged (
  record_number int not null, sender_reference text collate "C", action text, start_on date, contract_number text collate "C",
  inami_number text collate "C", contract_kind text, ssin text collate "C", solidarity boolean, language text,
  payment_reference text collate "C", end_on date, reason text
) on commit drop;
\copy staged from 'staged.csv' with (format csv)
analyze staged;

-- The register, each sender reference once.
select count(*) as suspects from staged s where not exists (
  select from provider p
  where p.inami_root = left(s.inami_number, 8) and p.replaced_by_root is null and p.valid_to is null and p.deceased_on is null
    and coalesce(s.start_on >= p.valid_from, true) and coalesce(s.ssin = p.ssin, true)) \gset
select count(*) as repeated from (select from staged group by sender_reference having count(*) > 1) repeated \gset

-- The contracts of all keys, and what is known of them: where they are modified close to their end, of their newest versions.
create temporary table found on commit drop as
select s.record_number, s.action, s.start_on as from_on, c.contract_id, c.start_on from staged s
join contract c on c.insurer_id = :insurer_id and c.contract_number = s.contract_number
  and c.inami_root = left(s.inami_number, 8) and c.cancelled_at is null;
create temporary table known on commit drop as
select v.* from found cross join lateral (
  select * from contract_version where insurer_id = :insurer_id and contract_id = found.contract_id
  order by version desc limit case when found.action = 'modify' then 2 end) v
where v.superseded_at is null;
insert into known
select v.* from (
  select contract_id from found join known k using (contract_id) where found.action = 'modify'
  group by contract_id, from_on, found.start_on having min(k.valid_from) >= from_on and min(k.valid_from) > found.start_on) far
cross join lateral (select * from contract_version where insurer_id = :insurer_id and contract_id = far.contract_id offset 0) v
where v.superseded_at is null;

create temporary table superseded (contract_id uuid, version int) on commit drop;
create temporary table cancelled (contract_id uuid) on commit drop;
create temporary table declared (like contract) on commit drop;
create temporary table recorded (like contract_version) on commit drop;
\copy superseded from 'superseded.csv' with (format csv)
\copy cancelled from 'cancelled.csv' with (format csv)
\copy declared (insurer_id, contract_id, contract_number, inami_root, start_on) from 'declared.csv' with (format csv)
\copy recorded (insurer_id, contract_id, version, valid_from, valid_before, recorded_at, superseded_at, inami_number, contract_kind, ssin, solidarity, language, payment_reference, end_on, end_reason, action, submission_id, record_number, reason, actor) from 'recorded.csv' with (format csv)
analyze superseded, cancelled;
update contract_version v set superseded_at = :'recorded_at' from superseded s
where v.insurer_id = :insurer_id and v.contract_id = s.contract_id and v.version = s.version;
update contract c set cancelled_at = :'recorded_at' from cancelled
where c.insurer_id = :insurer_id and c.contract_id = cancelled.contract_id;
insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
select insurer_id, contract_id, contract_number, inami_root, start_on from declared;
insert into contract_version (insurer_id, contract_id, version, valid_from, valid_before, recorded_at, superseded_at, inami_number,
  contract_kind, ssin, solidarity, language, payment_reference, end_on, end_reason, action, submission_id, record_number, reason, actor)
select insurer_id, contract_id, version, valid_from, valid_before, :'recorded_at', null, inami_number,
  contract_kind, ssin, solidarity, language, payment_reference, end_on, end_reason, action, submission_id, record_number, reason, actor
from recorded;
update insurer set contracts_recorded_at = :'recorded_at' where insurer_id = :insurer_id;
