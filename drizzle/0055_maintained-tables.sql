-- The background renews what the planner knows of tables that a load has just doubled.
grant maintain on contract, contract_version, person, person_ssin, person_number, person_profession, profession_period,
  profession_year, person_change, dossier, dossier_event, event to infoss_institute;
