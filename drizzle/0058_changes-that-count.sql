-- Dossiers, and what insurers see of them, follow the changes of contracts that they depend on: which those are, the action says.
grant select (action) on contract_version to infoss_institute;
