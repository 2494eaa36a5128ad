-- Run in the folder of the prepared rows, in one transaction.
\copy floor.contract from 'contract.csv' with (format csv)
\copy floor.contract_version from 'contract-version.csv' with (format csv)
