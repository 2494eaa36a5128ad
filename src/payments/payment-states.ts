/**
 * A run is prepared (dossiers are `toPay`, amounts stand), then ordered: its list goes to whoever pays, its advices to the
 * insurers. One that was not ordered can be withdrawn.
 */
export const RUN_STATES = ["prepared", "ordered", "withdrawn"] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Of an advice and of what a provider is paid. Money is under way from `prepared` to `executed` or `returned`. */
export const PAYMENT_STATES = ["prepared", "withheld", "announced", "executed", "returned"] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** What an insurer may see of them: the others were never announced. */
export const ANNOUNCED_STATES = ["announced", "executed", "returned"] as const satisfies readonly PaymentState[];
export type AnnouncedState = (typeof ANNOUNCED_STATES)[number];

/** The only moves there are; the database refuses every other (`check_payment_move`). */
export const PAYMENT_MOVES = {
  prepared: ["withheld", "announced"],
  withheld: [],
  announced: ["executed", "returned"],
  executed: ["returned"],
  returned: [],
} as const satisfies Readonly<Record<PaymentState, readonly PaymentState[]>>;

/** The first money on a contract for the year, more of it, or money taken back. */
export const LINE_KINDS = ["payment", "supplement", "recovery"] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export const IBAN_STATES = ["proposed", "confirmed", "rejected"] as const;
export type IbanState = (typeof IBAN_STATES)[number];
