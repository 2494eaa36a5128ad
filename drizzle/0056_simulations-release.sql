-- A submission that a simulation holds goes on when its insurer says so.
create policy simulating on submission for update to infoss_institute using (state = 'held' and held_reason = 'simulation')
  with check (state = 'received');
