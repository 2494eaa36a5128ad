import type { TransactionSql } from "../database/sql.ts";

export interface ContractPayment {
  readonly insurerId: number;
  readonly contractId: string;
  readonly premiumYear: number;
  /** All that was paid, less what was taken back. */
  readonly amountCents: number;
  /** Of the last movement. */
  readonly paidOn: string;
}

/** Keeps what insurers have received on contracts, in the place of what was kept before; role `infoss_institute`. */
export async function upsertContractPayments(tx: TransactionSql, payments: readonly ContractPayment[]): Promise<void> {
  await tx`
    insert into contract_payment (insurer_id, contract_id, premium_year, amount_cents, paid_on)
    select "insurerId", "contractId", "premiumYear", "amountCents", "paidOn"
    from jsonb_to_recordset(${tx.json(payments as never)}) as r ("insurerId" int, "contractId" uuid, "premiumYear" int,
      "amountCents" int, "paidOn" date)
    on conflict (insurer_id, contract_id, premium_year)
      do update set amount_cents = excluded.amount_cents, paid_on = excluded.paid_on`;
}
