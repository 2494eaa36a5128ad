-- What an insurer received on its contracts: its own to read, the institute's to write.
do $$
declare
  name text;
begin
  foreach name in array array['contract_payment', 'remittance_advice', 'remittance_line'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy paying on %I to infoss_institute using (true) with check (true)', name);
  end loop;
end
$$;
--> statement-breakpoint
create policy own_rows on contract_payment for select to infoss_gateway using (insurer_id = (select current_insurer_id()));
--> statement-breakpoint
-- What was never announced no insurer sees; and of a line not whose dossier it is.
create policy own_rows on remittance_advice for select to infoss_gateway
  using (insurer_id = (select current_insurer_id()) and state in ('announced', 'executed', 'returned'));
--> statement-breakpoint
create policy own_rows on remittance_line for select to infoss_gateway
  using (insurer_id = (select current_insurer_id()) and state in ('announced', 'executed', 'returned'));
--> statement-breakpoint
grant select on contract_payment, remittance_advice to infoss_gateway;
--> statement-breakpoint
grant select (insurer_id, advice_id, line_number, premium_year, contract_id, contract_number, inami_root, kind, amount_cents,
  reference, state, executed_on, returned_on, return_reason) on remittance_line to infoss_gateway;
--> statement-breakpoint
grant select, insert, update on contract_payment to infoss_institute;
--> statement-breakpoint
grant select, insert, update (state, line_count, lines_cents, total_cents, carried_out_cents, announced_on, executed_on,
  returned_on, return_reason) on remittance_advice to infoss_institute;
--> statement-breakpoint
grant select, insert, update (state, executed_on, returned_on, return_reason) on remittance_line, provider_payment to infoss_institute;
--> statement-breakpoint
grant select, insert, update (state, ended_at, ended_by) on payment_run to infoss_institute;
--> statement-breakpoint
grant select, insert on payment_import to infoss_institute;
--> statement-breakpoint
grant select, insert, update (state, decided_at, decided_by) on insurer_iban, provider_iban to infoss_institute;
--> statement-breakpoint
-- An advice names the contract, and the communication it asked for.
grant select (contract_number) on contract to infoss_institute;
--> statement-breakpoint
grant select (valid_from, valid_before, payment_reference) on contract_version to infoss_institute;
--> statement-breakpoint
-- Structured communications of our own: ten digits that begin with 9, and their check digits
-- (src/identifiers/structured-communication.ts; a test compares).
create sequence payment_reference maxvalue 999999999;
--> statement-breakpoint
grant usage on sequence payment_reference to infoss_institute;
--> statement-breakpoint
create function next_payment_reference() returns text language sql volatile as $$
  select body::text || lpad((case when body % 97 = 0 then 97 else body % 97 end)::text, 2, '0')
  from (select 9000000000 + nextval('payment_reference') as body) drawn
$$;
--> statement-breakpoint
-- The moves of src/payments/payment-states.ts; test/payments/payment-guards.test.ts tries each pair.
create function check_payment_move() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'prepared' then
      raise exception 'a payment begins as prepared, not as %', new.state using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if old.state || ' ' || new.state <> all (array['prepared withheld', 'prepared announced', 'announced executed',
    'announced returned', 'executed returned']) then
    raise exception 'a payment does not move from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger remittance_advice_move before insert or update on remittance_advice for each row execute function check_payment_move();
--> statement-breakpoint
create trigger remittance_line_move before insert or update on remittance_line for each row execute function check_payment_move();
--> statement-breakpoint
create trigger provider_payment_move before insert or update on provider_payment for each row execute function check_payment_move();
--> statement-breakpoint
-- Amounts may follow what is withheld until they are announced, and never change after.
create function refuse_changed_advice() returns trigger language plpgsql as $$
begin
  raise exception 'the amounts of an announced advice are final' using errcode = 'restrict_violation';
end
$$;
--> statement-breakpoint
create trigger remittance_advice_final before update on remittance_advice for each row
  when (old.state <> 'prepared' and (old.line_count, old.lines_cents, old.total_cents, old.carried_out_cents, old.announced_on)
    is distinct from (new.line_count, new.lines_cents, new.total_cents, new.carried_out_cents, new.announced_on))
  execute function refuse_changed_advice();
--> statement-breakpoint
-- The sum of an advice is that of its lines: at the commit, and behind every statement that adds lines.
create function check_remittance_sums(of_insurer integer, of_advice uuid) returns void language plpgsql as $$
declare
  advice record;
  lines record;
begin
  select * into advice from remittance_advice where insurer_id = of_insurer and advice_id = of_advice;
  if advice.state = 'withheld' then return; end if;
  select count(*) as number, coalesce(sum(amount_cents), 0) as cents into lines from remittance_line
    where insurer_id = of_insurer and advice_id = of_advice and state <> 'withheld';
  if (lines.number, lines.cents) is distinct from (advice.line_count, advice.lines_cents) then
    raise exception 'advice % has % lines of % cents, and says % of %', of_advice, lines.number, lines.cents,
      advice.line_count, advice.lines_cents using errcode = 'check_violation';
  end if;
end
$$;
--> statement-breakpoint
create function check_advice_sums() returns trigger language plpgsql as $$
begin
  perform check_remittance_sums(new.insurer_id, new.advice_id);
  return null;
end
$$;
--> statement-breakpoint
create constraint trigger remittance_advice_agrees after insert or update on remittance_advice
  deferrable initially deferred for each row execute function check_advice_sums();
--> statement-breakpoint
create function check_sums_of_added_lines() returns trigger language plpgsql as $$
begin
  perform check_remittance_sums(insurer_id, advice_id) from (select distinct insurer_id, advice_id from added) touched;
  return null;
end
$$;
--> statement-breakpoint
create trigger remittance_line_agrees after insert on remittance_line referencing new table as added
  for each statement execute function check_sums_of_added_lines();
--> statement-breakpoint
-- One advantage per person and year: what went out and is on its way is never more than the dossier's amount.
create function check_paid_once() returns trigger language plpgsql as $$
declare
  due bigint;
  given bigint;
begin
  select case when state = 'withdrawn' then 0 else coalesce(amount_cents, 0) end into due
    from dossier where person_id = new.person_id and premium_year = new.premium_year;
  select coalesce(sum(amount_cents), 0) into given from (
    select amount_cents from remittance_line where person_id = new.person_id and premium_year = new.premium_year
      and state in ('prepared', 'announced', 'executed')
    union all
    select amount_cents from provider_payment where person_id = new.person_id and premium_year = new.premium_year
      and state in ('prepared', 'announced', 'executed')) paid;
  if due is null or given > due then
    raise exception 'a dossier of % cents would be paid % cents', due, given using errcode = 'check_violation';
  end if;
  return null;
end
$$;
--> statement-breakpoint
create constraint trigger remittance_line_once after insert on remittance_line deferrable initially deferred
  for each row when (new.amount_cents > 0) execute function check_paid_once();
--> statement-breakpoint
create constraint trigger provider_payment_once after insert on provider_payment deferrable initially deferred
  for each row when (new.amount_cents > 0) execute function check_paid_once();
