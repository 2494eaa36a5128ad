/** As many are told at once; a file with more of them is not read to its end. */
export const MAXIMUM_TROUBLES = 50;

/** What is wrong with a register file, and how to mend it. Quotes nothing of the file. */
export interface RegisterTrouble {
  /** Counts from 1. */
  readonly line: number;
  /** Absent: it is about the line as a whole. */
  readonly column?: string;
  /** A sentence without its full stop. */
  readonly reason: string;
}

/** The whole file is left aside: nothing of it was written. The message has every trouble on a line of its own. */
export class RegisterFileError extends Error {
  override readonly name = "RegisterFileError";
  readonly summary: string;
  /** In the order of their lines. */
  readonly troubles: readonly RegisterTrouble[];

  constructor(troubles: readonly RegisterTrouble[]) {
    const inOrder = troubles.toSorted((one, other) => one.line - other.line);
    const summary = summarize(inOrder.length);
    super([summary, ...inOrder.map(describeTrouble)].join("\n"));
    this.summary = summary;
    this.troubles = inOrder;
  }
}

function summarize(count: number): string {
  const found = count === 1 ? "one thing is" : `${count} things are`;
  const more = count < MAXIMUM_TROUBLES ? "" : ", and there may be more";
  return `The register file is refused and nothing of it was loaded: ${found} wrong${more}.`;
}

export function describeTrouble({ line, column, reason }: RegisterTrouble): string {
  return `line ${line} of the register file${column === undefined ? "" : `, ${column}`}: ${reason}.`;
}

/** Throws RegisterFileError as soon as there are as many as are told at once. */
export function addTrouble(troubles: RegisterTrouble[], trouble: RegisterTrouble): void {
  troubles.push(trouble);
  if (troubles.length >= MAXIMUM_TROUBLES) throw new RegisterFileError(troubles);
}
