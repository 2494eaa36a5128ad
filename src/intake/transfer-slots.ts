/** Bounds the transfers that run at once in this process: each may hold a database connection until it ends. */
export interface TransferSlots {
  /** Takes a slot and returns the function that gives it back, or undefined while all are taken. */
  take(): (() => void) | undefined;
}

export function createTransferSlots(maximum: number): TransferSlots {
  let taken = 0;
  return {
    take() {
      if (taken >= maximum) return undefined;
      taken += 1;
      let given = false;
      return () => {
        if (!given) taken -= 1;
        given = true;
      };
    },
  };
}
