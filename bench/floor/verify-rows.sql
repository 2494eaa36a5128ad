-- The floor of a verification: the rows copied, joined with the register and the contracts held, and kept without a key.
-- Run by a superuser in the folder of the prepared rows, in one transaction.
create temporary table asked (row_number int, number text collate "C", contract_number text collate "C") on commit drop;
\copy asked from 'verification.csv' with (format csv)
analyze asked;
set local work_mem = '64MB';
create temporary table answered on commit drop as
select a.row_number, a.number, a.contract_number, array_agg(p.inami_number) as inami_numbers
from asked a
join provider p on p.ssin = a.number
join contract c on c.contract_number = a.contract_number and c.inami_root = p.inami_root and c.cancelled_at is null
group by a.row_number, a.number, a.contract_number
union all
select a.row_number, a.number, a.contract_number, array_agg(p.inami_number)
from asked a
join provider p on p.inami_number = a.number
join contract c on c.contract_number = a.contract_number and c.inami_root = p.inami_root and c.cancelled_at is null
group by a.row_number, a.number, a.contract_number;
