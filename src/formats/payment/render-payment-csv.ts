import { stringify } from "csv-stringify/sync";
import type { PaymentList } from "./payment-order.ts";

/** Published in docs/payments.md: columns are only ever added at the end. */
export const PAYMENT_CSV_COLUMNS = ["reference", "kind", "beneficiary", "number", "iban", "amountCents"] as const;

/** The list as CSV (RFC 4180, UTF-8): what is transferred, then what is claimed back. */
export function renderPaymentCsv({ orders }: PaymentList): string {
  const rows = orders.map((order) => PAYMENT_CSV_COLUMNS.map((column) => order[column]));
  return stringify([[...PAYMENT_CSV_COLUMNS], ...rows], { record_delimiter: "windows", escape_formulas: true });
}
