grant select, insert, update on evaluated_portfolio to infoss_institute;
