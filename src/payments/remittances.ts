import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import type { RemittanceLine } from "../formats/payment/render-remittance-csv.ts";
import type { AnnouncedState } from "./payment-states.ts";

// What insurers see of payments: their own, from the order on.

export interface Remittance {
  readonly adviceId: string;
  readonly premiumYear: number;
  readonly runNumber: number;
  /** Structured communication of the transfer. */
  readonly reference: string;
  readonly iban: string;
  readonly lineCount: number;
  readonly linesCents: number;
  readonly carriedInCents: number;
  readonly totalCents: number;
  readonly carriedOutCents: number;
  readonly state: AnnouncedState;
  readonly announcedOn: string;
  readonly executedOn: string | null;
  readonly returnedOn: string | null;
  readonly returnReason: string | null;
  /** By a simulation of validation. */
  readonly simulated?: boolean;
}

export interface RemittancePage {
  readonly premiumYear?: number;
  /** Only those made before this one. */
  readonly before?: string;
  readonly limit: number;
}

const LINES = 2_000;

const columns = (tx: TransactionSql) => tx`
  advice_id as "adviceId", premium_year as "premiumYear", run_number as "runNumber", reference, iban,
  line_count as "lineCount", lines_cents as "linesCents", carried_in_cents as "carriedInCents",
  total_cents as "totalCents", carried_out_cents as "carriedOutCents", state, announced_on as "announcedOn",
  executed_on as "executedOn", returned_on as "returnedOn", return_reason as "returnReason", simulated`;

/** Newest first. */
export async function listRemittances(tenant: Tenant, page: RemittancePage): Promise<Remittance[]> {
  const { premiumYear, before, limit } = page;
  return await tenant.run(
    (tx) => tx<Remittance[]>`
      select ${columns(tx)} from remittance_advice
      where insurer_id = ${tenant.insurerId}
        ${premiumYear === undefined ? tx`` : tx`and premium_year = ${premiumYear}`}
        ${before === undefined ? tx`` : tx`and advice_id < ${before}`}
      order by advice_id desc limit ${limit}`,
  );
}

/** `adviceId` must be a UUID. */
export async function findRemittance(tenant: Tenant, adviceId: string): Promise<Remittance | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<Remittance[]>`
      select ${columns(tx)} from remittance_advice where insurer_id = ${tenant.insurerId} and advice_id = ${adviceId}`,
  );
  return row;
}

/** The lines of an advice behind `afterLine`, by number. */
export async function listRemittanceLines(
  tenant: Tenant,
  adviceId: string,
  { afterLine, limit }: { afterLine: number; limit: number },
): Promise<RemittanceLine[]> {
  return await tenant.run(
    (tx) => tx<RemittanceLine[]>`
      select line_number as "lineNumber", premium_year as "premiumYear", contract_id as "contractId",
        contract_number as "contractNumber", inami_root as "inamiRoot", kind, amount_cents as "amountCents", reference, state,
        executed_on as "executedOn", returned_on as "returnedOn", return_reason as "returnReason"
      from remittance_line
      where insurer_id = ${tenant.insurerId} and advice_id = ${adviceId} and line_number > ${afterLine}
      order by line_number limit ${limit}`,
  );
}

/** All lines of an advice, page by page. */
export async function* iterateRemittanceLines(
  tenant: Tenant,
  adviceId: string,
): AsyncGenerator<readonly RemittanceLine[]> {
  for (let afterLine = 0; ; ) {
    const page = await listRemittanceLines(tenant, adviceId, { afterLine, limit: LINES });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    afterLine = last.lineNumber;
  }
}
