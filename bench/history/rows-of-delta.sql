-- What a delta has just written, as the rows that the floor writes: run in the folder of the delta.
create temporary view last as select insurer_id, contracts_recorded_at as at from insurer where enterprise_number = '0403019261';
create temporary view superseded as
  select v.contract_id, v.version from contract_version v join last on v.superseded_at = last.at and v.recorded_at < last.at;
create temporary view cancelled as select contract_id from contract join last on cancelled_at = last.at;
create temporary view declared as
  select insurer_id, contract_id, contract_number, inami_root, start_on from contract c where exists (
    select from contract_version v join last on v.recorded_at = last.at
    where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id and v.version = 1);
create temporary view recorded as
  select v.insurer_id, contract_id, version, valid_from, valid_before, recorded_at, superseded_at, inami_number, contract_kind,
    ssin, solidarity, language, payment_reference, end_on, end_reason, action, submission_id, record_number, reason, actor
  from contract_version v join last on v.recorded_at = last.at;
\copy (select * from superseded) to 'superseded.csv' with (format csv)
\copy (select * from cancelled) to 'cancelled.csv' with (format csv)
\copy (select * from declared) to 'declared.csv' with (format csv)
\copy (select * from recorded order by record_number, version) to 'recorded.csv' with (format csv)
