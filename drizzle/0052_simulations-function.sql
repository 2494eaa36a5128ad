-- Whether the transaction says that a simulation of validation causes what it writes.
create function is_simulation() returns boolean language sql stable parallel safe
  return coalesce(current_setting('infoss.simulation', true), '') = 'on';
