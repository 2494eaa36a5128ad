/** An insurer that the sender of a file may act for. */
export interface CandidateInsurer {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
}

/**
 * Whose file it is: the candidate that the root names as its sender. The first one where the root names none of them or
 * could not be read: the file is refused then, and the refusal is best found where the sender looks first.
 */
export function chooseInsurer<I extends CandidateInsurer>(
  candidates: readonly I[],
  header: { readonly sender: string } | undefined,
): I {
  const chosen = candidates.find(({ enterpriseNumber }) => enterpriseNumber === header?.sender) ?? candidates[0];
  if (!chosen) throw new Error("a file needs an insurer that its sender may act for");
  return chosen;
}
