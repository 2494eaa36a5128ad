/** What a record of a dry run would do; `same` and `missing` are words of a comparison, which has no `closed`.
 * A delta's `cancel` is `closed` too. */
export const DRY_RUN_EFFECTS = ["new", "changed", "closed", "unchanged", "rejected", "same", "missing"] as const;
export type DryRunEffect = (typeof DRY_RUN_EFFECTS)[number];

/** Rows by effect; effects without a row are absent. */
export type DryRunCounts = { readonly [effect in DryRunEffect]?: number };

/** One row of a dry run: a record, or a contract that the file of a comparison lacks. */
export interface DryRunRow {
  /** From 1: the records in the order of the file, what is missing behind them. */
  readonly rowNumber: number;
  readonly effect: DryRunEffect;
  readonly recordNumber: number | null;
  readonly senderReference: string | null;
  /** The contract it is about, where there is one already. */
  readonly contractId: string | null;
}

/** A row as it is listed, with the key of the contract that it is about. */
export interface ListedDryRunRow extends DryRunRow {
  readonly contractNumber: string | null;
  readonly inamiRoot: string | null;
  /** Of a contract that a comparison finds `changed`: fields of the contract file that differ, separated by a comma and a blank. */
  readonly fields: string | null;
}
