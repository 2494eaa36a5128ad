/** What the operator's list asks to be paid, or to be asked back. */
export interface PaymentOrder {
  /** Structured communication, 12 digits: by it the payment is known again when it was executed or came back. */
  readonly reference: string;
  /** `claim`: what a provider is to give back, which no bank is asked to pay. */
  readonly kind: "insurer" | "provider" | "claim";
  /** Of an insurer; of a provider its INAMI number, for no names are kept. */
  readonly beneficiary: string;
  /** Enterprise number, or the root of the INAMI number. */
  readonly number: string;
  readonly iban: string | null;
  readonly amountCents: number;
}

/** The list of one run. */
export interface PaymentList {
  readonly premiumYear: number;
  readonly runNumber: number;
  readonly orderedAt: Date;
  readonly orders: readonly PaymentOrder[];
}
