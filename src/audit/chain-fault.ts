/** What a verification can find wrong, with what it means. */
const MEANINGS = {
  eventAltered: "the row differs from what was sealed",
  eventRemoved: "the row is gone",
  eventInserted: "the row stands at a place that the seal did not have",
  eventReordered: "the row does not stand where it was sealed",
  eventPassedOver: "the row is unsealed although the sealer has passed it: inserted later, or its place was removed",
  eventMisdated: "the row carries an instant long before rows sealed earlier, or after its seal",
  placeRemoved: "the place in the seal is gone",
  placeAltered: "the place in the seal was altered; the row itself is as it was sealed",
  sealAltered: "the seal does not match its content: the seal, a place in it or a row was altered",
  sealRemoved: "the seal is gone",
  sealInserted: "the seal has a number before the beginning of the chain",
  sealUnlinked: "the seal does not follow from the one before it",
  signatureWrong: "the signature of the seal is not ours, or signs something else",
  historyRewritten: "the seal is not the one that was exported",
  tailRemoved: "the chain was exported up to this seal and ends before it",
  exportForged: "the exported head does not carry our signature",
} as const;

export const CHAIN_FAULTS = Object.keys(MEANINGS) as ChainFaultCode[];
export type ChainFaultCode = keyof typeof MEANINGS;

export interface ChainFault {
  readonly code: ChainFaultCode;
  /** 0: the institute; otherwise the insurer's id. */
  readonly chainId: number;
  readonly sealNumber?: number;
  /** Of several that follow one another, the last. */
  readonly lastSealNumber?: number;
  readonly place?: number;
  readonly lastPlace?: number;
  readonly eventId?: string;
}

/** Takes each fault as it is found. */
export type ReportFault = (fault: ChainFault) => void;

/** One line for the security officer. */
export function describeFault(fault: ChainFault): string {
  const { code, chainId, sealNumber, lastSealNumber, place, lastPlace, eventId } = fault;
  const where = [
    `chain ${chainId}`,
    sealNumber !== undefined && `${range("seal", sealNumber, lastSealNumber)}`,
    place !== undefined && `${range("place", place, lastPlace)}`,
    eventId !== undefined && `event ${eventId}`,
  ];
  return `${code}: ${where.filter(Boolean).join(", ")}: ${MEANINGS[code]}`;
}

function range(what: string, first: number, last: number | undefined): string {
  return last === undefined || last === first ? `${what} ${first}` : `${what}s ${first} to ${last}`;
}
